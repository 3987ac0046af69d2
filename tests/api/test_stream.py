"""A streamed answer: the same as the plain one, in order of priority, over when the reader goes away."""

import asyncio
import json
import time

import pytest
import small
from fastapi.testclient import TestClient

from api.app import create_app
from api.check import CLAIMS_AT_ONCE, find, read
from api.stream import MEDIA_TYPE, lines

TEXTS = [
    "Ketamine blocks the brain's NMDA receptors 🧠. Statins lower LDL cholesterol.",
    "Ketamine is given as an infusion into a vein. It is not covered by most insurers.",
    "The bus leaves at nine.",
    "Esketamine is a nasal spray approved for depression. Ketamine can raise blood pressure.",
] * 3
BLOCKS = [{"id": f"b{n}", "text": text} for n, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def app(settings):
    return create_app(settings)


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url="http://127.0.0.1:8747") as client:
        while client.get("/readyz").status_code != 200:
            time.sleep(0.1)
        yield client


def streamed(client, blocks):
    answer = client.post("/v1/annotate", json={"blocks": blocks}, headers={"accept": MEDIA_TYPE})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(MEDIA_TYPE)
    *found, last = [json.loads(line) for line in answer.text.splitlines()]
    return [one["annotation"] for one in found], last


def test_the_lines_add_up_to_the_plain_answer(client):
    plain = client.post("/v1/annotate", json={"blocks": BLOCKS}).json()
    annotations, last = streamed(client, BLOCKS)
    assert len(annotations) > 3
    assert {"annotations": annotations, **last} == plain


def test_blocks_of_lower_priority_number_come_first_and_nothing_else_changes(client):
    blocks = [{**block, "priority": -n} for n, block in enumerate(BLOCKS)]
    plain = client.post("/v1/annotate", json={"blocks": blocks}).json()
    annotations, last = streamed(client, blocks)
    order = [int(a["block"][1:]) for a in annotations]
    assert order == sorted(order, reverse=True)
    assert sorted(annotations, key=lambda a: (int(a["block"][1:]), a["start"])) == plain["annotations"]
    assert last == {name: plain[name] for name in ("coverage", "index", "models")}


def test_what_is_wrong_from_the_start_is_a_problem_with_its_status(client):
    answer = client.post("/v1/annotate", json={"blocks": [BLOCKS[0], BLOCKS[0]]}, headers={"accept": MEDIA_TYPE})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_openapi_documents_the_lines(client):
    document = client.get("/openapi.json").json()
    content = document["paths"]["/v1/annotate"]["post"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "application/ld+json", MEDIA_TYPE}
    named = [part["$ref"].rpartition("/")[2] for part in content[MEDIA_TYPE]["schema"]["properties"].values()]
    assert set(named) <= set(document["components"]["schemas"])
    assert "priority" in document["components"]["schemas"]["Block"]["properties"]


SAID = "Zinc shortens a cold in adults."


def many(engine, count):
    """A page of so many claims, each supported by the one piece of evidence."""
    blocks = {f"b{n}": f"Zinc shortens a cold in adults of town {chr(65 + n)}." for n in range(count)}
    engine.stance.table = {(SAID, text): small.favour(0.9) for text in blocks.values()}
    return blocks, read(blocks)


def test_an_error_midway_is_a_line_without_the_errors_own_words(caplog):
    engine = small.engine([("a", SAID)], {})
    blocks, page = many(engine, 2 * CLAIMS_AT_ONCE)
    words = page.checked[0].sentence.span.text

    def parts():
        yield next(find(engine, page))
        raise ValueError(words)

    *found, last = [json.loads(line) for line in lines(page, parts(), blocks, {})]
    assert len(found) == CLAIMS_AT_ONCE
    assert last["problem"]["status"] == 500
    assert words not in json.dumps(last) + caplog.text
    assert "ValueError" in caplog.text


def test_the_first_lines_come_before_the_rest_is_judged():
    engine = small.engine([("a", SAID)], {})
    blocks, page = many(engine, 5 * CLAIMS_AT_ONCE)
    reading = lines(page, find(engine, page), blocks, {})
    assert "annotation" in json.loads(next(reading))
    assert len(engine.stance.asked) <= 2 * CLAIMS_AT_ONCE


def test_the_work_ends_when_the_reader_goes_away(app, client):
    """Through the whole app, its middleware included: the reader hangs up after the first piece of the body."""
    texts = [f"Ketamine lowers pain in {n} patients of the {n}th trial." for n in range(100, 100 + 6 * CLAIMS_AT_ONCE)]
    body = json.dumps({"blocks": [{"id": text, "text": text} for text in [TEXTS[0], *texts]]}).encode()
    headers = [(b"host", b"127.0.0.1:8747"), (b"content-type", b"application/json"), (b"accept", MEDIA_TYPE.encode())]
    scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "POST", "scheme": "http"}
    scope |= {"path": "/v1/annotate", "raw_path": b"/v1/annotate", "query_string": b"", "headers": headers, "root_path": ""}
    got = []

    async def talk():
        gone = asyncio.Event()
        request = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive():
            for message in request:
                return message
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            got.append(message)
            if message.get("body"):
                gone.set()

        await asyncio.wait_for(app(scope, receive, send), 60)

    asyncio.run(talk())
    text = b"".join(message.get("body", b"") for message in got).decode()
    assert '"annotation"' in text
    assert '"coverage"' not in text

"""Nothing of a page is kept: the real service, with all logging on, is asked well and badly, and everything it wrote is searched."""

import json
import shutil
import urllib.request

import pytest
from running import ROOT, get, post, problem, serving, wait_until

CANARY = "zebrafinchcanary"
CLAIM = f"Ketamine of the {CANARY} kind blocks NMDA receptors in most patients."


@pytest.fixture(scope="module")
def kept(tmp_path_factory, built_index):
    """(folder, answers): where the service worked and wrote, and what it said to bad and crashing requests and in /metrics."""
    folder = tmp_path_factory.mktemp("canary")
    shutil.copytree(built_index, folder / "index")
    said = []
    with serving(folder, "--index", folder / "index", program=[ROOT / "tests" / "api" / "loud.py"]) as (address, _):
        wait_until(lambda: get(address, "/readyz"))
        answers = [
            post(address, "/v1/annotate", {"blocks": [{"id": CANARY, "text": CLAIM}], "page": {"host": f"{CANARY}.example"}}),
            post(address, "/v1/check", {"claim": CLAIM}),
            get(address, f"/v1/search?q={CANARY}"),
        ]
        assert answers[0]["coverage"]["claims"] == 1
        assert all(CANARY in json.dumps(answer) for answer in answers[1:])
        for path, body, status in (
            ("/v1/annotate", {"blocks": [{"id": "b", "text": [CLAIM]}]}, 422),
            ("/v1/annotate", {"blocks": [{"id": "b", "text": CLAIM * 400}]}, 422),
            ("/v1/check", {"claim": CLAIM, CANARY: 1}, 422),
            ("/v1/check", {"claim": f"{CLAIM} crash"}, 500),
            (f"/v1/{CANARY}", {}, 404),
        ):
            code, _, sent = problem(post, address, path, body)
            assert code == status
            said.append((path, body, sent))
        assert problem(get, address, f"/v1/search?k={CANARY}")[0] == 422
        assert problem(get, address, f"/v1/claims/{CANARY}")[0] == 404
        metrics = urllib.request.Request(f"{address}/metrics", headers={"X-Request-Id": CANARY})
        try:
            with urllib.request.urlopen(metrics) as answer:
                said.append(("/metrics", None, answer.read().decode()))
        except urllib.error.HTTPError as error:
            error.close()
    return folder, said


def test_nothing_of_a_page_is_written_anywhere(kept):
    folder, _ = kept
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert {"stderr", "stdout", "current.json"} <= {path.name for path in written}
    assert not [path for path in written if CANARY.encode() in path.read_bytes()]


def test_all_logging_was_on_and_the_crash_was_logged_by_its_place(kept):
    logged = (kept[0] / "stderr").read_text()
    assert "DEBUG" in logged
    assert "unexpected RuntimeError at loud.py" in logged
    assert "Traceback" not in logged


def test_a_problem_echoes_nothing_but_names_to_the_asker(kept):
    for path, body, sent in kept[1]:
        if path == "/metrics":
            assert CANARY not in sent
        elif not (path.endswith(CANARY) or CANARY in body):
            assert CANARY not in json.dumps(sent)

"""Whatever is sent, the answer is an honest one or a problem that says what to do: never a 500, and never later than its time."""

import json
import time

import pytest

from api.rules.asserted import OTHER_LANGUAGE

JSON = {"content-type": "application/json"}
CLAIM = "Ketamine blocks the brain's NMDA receptors."


def send(client, path, content, headers=JSON):
    """The answer to raw bytes, in good time and never a 500."""
    began = time.monotonic()
    answer = client.post(path, content=content, headers=headers)
    assert time.monotonic() - began < 20
    assert answer.status_code < 500
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) > 20
        assert len(answer.content) < 10_000
    return answer


def page(*texts, **more):
    """The bytes of a page of these blocks."""
    return json.dumps({"blocks": [{"id": f"b{n}", "text": text} for n, text in enumerate(texts)], **more}).encode()


@pytest.mark.parametrize("path", ["/v1/annotate", "/v1/check"])
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"null", 422),
        (b"\xff\xfe\x00", 400),
        (b'{"claim": "\xed"}', 400),
        (b"[" * 200_000, 400),
        (b'{"claim":' * 50_000 + b"1" + b"}" * 50_000, 400),
        (b'{"claim": ' + b"1" * 100_000 + b"}", 400),
        (b'{"claim": NaN, "blocks": Infinity}', 422),
        (b'{"\\ud800": 1}', 422),
        (b'{"' + b"k" * 2_000_000 + b'": 1}', 422),
        (b"{" + b",".join(b'"k%d": 1' % n for n in range(50_000)) + b"}", 422),
        (b"x" * 5_000_000, 413),
        (b"\x00" * 100, 422),
    ],
    ids=["empty", "cut", "null", "no UTF-8", "cut UTF-8", "deep lists", "deep objects", "long number", "NaN",
         "surrogate in a name", "long name", "many names", "5 MB", "NULs"],
)  # fmt: skip
def test_what_is_no_request_is_a_problem(client, path, content, status):
    assert send(client, path, content).status_code == status


@pytest.mark.parametrize("headers", [{"content-type": "text/plain"}, {"content-type": "application/xml"}, {}])
def test_what_is_not_called_json_is_a_problem(client, headers):
    assert send(client, "/v1/check", b'{"claim": "Ketamine is a drug."}', headers).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"blocks": "x"}, {"blocks": {}}, {"blocks": [1]}, {"blocks": [{"id": 1, "text": "x"}]}, {"blocks": [{"id": "", "text": "x"}]},
        {"blocks": [{"id": "\ud800", "text": "x"}]}, {"blocks": [{"id": "x" * 201, "text": "x"}]}, {"blocks": [], "page": {"host": None}},
        {"blocks": [], "page": {"host": "\ud800"}}, {"blocks": [{"id": "a", "text": None}]}, {"blocks": [], "more": 1},
        {"blocks": [{"id": "a", "text": "a" * 20_001}]}, {"blocks": [{"id": str(n), "text": "a"} for n in range(100_000)]},
    ],
    ids=lambda body: ascii(body)[:60],
)  # fmt: skip
def test_what_is_no_page_is_a_problem(client, body):
    content = json.dumps(body).encode()
    assert send(client, "/v1/annotate", content).status_code == (413 if len(content) > 4 * 1024 * 1024 else 422)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000, "", " ", "\0" * 1000, "\x07\x1b[31m\x7f", "\u202eKetamine blocks NMDA receptors.\u202c",
        "\ufeff" * 100, "\u0301" * 5000,
        "👩‍👩‍👧‍👦" * 500, "\U000e0041" * 500, "<script>alert(1)</script> Ketamine blocks <b>NMDA</b> receptors.",
        "'; drop table claims; --", '" OR NEAR(a b, 2) *', "%00%0a", "Ｋｅｔａｍｉｎｅ ｂｌｏｃｋｓ ＮＭＤＡ ｒｅｃｅｐｔｏｒｓ.", "\ud83d",
        "1" * 1400 + " percent of patients improve.",
    ],
    ids=lambda text: ascii(text)[:40],
)  # fmt: skip
def test_odd_text_gets_an_honest_answer_on_every_way_in(client, text):
    beside = "Ketamine blocks NMDA receptors in most patients."
    answer = send(client, "/v1/annotate", page(text, beside)).json()
    assert answer["coverage"]["claims"] >= 1  # what stands beside it is still read
    assert send(client, "/v1/check", json.dumps({"claim": f"{beside} {text}"[:2000]}).encode()).status_code == 200
    whole = text.replace("\ud83d", "\ufffd")
    assert client.get("/v1/search", params={"q": f"x{whole}"[:2000]}).status_code == 200


def test_half_a_character_moves_no_offset_and_comes_back_as_a_replacement(client):
    content = page(f"\ud83d 🧠 {CLAIM}")
    [annotation] = send(client, "/v1/annotate", content).json()["annotations"]
    units = f"\ufffd 🧠 {CLAIM}".encode("utf-16-le")
    assert units[2 * annotation["start"] : 2 * annotation["end"]].decode("utf-16-le") == annotation["text"]
    assert annotation["text"].endswith(CLAIM)


@pytest.mark.parametrize(
    "text",
    [
        "Ketamin blockiert die NMDA-Rezeptoren und ist ein Mittel gegen die Depression.",
        "La kétamine bloque les récepteurs NMDA dans le cerveau et elle est utilisée pour la dépression.",
        "Кетамин блокирует рецепторы NMDA в головном мозге.",
        "氯胺酮阻断大脑中的NMDA受体。",
        "الكيتامين يحجب مستقبلات الدماغ.",
    ],
    ids=["German", "French", "Russian", "Chinese", "Arabic"],
)
def test_another_language_is_said_and_not_judged(client, text):
    answer = send(client, "/v1/annotate", page(text, CLAIM)).json()
    assert answer["coverage"]["other_language"] == 1
    assert [a["block"] for a in answer["annotations"]] == ["b1"]
    checked = send(client, "/v1/check", json.dumps({"claim": text}).encode()).json()
    assert (checked["verdict"], checked["evidence"], checked["notes"]) == ("no_evidence", [], [OTHER_LANGUAGE])


@pytest.mark.parametrize("path", ["/v1/search", "/v1/search?q=", "/v1/search?q=x&k=0", "/v1/search?q=x&k=1e9", "/v1/search?q=x&k=x",
                                  f"/v1/search?q={'x' * 2001}", "/v1/search?k=1", "/v1/search?q=x&kind=",
                                  "/v1/search?q=x&kind=other&kind=blog", "/v1/search?q=x&kind=other%00"])  # fmt: skip
def test_a_bad_search_is_a_problem(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "path", ["/v1/claims/%00", "/v1/sources/%ff%fe", "/v1/claims/..%2f..%2fetc%2fpasswd", "/page/..%2f..%2fapp.py", "/x%0d%0aX: y"]
)
def test_a_bad_path_is_not_found(client, path):
    assert client.get(path).status_code == 404

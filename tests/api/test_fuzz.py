"""The whole API under requests that nobody thought of. `SIDELIGHT_FUZZ_CASES` sets how many; `python -m bench.fuzz` runs thousands."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import get, serving, wait_until

from api.types import Verdict
from bench.fuzz import LIMIT_SECONDS, fuzz

CASES = int(os.environ.get("SIDELIGHT_FUZZ_CASES", "100"))
FEW = settings(max_examples=max(CASES // 5, 20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SAID = [
    "Ketamine blocks the brain's NMDA receptors.", "Ketamine does not block NMDA receptors.", "Statins lower LDL cholesterol.",
    "About 44 percent of ketamine patients said nothing had changed.", "What is ketamine?",
    "Ketamin ist nicht für die Therapie zugelassen.",
    "About ketamine", "Myth: ketamine cures everyone.", "She said, “Ketamine saved me.”",
]  # fmt: skip
"""Sentences that are claims with evidence, claims without, and no claims: unicode alone would seldom reach the models."""

characters = st.characters(exclude_categories=()) | st.sampled_from(
    "🧠👩‍🔬\u202e\u200b\u0301\0\n\r\u2028\ufeff ﬁΩ中ع\ud83d\udc00.?!\"“'([1%"
)
texts = st.lists(st.sampled_from(SAID) | st.text(characters, max_size=12), max_size=6).map(" ".join)
BLANK = "".join(c for c in map(chr, range(0x110000)) if c.isspace() and not "\x1c" <= c <= "\x1f")
"""What Unicode calls white space; Python strips four separators more."""


@pytest.fixture(scope="module")
def found(tmp_path_factory, built_index):
    with serving(tmp_path_factory.mktemp("fuzz"), "--index", built_index) as (address, process):
        wait_until(lambda: get(address, "/readyz"))
        yield fuzz(address, process.pid, CASES)


def test_no_request_brings_a_500_or_an_answer_that_is_not_as_described(found):
    assert found.cases >= CASES
    assert found.routes["POST /v1/annotate"] >= CASES // 10
    assert not [status for status in found.statuses if status >= 500]
    assert not found.failures


def test_no_request_hangs_and_memory_comes_back(found):
    assert found.slowest_seconds < LIMIT_SECONDS
    assert found.rss_after_mb < 1.1 * found.rss_before_mb


def repaired(text):
    """The text as the service reads it: a half of a surrogate pair alone is a replacement character."""
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


@FEW
@given(blocks=st.lists(texts, max_size=4))
def test_any_page_is_annotated_exactly(client, blocks):
    answer = post(client, "/v1/annotate", {"blocks": [{"id": str(n), "text": text} for n, text in enumerate(blocks)]})
    assert answer.status_code == 200
    body = answer.json()
    for annotation in body["annotations"]:
        units = repaired(blocks[int(annotation["block"])]).encode("utf-16-le")
        assert units[2 * annotation["start"] : 2 * annotation["end"]].decode("utf-16-le") == annotation["text"]
        assert annotation["verdict"] in set(Verdict) - {Verdict.NO_EVIDENCE}
        judged(annotation)
    places = [(int(a["block"]), a["start"]) for a in body["annotations"]]
    assert places == sorted(places)
    coverage = body["coverage"]
    assert coverage["claims"] == coverage["with_evidence"] + coverage["outside_corpus"] + coverage["not_checked"]
    assert coverage["with_evidence"] == len(body["annotations"])
    assert coverage["claims"] + coverage["other_language"] <= coverage["sentences"]


@FEW
@given(claim=texts)
def test_any_claim_is_checked_or_named_as_wrong(client, claim):
    answer = post(client, "/v1/check", {"claim": claim})
    asked = repaired(claim).strip(BLANK)
    if not asked:
        assert answer.status_code == 422
        return
    assert answer.status_code == 200
    body = answer.json()
    assert body["claim"] == asked
    assert body["verdict"] in set(Verdict)
    judged(body)


def judged(finding):
    """What holds of every finding: its stances bear its verdict out, worst first, and each piece says how sure it is."""
    stances = [e["stance"] for e in finding["evidence"]]
    if finding["verdict"] in {Verdict.CONTRADICTED, Verdict.DISPUTED}:
        assert stances[0] == "contradicts"
    if finding["verdict"] == Verdict.SUPPORTED:
        assert stances[0] == "supports"
    assert 0 <= finding["confidence"] <= 1
    assert all(0 <= e["probability"] <= 1 and e["text"] for e in finding["evidence"])
    assert stances == [] or "neutral" not in stances[: len([s for s in stances if s != "neutral"])]


def post(client, path, body):
    """The answer to JSON in ASCII, as a browser writes halves of surrogate pairs."""
    return client.post(path, content=json.dumps(body).encode(), headers={"content-type": "application/json"})

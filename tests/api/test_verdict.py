"""Verdict rules, as tables: no model is involved."""

import pytest

from api.thresholds import CONTRADICT, SAFETY_SUPPORT, SUPPORT
from api.types import Note, Scores, Stance, Verdict
from api.verdict import decide, is_safety_claim, judge, same_publisher, same_text
from index.types import Claim, Evidence, Sentence, Source, Span


def sentence(text):
    return Sentence(Span(0, len(text), text))


def evidence(text="Ketamine blocks the NMDA receptor.", kind="peer_reviewed_abstract", **source):
    who = Source("s", "Title", kind, "because", source.pop("publisher", "A journal"), "s.txt", "en", **source)
    return Evidence(Claim("c", "s", sentence(text)), who, 0.7, 0.9)


def supports(p=0.97):
    return Scores(p, (1 - p) / 2, (1 - p) / 2)


def contradicts(p=0.97):
    return Scores((1 - p) / 2, p, (1 - p) / 2)


NEUTRAL = Scores(0.1, 0.1, 0.8)


def verdict(claim, *found, host=None):
    return decide(sentence(claim), [judge(claim, e, s, host) for e, s in found])


CLAIM = "NMDA receptors are shut by the drug."


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], Verdict.NO_EVIDENCE),
        ([NEUTRAL], Verdict.NO_EVIDENCE),
        ([supports()], Verdict.SUPPORTED),
        ([contradicts()], Verdict.CONTRADICTED),
        ([supports(), contradicts()], Verdict.DISPUTED),
        ([NEUTRAL, contradicts(), NEUTRAL], Verdict.CONTRADICTED),
        ([supports(SUPPORT - 0.01)], Verdict.NO_EVIDENCE),
        ([contradicts(CONTRADICT - 0.01)], Verdict.NO_EVIDENCE),
        ([supports(SUPPORT)], Verdict.SUPPORTED),
        ([contradicts(CONTRADICT)], Verdict.CONTRADICTED),
    ],
)
def test_verdict_from_scores(scores, expected):
    assert verdict(CLAIM, *((evidence(), s) for s in scores)).verdict is expected


def test_a_copy_never_supports():
    finding = verdict("Ketamine blocks the NMDA-receptor!", (evidence(), supports()))
    assert finding.verdict is Verdict.NO_EVIDENCE
    assert Note.SAME_TEXT in finding.judgements[0].notes


def test_the_pages_own_publisher_never_supports_but_may_contradict():
    own = {"url": "https://www.clinic.example/page", "publisher": "Clinic"}
    assert verdict(CLAIM, (evidence(**own), supports()), host="clinic.example").verdict is Verdict.NO_EVIDENCE
    assert verdict(CLAIM, (evidence(**own), supports()), host="other.example").verdict is Verdict.SUPPORTED
    assert verdict(CLAIM, (evidence(**own), contradicts()), host="clinic.example").verdict is Verdict.CONTRADICTED


def test_sellers_alone_do_not_support_safety():
    safe = "Ketamine therapy is not addictive."
    seller = evidence(kind="treatment_provider", commercial_interest="sells ketamine")
    finding = verdict(safe, (seller, supports()))
    assert (finding.verdict, finding.notes) == (Verdict.NO_EVIDENCE, (Note.SELLERS_ALONE,))
    assert verdict(safe, (seller, supports()), (evidence(), supports())).verdict is Verdict.SUPPORTED
    assert Note.COMMERCIAL in finding.judgements[0].notes


def test_a_claim_about_safety_needs_more_than_a_likely_support():
    safe = "Ketamine therapy is not addictive."
    finding = verdict(safe, (evidence(), supports(SAFETY_SUPPORT - 0.01)))
    assert (finding.verdict, finding.notes) == (Verdict.NO_EVIDENCE, (Note.SAFETY_UNSURE,))
    seller = evidence(kind="treatment_provider", commercial_interest="sells ketamine")
    assert verdict(safe, (evidence(), supports(0.7)), (seller, supports())).notes == (Note.SELLERS_ALONE,)


def test_tally_is_by_kind():
    finding = verdict(CLAIM, (evidence(), supports()), (evidence(kind="content_site"), contradicts()), (evidence(), NEUTRAL))
    assert finding.tally == {"peer_reviewed_abstract": {"supports": 1, "contradicts": 0}, "content_site": {"supports": 0, "contradicts": 1}}


def test_disputed_shows_the_best_of_each_side_first_and_is_as_sure_as_the_weaker():
    finding = verdict(CLAIM, (evidence(), supports(0.95)), (evidence(), supports(0.99)), (evidence(), contradicts(0.98)))
    assert [j.stance for j in finding.judgements][:2] == [Stance.CONTRADICTS, Stance.SUPPORTS]
    assert [j.probability for j in finding.judgements][:2] == [0.98, 0.99]
    assert finding.confidence == 0.98


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ketamine therapy has no side effects.", True),
        ("It is not addictive.", True),
        ("The drug is safe for everyone.", True),
        ("This spray is non-habit-forming.", True),
        ("The infusion is completely safe.", True),
        ("Esketamine is used without serious risk.", True),
        ("Ketamine blocks NMDA receptors.", False),
        ("The safest setting is a clinic.", False),
        ("Patients reported side effects.", False),
    ],
)
def test_safety_claims(text, expected):
    assert is_safety_claim(text) is expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Ketamine blocks NMDA receptors.", "ketamine blocks NMDA receptors", True),
        ("Ketamine blocks NMDA receptors.", "Ketamine activates NMDA receptors.", False),
        ("About 44 percent saw no change.", "54.7% saw a change.", False),
    ],
)
def test_same_text(a, b, expected):
    assert same_text(a, b) is expected


@pytest.mark.parametrize(
    ("host", "url", "publisher", "expected"),
    [
        (None, "https://a.example", "A", False),
        ("a.example", "https://www.a.example/x", "Somebody", True),
        ("blog.a.example", "https://a.example", "Somebody", True),
        ("nota.example", "https://a.example", "Somebody", False),
        ("www.northwestclinic.com", None, "Northwest Clinic", True),
        ("example.org", None, "Northwest Clinic", False),
    ],
)
def test_same_publisher(host, url, publisher, expected):
    assert same_publisher(evidence(url=url, publisher=publisher).source, host) is expected

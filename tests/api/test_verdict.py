"""Verdict rules, as tables: no model is involved."""

import pytest

from api.schemas import EvidenceOut
from api.thresholds import CONTRADICT, SAFETY_SUPPORT, SUPPORT
from api.types import Note, Scores, Stance, Verdict
from api.verdict import decide, is_safety_claim, judge, same_publisher, same_text
from index.types import Claim, Evidence, Place, Sentence, Source, Span


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


def copied(*sources, text="Ketamine blocks the NMDA receptor."):
    """Evidence that several sources give in the same words; each source is (id, kind, fields of its record)."""
    places = [
        Place(
            Claim(f"c-{name}", name, sentence(text)),
            Source(name, "Title", kind, "because", more.pop("publisher", f"House of {name}"), f"{name}.txt", "en", **more),
        )
        for name, kind, more in sources
    ]
    return Evidence(places[0].claim, places[0].source, 0.7, 0.9, tuple(places[1:]))


OWN = {"url": "https://clinic.example/page"}
ABSTRACT, SELLER = "peer_reviewed_abstract", "referral_or_advertising"


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("hindered", "scores", "expected", "kinds"),
    [
        (("own", "content_site", OWN), supports(), Verdict.SUPPORTED, {ABSTRACT}),
        (("own", "content_site", OWN), contradicts(), Verdict.CONTRADICTED, {ABSTRACT, "content_site"}),
        (("bad", "journal_article", {"retracted": "2020"}), supports(), Verdict.SUPPORTED, {ABSTRACT}),
        (("bad", "journal_article", {"retracted": "2020"}), contradicts(), Verdict.CONTRADICTED, {ABSTRACT}),
        (("advert", SELLER, {}), supports(), Verdict.SUPPORTED, {ABSTRACT, SELLER}),
    ],
)
def test_each_of_several_sources_counts_for_itself(order, hindered, scores, expected, kinds):
    evidence = copied(*[hindered, ("good", ABSTRACT, {})][::order])
    finding = verdict(CLAIM, (evidence, scores), host="clinic.example")
    [judgement] = finding.judgements
    assert (finding.verdict, set(finding.tally)) == (expected, kinds)
    assert (judgement.evidence.source.id, [place.source.id for place in judgement.evidence.also]) == ("good", [hindered[0]])
    assert judgement.notes == (), "what holds of the other source is not said of this one"


@pytest.mark.parametrize(
    ("sources", "note"),
    [
        ([("own", "content_site", OWN), ("twin", "other", {"url": "https://www.clinic.example/other"})], Note.SAME_PUBLISHER),
        ([("one", ABSTRACT, {"retracted": "2020"}), ("two", "journal_article", {"retracted": "unknown"})], Note.RETRACTED),
        ([("own", "content_site", OWN), ("bad", ABSTRACT, {"retracted": "2020"})], Note.SAME_PUBLISHER),
    ],
)
def test_several_sources_of_which_none_may_support_do_not(sources, note):
    finding = verdict(CLAIM, (copied(*sources), supports()), host="clinic.example")
    assert (finding.verdict, finding.tally) == (Verdict.NO_EVIDENCE, {})
    assert finding.judgements[0].notes == (note,)


def test_an_advert_that_copies_a_guideline_does_not_make_it_an_advert():
    safe = "Ketamine therapy is not addictive."
    advert, guideline = ("ad", SELLER, {}), ("rule", "guideline", {})
    assert verdict(safe, (copied(advert, guideline), supports())).verdict is Verdict.SUPPORTED
    assert verdict(safe, (copied(advert, ("clinic", "treatment_provider", {})), supports())).notes == (Note.SELLERS_ALONE,)


def test_a_guideline_that_may_not_speak_does_not_lend_an_advert_its_weight():
    safe = "Ketamine therapy is not addictive."
    withdrawn = copied(("rule", "guideline", {"retracted": "2020"}), ("ad", SELLER, {}))
    assert verdict(safe, (withdrawn, supports())).notes == (Note.SELLERS_ALONE,)
    own = copied(("rule", "guideline", OWN), ("ad", SELLER, {}))
    assert verdict(safe, (own, supports()), host="clinic.example").notes == (Note.SELLERS_ALONE,)


def test_the_same_words_count_once_for_each_kind():
    journals = copied(("one", ABSTRACT, {}), ("two", ABSTRACT, {}), ("three", "content_site", {}))
    one = {"supports": 1, "contradicts": 0}
    assert verdict(CLAIM, (journals, supports())).tally == {ABSTRACT: one, "content_site": one}


def test_the_answer_names_all_sources():
    shown = EvidenceOut.of(judge(CLAIM, copied(("one", ABSTRACT, {}), ("two", "content_site", {})), supports(), None))
    assert (shown.source.id, [source.id for source in shown.also_from]) == ("one", ["two"])

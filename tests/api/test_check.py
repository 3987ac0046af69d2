"""The straight line over the real index with the real models."""

import pytest

from api.check import check_claim, check_page
from api.premise import POINTS_BACK
from api.types import Stance, Verdict


def test_a_true_sentence_is_supported_by_a_seed_that_says_so(engine):
    finding = check_claim(engine, "Ketamine blocks the brain's NMDA receptors.")
    assert finding.verdict is Verdict.SUPPORTED
    best = finding.judgements[0]
    assert best.stance is Stance.SUPPORTS
    assert "NMDA" in best.evidence.claim.text
    assert "block" in best.evidence.claim.text


@pytest.mark.parametrize(
    "text", ["Statins lower LDL cholesterol.", "The bus to the harbour leaves at nine.", "Vitamin C is found in oranges."]
)
def test_what_the_seeds_do_not_speak_of_has_no_evidence(engine, text):
    assert check_claim(engine, text).verdict is Verdict.NO_EVIDENCE


def test_the_opposite_is_not_supported(engine):
    assert check_claim(engine, "Ketamine works by activating NMDA receptors.").verdict is not Verdict.SUPPORTED


def test_a_page_counts_what_it_could_not_speak_to(engine):
    blocks = {
        "h": "About ketamine",
        "a": "Ketamine blocks the brain's NMDA receptors. Book your free visit today!",
        "b": "Statins lower LDL cholesterol in most patients.",
    }
    result = check_page(engine, blocks)
    coverage = result.coverage
    assert list(result.findings) == ["h", "a", "b"]
    assert coverage.claims == coverage.with_evidence + coverage.outside_corpus
    assert (coverage.sentences, coverage.claims, coverage.not_checked) == (4, 2, 0)
    assert [f.verdict for f in result.findings["a"]] == [Verdict.SUPPORTED]


def test_past_the_limit_claims_are_counted_not_dropped_silently(engine):
    blocks = {f"b{n}": f"Ketamine lowers blood pressure in {n} patients of the trial." for n in range(10, 15)}
    coverage = check_page(engine, blocks, max_claims=2).coverage
    assert (coverage.claims, coverage.not_checked) == (5, 3)


def test_an_empty_page_is_an_honest_answer(engine):
    result = check_page(engine, {})
    assert (dict(result.findings), result.coverage.sentences) == ({}, 0)


def test_a_clinics_page_does_not_support_itself(engine):
    seed = next(s for s in engine.store.sources.values() if s.kind == "treatment_provider" and s.url is None)
    own = next(c for c in engine.store.claims if c.source_id == seed.id)
    finding = check_claim(engine, own.text)
    assert all(j.evidence.claim.id != own.id or j.stance is not Stance.SUPPORTS or j.notes for j in finding.judgements)
    assert not any(
        counts for kind, counts in finding.tally.items() if kind == seed.kind and counts["supports"] and len(finding.judgements) == 1
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It improved scores in 9 of 15 patients.", True),
        ("In this study, 55 participants received ketamine.", True),
        ("Ketamine improved scores.", False),
        ("Items on the list were scored.", False),
    ],
)
def test_openings_that_point_back(text, expected):
    assert (POINTS_BACK.match(text) is not None) is expected

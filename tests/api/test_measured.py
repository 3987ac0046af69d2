"""The figures shown beside answers are those of the shipped weights, or there are none."""

import json
from pathlib import Path

import pytest

from api import measured

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stance():
    """The measured stance part of the results."""
    return json.loads((ROOT / "bench" / "results" / "quality.json").read_text(encoding="utf-8"))


def test_the_shipped_counts_are_those_of_the_results_file(stance):
    evaluation = measured.read_evaluation(stance["model"])
    sets = [stance["stance"][name] for name in measured.SETS]
    for side in ("supports", "contradicts"):
        counts = getattr(evaluation, side)
        assert (counts.right, counts.of) == (sum(s[f"{side}_shown_right"] for s in sets), sum(s[f"{side}_shown"] for s in sets))
        assert 0 < counts.right <= counts.of


def test_a_model_of_ones_own_gets_no_borrowed_figures():
    assert measured.read_evaluation("my-model@0123456789ab") is None


def test_missing_counts_are_said_as_none(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "EVALUATION", tmp_path / "none.json")
    assert measured.read_evaluation("another-model@0123456789ab") is None

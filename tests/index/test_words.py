import numpy as np
import pytest

from index.store.bm25 import Bm25
from index.store.words import counted, stems


def test_stems_without_stop_words() -> None:
    assert stems(["The patients were RELAPSING, and relapsed.", "", "it is", "Café"]) == [["patient", "relaps", "relaps"], [], [], ["cafe"]]


@pytest.mark.parametrize("text", ['a"b', "NEAR(x y)", "text: AND OR NOT *", "--", "'; drop table query; --", "^", "😀", "\0"])
def test_what_would_be_syntax_to_fts5_is_only_words_here(text: str) -> None:
    assert all(word.isalnum() for word in stems([text])[0])


def indexed(*claims: list[tuple[str, float]]) -> Bm25:
    """An index of one document with these claims, each as (text, weight) by field."""
    return Bm25.of(counted([claims]), np.arange(len(claims)))


def test_bm25_by_hand() -> None:
    index = indexed([("cough honey", 1.0)], [("cough", 1.0)], [("heart", 1.0)])
    scores = index.best(["cough", "cough", "unknown"], 3)
    # log(1 + (3 - 2 + 0.5) / (2 + 0.5)) for a word in two of three rows, times tf 2.2 / (1 + 1.2 * (0.25 + 0.75 * length / (4 / 3)))
    rarity = np.log1p(1.5 / 2.5)
    assert scores == pytest.approx({0: rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1.5)), 1: rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 0.75))})


def test_a_field_counts_by_its_weight() -> None:
    scores = indexed([("heart", 1.0), ("cough", 0.2)], [("cough", 1.0), ("heart", 0.2)]).best(["heart"], 2)
    assert scores[0] > scores[1] > 0


def test_a_word_is_as_rare_among_some_rows_as_in_the_whole_index() -> None:
    index = indexed([("cough honey", 1.0)], [("cough", 1.0)], [("heart", 1.0)])
    every = index.best(["cough"], 3)
    assert index.best(["cough"], 3, np.array([1, 2])) == {1: every[1]}
    assert index.best(["cough"], 3, np.array([2])) == {}


def test_the_best_rows_only() -> None:
    index = indexed([("cough", 1.0)], [("cough cough", 1.0)], [("heart", 1.0)], [("cough heart", 1.0)])
    assert set(index.best(["cough"], 2)) == {0, 1}
    assert index.best(["unknown"], 2) == {}
    assert indexed().best(["cough"], 2) == {}

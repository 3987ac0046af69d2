"""The nearest rows by small integers are the nearest rows: none is missed, whatever the vectors look like."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import ToyEmbedder

from index.search import search
from index.store import integers, scan
from index.store.integers import product, widest
from index.store.scan import FEW, Codes, Floats, scan_of, unit_rows
from index.store.sqlite import open_store
from index.types import Query

RNG = np.random.default_rng(5)


def halves(rows) -> np.ndarray:
    return unit_rows(np.asarray(rows, dtype=np.float16)).astype(np.float16)


def clusters(n: int, spread: float) -> np.ndarray:
    """Rows crowded around some directions, as claims on one subject are; one row far from all, with one large number."""
    centres = RNG.standard_normal((20, 96))
    rows = centres[RNG.integers(0, 20, n)] + spread * RNG.standard_normal((n, 96))
    rows[n // 2] = 0
    rows[n // 2, 3] = 9
    return halves(rows)


@pytest.mark.parametrize("spread", [1.0, 0.1, 0.001], ids=["apart", "near", "nearly the same"])
@pytest.mark.parametrize("limit", [1, 10, 100])
def test_integers_find_what_floats_find(spread: float, limit: int) -> None:
    rows = clusters(9000, spread)
    queries = np.concatenate([unit_rows(rows[::700]), unit_rows(halves(RNG.standard_normal((5, 96))))])
    floats, codes = Floats(unit_rows(rows)), Codes.of(rows)
    (_, exact), (found, cosines) = floats.nearest(queries, limit), codes.nearest(queries, limit)
    assert cosines == pytest.approx(exact, abs=2e-6)
    for query, places, values in zip(queries, found, cosines, strict=True):
        assert len(set(places.tolist())) == limit
        assert floats.matrix[places] @ query == pytest.approx(values, abs=2e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.sampled_from([8, 64]), st.integers(1, 50))
def test_integers_find_what_floats_find_in_any_matrix(seed: int, n: int, dimensions: int, limit: int) -> None:
    rng = np.random.default_rng(seed)
    rows = halves(rng.standard_t(2, (n, dimensions)))  # heavy tails: numbers far beyond what the integers cover
    queries = unit_rows(halves(rng.standard_t(2, (3, dimensions))))
    exact, found = Floats(unit_rows(rows)).nearest(queries, limit), Codes.of(rows).nearest(queries, limit)
    assert exact[0].shape == found[0].shape
    assert exact[1] == pytest.approx(found[1], abs=2e-6)


def test_many_queries_are_answered_each_for_itself() -> None:
    rows = clusters(2000, 0.5)
    queries = unit_rows(rows[:300])
    for one in (Floats(unit_rows(rows)), Codes.of(rows)):
        found, _ = one.nearest(queries, 3)
        assert found[:, 0].tolist() == list(range(300)), "each row is nearest to itself"


def test_products_are_exact_at_the_ends_of_their_range() -> None:
    codes = RNG.integers(0, 256, (50, 384)).astype(np.uint8)
    queries = RNG.integers(-widest(), widest() + 1, (384, 7)).astype(np.int8)
    codes[0], queries[:, 0] = 255, widest()
    assert np.array_equal(product(codes, queries), codes.astype(np.int32) @ queries.astype(np.int32))


def test_a_machine_that_adds_in_16_bits_gets_smaller_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    def saturating(codes, queries):
        pairs = codes.astype(np.int32)[:, :, None] * queries.astype(np.int32)[None]
        return np.clip(pairs[:, ::2] + pairs[:, 1::2], -(2**15), 2**15 - 1).sum(axis=1)

    integers.widest.cache_clear()
    monkeypatch.setattr(integers, "product", saturating)
    monkeypatch.setattr(scan, "product", saturating)
    assert integers.widest() == 63
    rows = clusters(500, 0.5)
    queries = unit_rows(rows[:20])
    assert Codes.of(rows).nearest(queries, 5)[1] == pytest.approx(Floats(unit_rows(rows)).nearest(queries, 5)[1], abs=2e-6)
    integers.widest.cache_clear()


def test_few_rows_stay_floats_and_many_become_integers() -> None:
    assert isinstance(scan_of(np.ones((FEW, 2), dtype=np.float16)), Floats)
    assert isinstance(scan_of(np.ones((FEW + 1, 2), dtype=np.float16)), Codes)
    assert scan_of(np.empty((0, 4), dtype=np.float16)).nearest(np.ones((2, 4), dtype=np.float32), 5)[0].shape == (2, 0)


def test_a_large_index_answers_as_a_small_one(toy_index: Path, toy: ToyEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = [Query("Honey helps against a cough."), Query("It is dangerous.", heading="Aspirin")]
    small = open_store(toy_index, "toy")
    monkeypatch.setattr(scan, "FEW", 0)
    large = open_store(toy_index, "toy")
    assert isinstance(large.scan, Codes)
    for one, other in zip(search(small, toy, queries, 4), search(large, toy, queries, 4), strict=True):
        assert [evidence.claim for evidence in one] == [evidence.claim for evidence in other]
        assert [evidence.similarity for evidence in one] == pytest.approx([evidence.similarity for evidence in other], abs=1e-6)

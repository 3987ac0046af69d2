"""A search by kind of source finds what a look at every claim of these kinds finds, however rare they are."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from toy import ToyEmbedder

from index.build import build
from index.context import query_vectors
from index.search import LEXICAL_CONTEXT_WEIGHT, fuse, search
from index.store.files import Files
from index.store.scan import FEW, ROWS_AT_ONCE, Codes, Floats, scan_of, unit_rows
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store
from index.types import Claim, Document, IndexInfo, Query, Sentence, Source, Span, Vectors

RNG = np.random.default_rng(11)
SOURCES = 100
RARE = {"source-37": "guideline", "source-38": "fact_check"}
"""The only sources of their kinds, each with a hundredth of the claims; all others are `other`."""
QUERIES = [Query("w3 w14 w15"), Query("w3 w14 w15 w92 w65 w35", heading="w8 w97 w93 w23 w84 w62"), Query("unheard of")]


class Scattered:
    """Every text has a direction of its own, at random."""

    name = "scattered"

    def embed(self, texts: Sequence[str], /) -> Vectors:
        return np.concatenate([directions(np.random.default_rng(zlib.crc32(text.encode())), 1) for text in texts])


def directions(rng: np.random.Generator, n: int) -> Vectors:
    rows = rng.standard_normal((n, 32)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def source(name: str, kind: str) -> Source:
    return Source(name, "", kind, "because", "A house", f"{name}.txt", "en")


def claim(source_id: str, number: int) -> Claim:
    text = " ".join(f"w{word}" for word in RNG.integers(0, 100, RNG.integers(3, 9)))
    return Claim(f"{source_id}-{number}-0", source_id, Sentence(Span(number, number + len(text), text)))


@pytest.fixture(scope="module", params=[FEW // 4, FEW + 2 * ROWS_AT_ONCE], ids=["floats", "codes"])
def store(request: pytest.FixtureRequest) -> Snapshot:
    sources = {name: source(name, RARE.get(name, "other")) for name in (f"source-{n}" for n in range(SOURCES))}
    claims = [claim(name, number) for name in sources for number in range(request.param // SOURCES)]
    info = IndexInfo("f", "scattered", "rules", 32, SOURCES, len(claims), "2026-01-01T00:00:00Z")
    made = Snapshot.of(info, sources, claims, directions(RNG, len(claims)))
    assert isinstance(made.scan, Codes if request.param > FEW else Floats)
    return made


def rows_of(store: Snapshot, *kinds: str) -> np.ndarray:
    return np.concatenate([store.rows_of(name) for name, one in store.sources.items() if one.kind in kinds])


KINDS = [["guideline"], {"guideline", "fact_check"}, ("other",), ["other", "guideline", "fact_check"]]


@pytest.mark.parametrize("kinds", KINDS, ids=str)
def test_the_nearest_of_a_kind_are_those_of_all_its_claims(store: Snapshot, kinds: Sequence[str]) -> None:
    queries, own = directions(np.random.default_rng(3), 9), rows_of(store, *kinds)
    rows, cosines = store.nearest(queries, 20, kinds)
    every = queries @ store.vectors(own).T
    best = np.argsort(-every, axis=1, kind="stable")[:, :20]
    assert rows.tolist() == own[best].tolist()
    assert cosines == pytest.approx(np.take_along_axis(every, best, axis=1), abs=2e-6)


@pytest.mark.parametrize("kinds", KINDS, ids=str)
def test_the_best_words_of_a_kind_are_those_of_all_its_claims(store: Snapshot, kinds: Sequence[str]) -> None:
    own = set(rows_of(store, *kinds).tolist())
    texts = [query.text for query in QUERIES]
    for found, every in zip(store.lexical(texts, 5, kinds), store.lexical(texts, store.info.claims), strict=True):
        of_kind = {row: score for row, score in every.items() if row in own}
        assert found == {row: of_kind[row] for row in found}, "the score of a row is what it is in the whole index"
        assert sorted(found.values()) == sorted(of_kind.values())[-5:]


def test_a_rare_kind_gets_as_many_answers_as_are_asked_for(store: Snapshot) -> None:
    assert len(rows_of(store, "guideline")) == store.info.claims // SOURCES
    by_any, by_kind = (search(store, Scattered(), QUERIES, 40, kinds) for kinds in (None, ["guideline"]))
    for everything, found in zip(by_any, by_kind, strict=True):
        assert sum(e.source.kind == "guideline" for e in everything) < 20, "leaving the others out afterwards would not do"
        assert len({e.claim.id for e in found}) == 40
        assert {e.source.kind for e in found} == {"guideline"}
        assert [e.score for e in found] == sorted((e.score for e in found), reverse=True)


def test_the_answers_are_the_best_of_the_kind_by_cosine_words_and_context(store: Snapshot) -> None:
    own, query = rows_of(store, "guideline"), QUERIES[1]
    words, around = store.lexical([query.text, query.heading], store.info.claims)
    lexical = {row: words[row] + LEXICAL_CONTEXT_WEIGHT * around.get(row, 0.0) for row in own.tolist() if row in words}
    assert set(lexical) & set(around), "the heading raises some"
    cosines = store.vectors(own) @ query_vectors(Scattered(), [query])[0]
    expected = fuse(dict(zip(own.tolist(), cosines.tolist(), strict=True)), lexical)
    found = search(store, Scattered(), [query], 10, ["guideline"])[0]
    best = sorted(expected, key=lambda row: -expected[row])[:10]
    assert [e.claim for e in found] == [places[0] for places in store.places(best)]
    assert [e.score for e in found] == pytest.approx([expected[row] for row in best], abs=1e-6)


def test_all_of_a_kind_where_there_are_fewer_and_none_of_a_kind_that_nothing_is(store: Snapshot) -> None:
    queries, own = directions(np.random.default_rng(4), 2), rows_of(store, "fact_check")
    rows, _ = store.nearest(queries, 10_000, ["fact_check"])
    assert [sorted(some) for some in rows.tolist()] == [own.tolist()] * 2
    for nothing in (["content_site"], ["no such kind"], []):
        assert store.nearest(queries, 10, nothing)[0].shape == (2, 0)
        assert store.lexical(["w1", "w2"], 10, nothing) == [{}, {}]
        assert search(store, Scattered(), QUERIES, 10, nothing) == [[], [], []]


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.5, 0.999])
def test_a_scan_of_some_rows_is_exact(share: float) -> None:
    halves = directions(np.random.default_rng(6), FEW + 1).astype(np.float16)
    halves[:40] = halves[40:80]  # twins, of which some are allowed and others are not
    allowed = np.flatnonzero(np.random.default_rng(7).random(len(halves)) < share)
    queries, limit = unit_rows(halves[20:300:20]), min(30, len(allowed))
    assert limit
    codes = scan_of(halves)
    assert isinstance(codes, Codes)
    exact = -np.sort(-(queries @ unit_rows(halves[allowed]).T), axis=1)[:, :30]
    for scan in (codes, Floats(unit_rows(halves))):
        rows, cosines = scan.nearest(queries, 30, allowed)
        assert np.isin(rows, allowed).all()
        assert all(len(set(some)) == limit for some in rows.tolist())
        assert cosines == pytest.approx(exact, abs=2e-6)
        assert np.einsum("qd,qld->ql", queries, unit_rows(halves)[rows]) == pytest.approx(cosines, abs=2e-6)


SHARED = "Honey eases a cough at night."
SAID = {
    "a-clinic": ("treatment_provider", f"{SHARED} Zinc is sold here."),
    "b-blog": ("content_site", f"Some like tea. {SHARED}"),
    "c-guide": ("guideline", f"{SHARED} Zinc shortens a cold."),
    "d-blog": ("content_site", f"{SHARED} Tea is warm."),
}


@pytest.fixture
def shared(tmp_path: Path) -> Snapshot:
    """An index in which sources of three kinds say the same sentence."""
    documents = [Document(source(name, kind), text, name) for name, (kind, text) in SAID.items()]
    build(documents, ToyEmbedder(), Files(tmp_path / "index"))
    return open_store(tmp_path / "index", "toy")


@pytest.mark.parametrize(
    ("kinds", "named"),
    [
        (None, ["a-clinic", "b-blog", "c-guide", "d-blog"]),
        (["content_site"], ["b-blog", "d-blog"]),
        (["guideline"], ["c-guide"]),
        (["guideline", "treatment_provider"], ["a-clinic", "c-guide"]),
    ],
)
def test_a_copy_is_of_every_kind_that_says_it_and_shown_where_these_say_it(
    shared: Snapshot, kinds: list[str] | None, named: list[str]
) -> None:
    first, *rest = search(shared, ToyEmbedder(), [Query("Honey eases coughs.")], 10, kinds)[0]
    assert first.claim.text == SHARED
    assert [first.claim.source_id, first.source.id] == [named[0]] * 2
    assert [place.source.id for place in first.also] == named[1:]
    assert all(place.claim == shared.find(place.claim.id) for place in first.also)
    assert {evidence.source.id for evidence in rest} <= set(named)
    assert all(evidence.similarity <= first.similarity for evidence in rest)


def test_kinds_together_find_what_each_finds(shared: Snapshot) -> None:
    queries = ToyEmbedder().embed(["Zinc for a cold"])
    both = shared.nearest(queries, 10, ["guideline", "content_site"])[0][0]
    alone = [shared.nearest(queries, 10, [kind])[0][0].tolist() for kind in ("guideline", "content_site")]
    assert set(both.tolist()) == {row for rows in alone for row in rows}
    assert len(both) == len(set(both.tolist())) == 4

"""Over many claims both engines rank alike, and a search by kind of source gets what it asked for, however rare the kind."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.build import build
from index.search import search
from index.store.files import Files
from index.types import ClaimStore, Document, Query, Source, Vectors, silent

CLAIMS, SOURCES, WORDS = 21_000, 300, 400
KINDS = {0: "guideline", 1: "guideline", 2: "guideline", 3: "fact_check"}
"""A hundredth of the claims are of guidelines, the rest but for one source of `other`."""
RNG = np.random.default_rng(7)
DIRECTIONS = RNG.standard_normal((WORDS, 16)).astype(np.float32)
QUERIES = [Query(f"Does w{a} lower w{b} beside w{c}?", heading=f"w{d}") for a, b, c, d in RNG.integers(0, WORDS, (40, 4))]


class Worded:
    """A text's direction is that of its words together, each with one of its own."""

    name = "worded"

    def embed(self, texts: Sequence[str], /) -> Vectors:
        sums = np.stack([DIRECTIONS[[int(n) for n in re.findall(r"w(\d+)", text)]].sum(axis=0) + 1e-3 for text in texts])
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def documents() -> list[Document]:
    made = []
    for number in range(SOURCES):
        words = RNG.integers(0, WORDS, (CLAIMS // SOURCES, 5))
        text = " ".join(f"Drug w{a} lowers w{b} and w{c} by w{d} beside w{e}." for a, b, c, d, e in words)
        source = Source(f"source-{number:03}", f"About w{number}", KINDS.get(number, "other"), "because", "A house", "a.txt", "en")
        made.append(Document(source, text, str(number)))
    return made


@pytest.fixture(scope="module")
def stores(postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ClaimStore, ClaimStore]]:
    """The same claims in a folder and in a database."""
    from postgres.databases import Prepared

    seeds, folder, prepared = documents(), Files(tmp_path_factory.mktemp("many") / "index"), Prepared(postgres)
    database = prepared.home()
    assert build(seeds, Worded(), folder).info.claims > 20_000
    with folder.writing(silent) as written, database.writing(silent) as writer:
        contents = written.before("worded")
        assert contents
        writer.publish(contents, seeds)
    yield folder.open("worded"), database.open("worded")
    prepared.close()


@pytest.fixture(params=["compared one by one", "walked by the index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the database looks for what is near: it chooses by how many claims there are, so it is told that these are few, or many."""
    monkeypatch.setattr("index.store.postgres.store.FEW", 10**9 if request.param == "compared one by one" else 0)
    return request.param


def test_both_rank_alike(stores: tuple[ClaimStore, ClaimStore], way: str) -> None:
    folder, database = (search(store, Worded(), QUERIES, 20, ["guideline", "fact_check", "other"]) for store in stores)
    same = [set_of(one) == set_of(other) for one, other in zip(folder, database, strict=True)]
    assert sum(same) >= (len(QUERIES) if way == "compared one by one" else 0.9 * len(QUERIES))
    for one, other, alike in zip(folder, database, same, strict=True):
        assert len(one) == len(other) == 20
        if alike:
            assert [e.score for e in other] == pytest.approx([e.score for e in one], abs=1e-5)
            assert [e.similarity for e in other] == pytest.approx([e.similarity for e in one], abs=1e-5)


def set_of(found: Sequence[object]) -> set[str]:
    """The claims found; of those that the last place is shared by, it does not matter which got it."""
    last = found[-1].score
    return {evidence.claim.id for evidence in found if evidence.score > last + 1e-5}


def test_the_nearest_are_found_and_their_cosines_exact(stores: tuple[ClaimStore, ClaimStore]) -> None:
    folder, database = stores
    queries = Worded().embed([query.text for query in QUERIES])
    rows, cosines = database.nearest(queries, 20)
    assert rows.shape == (len(QUERIES), 20)
    assert cosines == pytest.approx(np.stack(folder.cosines(queries, list(rows))), abs=1e-5)
    assert (np.diff(cosines, axis=1) <= 0).all()
    exact = folder.nearest(queries, 20)[1]
    assert (cosines >= exact[:, -1:] - 1e-5).mean() > 0.98, "recall"


@pytest.mark.parametrize("kinds", [["guideline"], ["fact_check", "guideline"]], ids="+".join)
def test_a_rare_kind_gets_as_many_as_were_asked_for(stores: tuple[ClaimStore, ClaimStore], way: str, kinds: list[str]) -> None:
    folder, database = stores
    queries = Worded().embed([query.text for query in QUERIES])
    own = {int(row) for name, source in folder.sources.items() if source.kind in kinds for row in folder.rows_of(name)}
    assert len(own) < 0.02 * folder.info.claims
    rows, cosines = database.nearest(queries, 50, kinds)
    assert rows.shape == (len(QUERIES), 50)
    assert all(len(set(some)) == 50 and own.issuperset(some) for some in rows.tolist())
    exact = folder.nearest(queries, 50, kinds)[1]
    if way == "compared one by one":
        assert cosines == pytest.approx(exact, abs=1e-5)
    else:
        assert (cosines >= exact[:, -1:] - 1e-5).mean() > 0.95, "recall"
    assert [sorted(some) for some in database.nearest(queries[:2], 10**4, kinds)[0].tolist()] == [sorted(own)] * 2


def test_words_of_a_kind_score_what_they_score_in_the_whole_index(stores: tuple[ClaimStore, ClaimStore]) -> None:
    texts = [query.text for query in QUERIES]
    for kinds in (None, ["guideline"], ["guideline", "fact_check"], ["content_site"], []):
        one, other = (store.lexical(texts, 10, kinds) for store in stores)
        for here, there in zip(one, other, strict=True):
            assert sorted(there.values()) == pytest.approx(sorted(here.values()))
            last = min(here.values(), default=0.0) + 1e-5
            assert {row for row, score in here.items() if score > last} == {row for row, score in there.items() if score > last}


def test_a_kind_that_nothing_is_finds_nothing(stores: tuple[ClaimStore, ClaimStore]) -> None:
    for store in stores:
        for nothing in (["content_site"], ["no such kind"], []):
            assert search(store, Worded(), QUERIES[:2], 10, nothing) == [[], []]


def test_copies_are_of_every_kind_that_says_them(home, tmp_path: Path) -> None:
    said = "Drug w1 lowers w2 by w3 beside w4."
    sources = [
        Source(f"{kind}-{n}", "Title", kind, "because", "A house", "a.txt", "en")
        for n, kind in enumerate(["other", "guideline", "guideline"])
    ]
    build([Document(source, said, str(n)) for n, source in enumerate(sources)], Worded(), home)
    store = home.open("worded")
    assert store.info.claims == 1
    for kind, also in (("guideline", ["guideline-2"]), ("other", [])):
        ((found,),) = search(store, Worded(), [Query("w1")], 5, [kind])
        assert found.source.kind == kind
        assert [place.source.id for place in found.also] == also

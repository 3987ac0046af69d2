"""What holds of any published index, whichever engine keeps it."""

import sys
import threading

import numpy as np
import pytest
from conftest import TEXTS
from toy import ToyEmbedder

from index.build import build
from index.context import claim_texts, claim_vectors
from index.documents import read_folder
from index.errors import IndexMismatch, IndexMissing
from index.search import search
from index.store.files import Files
from index.store.home import Home
from index.store.snapshot import Snapshot
from index.types import Claim, ClaimStore, Query


def every_claim(store: ClaimStore) -> list[Claim]:
    return [first for first, *_ in store.places(range(store.info.claims))]


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def store(request: pytest.FixtureRequest, tmp_path, write_seeds, toy: ToyEmbedder) -> ClaimStore:
    """An index over `TEXTS` by each way of making a store."""
    home = request.getfixturevalue("prepared").home() if request.param == "postgresql" else Files(tmp_path / "index")
    build(read_folder(write_seeds(TEXTS)), toy, home)
    opened = home.open("toy")
    if request.param != "memory":
        return opened
    texts = [claim_texts(claim, opened.sources[claim.source_id].title) for claim in every_claim(opened)]
    return Snapshot.of(opened.info, opened.sources, every_claim(opened), claim_vectors(toy, texts))


def test_claims_are_in_their_place(store: ClaimStore) -> None:
    claims = every_claim(store)
    assert [claim.text for claim in claims] == [
        "Aspirin thins the blood.",
        "It lowers the risk of a second heart attack.",
        "Honey eases a cough at night.",
        "It is dangerous for babies under one year.",
    ]
    assert all(TEXTS[claim.source_id][claim.sentence.span.start : claim.sentence.span.end] == claim.text for claim in claims)
    assert claims[1].sentence.before == "Aspirin thins the blood."
    assert (claims[3].sentence.heading, claims[3].sentence.before) == ("Botulism", "")
    assert len({claim.id for claim in claims}) == len(claims) == store.info.claims
    assert [(source.id, source.title, source.file) for source in store.sources.values()] == [
        ("aspirin", "Aspirin", "aspirin.txt"),
        ("honey", "Honey", "honey.txt"),
    ]


def test_nearest_are_the_highest_cosines(store: ClaimStore, toy: ToyEmbedder) -> None:
    queries = toy.embed(["honey for a cough at night", "aspirin and blood"])
    rows, cosines = store.nearest(queries, 3)
    assert rows.shape == cosines.shape == (2, 3)
    assert rows[:, 0].tolist() == [2, 0]
    every = queries @ store.vectors(np.arange(4)).T
    assert cosines == pytest.approx(-np.sort(-every, axis=1)[:, :3], abs=3e-6)
    asked = [np.array([3, 1]), np.array([], dtype=np.int64)]
    assert [found.tolist() for found in store.cosines(queries, asked)] == [pytest.approx(every[0, [3, 1]].tolist(), abs=3e-6), []]
    assert store.nearest(queries, 50)[0].shape == (2, 4), "no more than there are"


def test_vectors_are_those_of_the_rows_in_the_order_asked_for(store: ClaimStore, toy: ToyEmbedder) -> None:
    texts = [claim_texts(claim, store.sources[claim.source_id].title) for claim in every_claim(store)]
    made = claim_vectors(toy, texts)
    found = store.vectors(np.array([3, 0, 3]))
    assert (found.shape, found.dtype) == ((3, 64), np.float32)
    assert found == pytest.approx(made[[3, 0, 3]], abs=1e-3)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-6)
    assert store.vectors(np.array([], dtype=np.int64)).shape == (0, 64)


def test_finds_claims_by_id_and_by_source(store: ClaimStore) -> None:
    claims = every_claim(store)
    assert [store.find(claim.id) for claim in claims] == claims
    assert [store.find(name) for name in ("honey", "honey-0-00000000", "nobody-1-2", "", "%", "a\0b", "half \ud800")] == [None] * 7
    assert [store.rows_of(name).tolist() for name in ("aspirin", "honey", "nobody", "a\0b")] == [[0, 1], [2, 3], [], []]
    assert store.places([3, 0, 3]) == [[claims[3]], [claims[0]], [claims[3]]]
    assert store.places([]) == []


def test_lexical_finds_words_in_the_claim_and_around_it(store: ClaimStore) -> None:
    odd = ['" OR * NEAR(', "nul\0byte", "half \ud800pair", "'; drop table x --", "%s"]
    cough, botulism, unknown, *others = store.lexical(["coughs", "botulism", "statins", *odd], 10)
    assert set(cough) == {2}
    assert set(botulism) == {3}
    assert [unknown, *others] == [{}] * 6
    (aspirin,) = store.lexical(["aspirin"], 10)
    assert aspirin[0] > aspirin[1] > 0, "a word of the claim counts more than one of its title"
    assert store.lexical(["aspirin"], 1) == [{0: aspirin[0]}]


def test_another_record_for_a_source_changes_nothing_else(store: ClaimStore) -> None:
    renamed = store.naming({name: source for name, source in store.sources.items() if name == "honey"})
    assert set(renamed.sources) == {"honey"}
    assert set(store.sources) == {"aspirin", "honey"}
    assert renamed.places([0]) == store.places([0])


def test_all_stores_score_alike(prepared, tmp_path, write_seeds, toy: ToyEmbedder) -> None:
    stores: list[ClaimStore] = []
    for home in (Files(tmp_path / "index"), prepared.home()):
        build(read_folder(write_seeds(TEXTS)), ToyEmbedder(), home)
        stores.append(home.open("toy"))
    claims = every_claim(stores[0])
    texts = [claim_texts(claim, stores[0].sources[claim.source_id].title) for claim in claims]
    stores.append(Snapshot.of(stores[0].info, stores[0].sources, claims, claim_vectors(toy, texts)))
    words = ["aspirin for a heart attack in babies", "cough"]
    first, *others = [(store.lexical(words, 10), store.nearest(toy.embed(words), 4)) for store in stores]
    for lexical, (rows, cosines) in others:
        assert lexical == [pytest.approx(scores) for scores in first[0]]
        assert rows.tolist() == first[1][0].tolist()
        assert cosines == pytest.approx(first[1][1], abs=1e-3)


def test_threads_share_a_store(store: ClaimStore, toy: ToyEmbedder) -> None:
    query = [Query("heart attack in babies")]
    expected = search(store, toy, query, 10)
    failures: list[object] = []

    def read() -> None:
        try:
            failures.extend("differs" for _ in range(25) if search(store, ToyEmbedder(), query, 10) != expected)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_answers_each_query_in_order(store: ClaimStore, toy: ToyEmbedder) -> None:
    honey, aspirin = search(store, toy, [Query("Honey helps against a cough."), Query("Aspirin makes blood thinner.")], k=2)
    assert honey[0].claim.text == "Honey eases a cough at night."
    assert aspirin[0].claim.text == "Aspirin thins the blood."
    assert all(len(found) == 2 and 1 >= found[0].score >= found[1].score >= 0 for found in (honey, aspirin))
    assert honey[0].source.id == "honey"
    assert honey[0].similarity == pytest.approx(float(store.nearest(toy.embed(["Honey helps against a cough."]), 1)[1][0, 0]), abs=1e-6)


def test_context_finds_what_a_pronoun_hides(store: ClaimStore, toy: ToyEmbedder) -> None:
    bare, placed = search(
        store, toy, [Query("It is dangerous."), Query("It lowers risk.", heading="Aspirin", before="Aspirin is old.")], k=1
    )
    assert bare[0].claim.text == "It is dangerous for babies under one year."
    assert placed[0].claim.text == "It lowers the risk of a second heart attack."


def test_no_queries_and_more_than_there_are(store: ClaimStore, toy: ToyEmbedder) -> None:
    assert search(store, toy, [], 5) == []
    assert len(search(store, toy, [Query("honey")], 50)[0]) == 4


def test_what_only_its_words_find_is_an_answer_with_its_cosine(home: Home, write_seeds) -> None:
    # 300 near claims crowd the far one out of the nearest, and only it has the word.
    near = "\n\n".join(f"Aspirin lowers risk number {n}." for n in range(300))
    build(read_folder(write_seeds({"near": near, "far": "Quixotic gardens delight some curious visitors."})), ToyEmbedder(), home)
    store, toy = home.open("toy"), ToyEmbedder()
    query = "Aspirin lowers risk risk risk number quixotic."
    found = next(e for e in search(store, toy, [Query(query)], 400)[0] if e.source.id == "far")
    (row,) = store.rows_of("far")
    assert row not in store.nearest(toy.embed([query]), 100)[0]
    assert found.similarity == pytest.approx(float(toy.embed([query])[0] @ store.vectors(np.array([row]))[0]), abs=1e-6)


def test_odd_characters_are_kept_as_they_stand(home: Home, write_seeds) -> None:
    text = 'Honey eases\ta \\N cough of 5 % {at} night\\. 🍯\n\nIt isn\'t "dangerous" for babies under one\u200b year.'
    build(read_folder(write_seeds({"odd": text})), ToyEmbedder(), home)
    store = home.open("toy")
    claims = every_claim(store)
    assert len(claims) == 2
    assert all(text[claim.sentence.span.start : claim.sentence.span.end] == claim.text for claim in claims)
    assert search(store, ToyEmbedder(), [Query("dangerous\0 babies\ud800")], 1)[0][0].claim == claims[1]


def test_an_empty_index_answers_nothing(home: Home, write_seeds, toy: ToyEmbedder) -> None:
    report = build(read_folder(write_seeds({"none": "Is it safe?"})), toy, home)
    assert (report.info.claims, report.info.dimensions) == (0, 64)
    store = home.open("toy")
    assert store.lexical(["safe"], 5) == [{}]
    assert search(store, toy, [Query("safe")], 5) == [[]]
    assert store.rows_of("none").tolist() == []


def test_a_missing_index_says_what_to_run(home: Home) -> None:
    with pytest.raises(IndexMissing, match=r"There is no index at .*: .*run.* `sidelight rebuild"):
        home.open("toy")
    assert home.published() is None
    assert home.stored_files() == {}


def test_another_model_is_refused(toy_home: Home) -> None:
    with pytest.raises(IndexMismatch, match=r"embedding model 'toy', this installation has 'other': .*`sidelight rebuild"):
        toy_home.open("other")


def test_other_rules_are_refused(toy_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [module for name, module in sys.modules.items() if name.startswith("index.store.")]:
        if hasattr(module, "RECIPE"):
            monkeypatch.setattr(module, "RECIPE", "claims 99, context 1")
    with pytest.raises(IndexMismatch, match=r"rules '.*', this installation has 'claims 99, context 1'"):
        toy_home.open("toy")

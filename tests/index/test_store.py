import dataclasses
import json
import sqlite3
import threading
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from conftest import TEXTS
from toy import ToyEmbedder

from index import context
from index.build import build
from index.context import claim_texts, claim_vectors
from index.documents import read_folder
from index.errors import IndexMismatch, IndexMissing
from index.store import generations, proof, sqlite
from index.store.files import Files
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store, published


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, toy_index: Path, toy: ToyEmbedder) -> Snapshot:
    """The toy index by each way of making a snapshot: one test body checks them all."""
    opened = open_store(toy_index, "toy")
    if request.param == "sqlite":
        return opened
    texts = [claim_texts(claim, opened.sources[claim.source_id].title) for claim in opened.claims]
    return Snapshot.of(opened.info, opened.sources, opened.claims, claim_vectors(toy, texts))


def test_claims_are_in_their_place(store: Snapshot) -> None:
    texts = {source.id: TEXTS[source.id] for source in store.sources.values()}
    assert [claim.text for claim in store.claims] == [
        "Aspirin thins the blood.",
        "It lowers the risk of a second heart attack.",
        "Honey eases a cough at night.",
        "It is dangerous for babies under one year.",
    ]
    assert all(texts[claim.source_id][claim.sentence.span.start : claim.sentence.span.end] == claim.text for claim in store.claims)
    assert store.claims[1].sentence.before == "Aspirin thins the blood."
    assert (store.claims[3].sentence.heading, store.claims[3].sentence.before) == ("Botulism", "")
    assert len({claim.id for claim in store.claims}) == len(store.claims)


def test_nearest_are_the_highest_cosines(store: Snapshot, toy: ToyEmbedder) -> None:
    queries = toy.embed(["honey for a cough at night", "aspirin and blood"])
    rows, cosines = store.nearest(queries, 3)
    assert rows.shape == cosines.shape == (2, 3)
    assert rows[:, 0].tolist() == [2, 0]
    every = queries @ store.vectors(np.arange(4)).T
    assert cosines == pytest.approx(-np.sort(-every, axis=1)[:, :3], abs=1e-6)
    asked = [np.array([3, 1]), np.array([], dtype=np.int64)]
    assert [found.tolist() for found in store.cosines(queries, asked)] == [pytest.approx(every[0, [3, 1]].tolist(), abs=1e-6), []]
    assert store.nearest(queries, 50)[0].shape == (2, 4), "no more than there are"


def test_finds_claims_by_id_and_by_source(store: Snapshot) -> None:
    for claim in store.claims:
        assert store.find(claim.id) == claim
    assert [store.find(name) for name in ("honey", "honey-0-00000000", "nobody-1-2", "")] == [None] * 4
    assert [store.rows_of(name).tolist() for name in ("aspirin", "honey", "nobody")] == [[0, 1], [2, 3], []]
    assert store.places([3, 0]) == [[store.claims[3]], [store.claims[0]]]


def test_lexical_finds_words_in_the_claim_and_around_it(store: Snapshot) -> None:
    cough, botulism, unknown, injection = store.lexical(["coughs", "botulism", "statins", '" OR * NEAR('], 10)
    assert set(cough) == {2}
    assert set(botulism) == {3}
    assert unknown == {}
    assert injection == {}
    (aspirin,) = store.lexical(["aspirin"], 10)
    assert aspirin[0] > aspirin[1] > 0, "a word of the claim counts more than one of its title"


def test_both_ways_score_alike(toy_index: Path, toy: ToyEmbedder) -> None:
    opened = open_store(toy_index, "toy")
    texts = [claim_texts(claim, opened.sources[claim.source_id].title) for claim in opened.claims]
    again = Snapshot.of(opened.info, opened.sources, opened.claims, claim_vectors(toy, texts))
    query = ["aspirin for a heart attack in babies"]
    assert opened.lexical(query, 10)[0] == pytest.approx(again.lexical(query, 10)[0])
    assert opened.nearest(toy.embed(query), 4)[1] == pytest.approx(again.nearest(toy.embed(query), 4)[1], abs=1e-3)


def test_the_file_can_be_read_by_other_tools(toy_index: Path) -> None:
    with closing(sqlite3.connect(toy_index / generations.current(toy_index).file)) as connection:
        rows = connection.execute("select title, claims, length(vectors) from documents join sources on id = source_id order by number")
        ((_, _, _), (title, claims, size)) = rows.fetchall()
        assert (title, size) == ("Honey", 2 * 64 * 2), "half precision"
        assert json.loads(zlib.decompress(claims))[0][3] == "Honey eases a cough at night."
        assert connection.execute("pragma foreign_key_check").fetchall() == []


def test_a_missing_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"There is no index at .*: run `sidelight rebuild`"):
        open_store(tmp_path, "toy")
    assert published(tmp_path) is None


def test_another_model_is_refused(toy_index: Path) -> None:
    with pytest.raises(IndexMismatch, match=r"embedding model 'toy', this installation has 'other': run `sidelight rebuild`"):
        open_store(toy_index, "other")


def test_other_rules_are_refused(toy_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "RECIPE", "claims 99, context 1")
    with pytest.raises(IndexMismatch, match=r"rules '.*', this installation has 'claims 99, context 1'"):
        open_store(toy_index, "toy")
    assert context.RECIPE != "claims 99, context 1"


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_a_damaged_file_is_refused_and_mended_by_a_rebuild(toy_index: Path, toy: ToyEmbedder, write_seeds, damage: str) -> None:
    path = toy_index / generations.current(toy_index).file
    content = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes({"flip": content, "cut": content[:5000], "empty": b""}[damage])
    with pytest.raises((IndexMismatch, IndexMissing), match="run `sidelight rebuild`"):
        open_store(toy_index, "toy")
    report = build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))
    assert (report.embedded, report.reused) == (4, 0)
    assert len(open_store(toy_index, "toy").claims) == 4


@pytest.mark.parametrize("content", ["", "{", "[]", '{"file": 1}', '{"file": "a.db", "sha256": "0", "more": 1}'])
def test_a_damaged_pointer_is_refused_and_mended_by_a_rebuild(toy_index: Path, toy: ToyEmbedder, write_seeds, content: str) -> None:
    (toy_index / generations.POINTER).write_text(content)
    with pytest.raises((IndexMismatch, IndexMissing), match="run `sidelight rebuild`"):
        open_store(toy_index, "toy")
    build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))
    assert len(open_store(toy_index, "toy").claims) == 4


def test_a_database_that_is_no_index_of_ours_is_refused(toy_index: Path) -> None:
    path = toy_index / "generation-000009.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table something (else_)")
    pointer = generations.Pointer(path.name, generations.file_hash(path))
    (toy_index / generations.POINTER).write_text(json.dumps(dataclasses.asdict(pointer)))
    with pytest.raises(IndexMismatch, match="not of this version"):
        open_store(toy_index, "toy")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("update documents set twins = substr(twins, 9) where source_id = 'honey'", "claims"),
        ("delete from documents where source_id = 'honey'", "claims"),
        ("delete from sources where id = 'honey'", "sources"),
        ("update documents set vectors = zeroblob(length(vectors)) where source_id = 'honey'", "unit length"),
        ("update documents set terms = replace(terms, 'cough', 'toothach') where source_id = 'honey'", "words in step"),
        ("update words set value = zeroblob(length(value)) where name = 'impacts'", "words in step"),
        ("update documents set claims = (select claims from documents where source_id = 'aspirin')", "fingerprint"),
        ("update documents set sha256 = 'other' where source_id = 'honey'", "fingerprint"),
        ("update documents set sentences = 99 where source_id = 'honey'", "part as it was made"),
    ],
)
def test_verification_finds_what_is_wrong(toy_index: Path, change: str, what: str) -> None:
    path = toy_index / generations.current(toy_index).file
    proof.verify(sqlite.read_contents(path), sqlite.seals(path), str(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    with pytest.raises(IndexMismatch, match=what):
        proof.verify(sqlite.read_contents(path), sqlite.seals(path), str(path))


def test_threads_share_a_snapshot(store: Snapshot) -> None:
    expected = store.lexical(["heart attack in babies"], 10)
    failures: list[object] = []

    def read() -> None:
        for _ in range(50):
            if store.lexical(["heart attack in babies"], 10) != expected:
                failures.append("differs")

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_opening_leaves_no_file_open(toy_index: Path) -> None:
    open_store(toy_index, "toy")
    assert not [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink() and str(toy_index) in str(link.readlink())]

"""A rebuild step by step gives the very index that one from nothing gives, whatever was done to the seeds in between."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.errors import IndexProblem
from index.search import search
from index.store.files import Files
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store, published
from index.types import Document, Query, Source

SENTENCES = (
    "Honey eases a cough at night.",
    "Honey eases the cough at night!",
    "It is dangerous for babies.",
    "Zinc shortens a cold by 1.5 days.",
    "Zinc shortens a cold by 15 days.",
    "Patients improved on both drugs.",
    "Is it safe?",
)
TEXT = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join)
NAME = st.sampled_from("abcd")
STEP = st.one_of(
    st.tuples(st.just("write"), NAME, TEXT),
    st.tuples(st.just("remove"), NAME, NAME),
    st.tuples(st.just("rename"), NAME, NAME),
    st.tuples(st.just("retitle"), NAME, st.sampled_from(["Honey", "Zinc"])),
)


def document(name: str, text: str) -> Document:
    return Document(Source(name, "Honey", "other", "because", "A house", f"{name}.txt", "en"), text, str(hash(text)))


def stepped(documents: dict[str, Document], step: tuple[str, str, str]) -> dict[str, Document]:
    what, name, given = step
    if what == "write":
        return documents | {name: document(name, given)}
    if name not in documents:
        return documents
    rest = {key: one for key, one in documents.items() if key != name}
    if what == "remove":
        return rest
    if what == "rename":
        return rest | {given: replace(documents[name], source=replace(documents[name].source, id=given))}
    return rest | {name: replace(documents[name], source=replace(documents[name].source, title=given))}


def same(one: Snapshot, other: Snapshot) -> bool:
    alike = [
        replace(one.info, built_at="") == replace(other.info, built_at=""),
        one.sources == other.sources,
        one.shelf.parts == other.shelf.parts,
        np.array_equal(one.collapsed.row, other.collapsed.row),
        np.array_equal(one.scan.matrix, other.scan.matrix),
        one.words.same(other.words),
    ]
    return all(alike)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(STEP, min_size=1, max_size=3), min_size=1, max_size=4))
def test_any_steps_give_the_same_index_as_from_nothing(rebuilds: list[list[tuple[str, str, str]]]) -> None:
    folder = Path(tempfile.mkdtemp())
    documents = {"a": document("a", SENTENCES[0])}
    build(list(documents.values()), ToyEmbedder(), Files(folder / "index"))
    for steps in rebuilds:
        for step in steps:
            documents = stepped(documents, step)
        ordered = [documents[name] for name in sorted(documents)]
        report = build(ordered, ToyEmbedder(), Files(folder / "index"))
        fresh = build(ordered, ToyEmbedder(), Files(folder / "fresh"))
        assert report.info.fingerprint == fresh.info.fingerprint
        assert same(open_store(folder / "index", "toy"), open_store(folder / "fresh", "toy"))
        shutil.rmtree(folder / "fresh")
    shutil.rmtree(folder)


def test_the_same_with_the_real_model(write_seeds, real_embedder, tmp_path: Path) -> None:
    old = read_folder(write_seeds(TEXTS))
    new = read_folder(write_seeds(TEXTS | {"honey": TEXTS["honey"] + " Zinc shortens a cold."}))
    for seeds in (old, new):
        report = build(seeds, real_embedder, Files(tmp_path / "index"))
    fresh = build(new, real_embedder, Files(tmp_path / "fresh"))
    assert (report.embedded, report.reused, report.info.fingerprint) == (1, 4, fresh.info.fingerprint)
    one, other = (open_store(tmp_path / name, real_embedder.name) for name in ("index", "fresh"))
    assert one.words.same(other.words)
    # A text's neighbours in its batch may move a float's last bits, which half precision mostly rounds away.
    assert np.abs(one.scan.matrix - other.scan.matrix).max() < 1e-3


def test_an_unchanged_rebuild_publishes_nothing_and_says_so(write_seeds, toy_index: Path) -> None:
    before, files = published(toy_index), sorted(toy_index.iterdir())
    toy = ToyEmbedder()
    report = build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))
    assert (report.changed, report.embedded, report.reused, toy.texts) == (False, 0, 4, [])
    assert "nothing changed, so the index stays as it is" in report.lines()
    assert (published(toy_index), sorted(toy_index.iterdir())) == (before, files)


def test_an_unchanged_document_is_not_read_again(write_seeds, toy_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = []
    monkeypatch.setattr("index.parts.split", lambda text: split.append(text) or [])
    build(read_folder(write_seeds(TEXTS | {"zinc": "Zinc shortens a cold."})), ToyEmbedder(), Files(toy_index))
    assert split == ["Zinc shortens a cold."]


def test_an_edit_and_a_new_name_embed_only_what_is_new(write_seeds, toy_index: Path) -> None:
    toy = ToyEmbedder()
    documents = read_folder(write_seeds(TEXTS | {"honey": "Tea helps too. " + TEXTS["honey"]}))
    # The first sentence now has one before it, so its text in its place is new.
    assert build(documents, toy, Files(toy_index)).embedded == 2
    renamed = [replace(one, source=replace(one.source, id=f"new-{one.source.id}")) for one in documents]
    report = build(renamed, toy, Files(toy_index))
    assert (report.embedded, report.reused, report.changed) == (0, 5, True)


def test_copies_are_one_claim_with_all_its_sources(write_seeds, tmp_path: Path) -> None:
    copies = {f"clinic-{n}": f"Call us today. {SENTENCES[n % 2]} Zinc shortens a cold by {n} days." for n in range(4)}
    report = build(read_folder(write_seeds(copies)), ToyEmbedder(), Files(tmp_path / "index"))
    assert (report.info.claims, report.embedded + report.reused) == (5, 8)
    assert "8 claims, 3 of them copies of another, from 4 sources" in "\n".join(report.lines())
    store = open_store(tmp_path / "index", "toy")
    (first, *rest) = search(store, ToyEmbedder(), [Query("Honey eases coughs at night.")], 5)[0]
    assert first.claim.text == SENTENCES[0]
    assert [first.source.id, *(place.source.id for place in first.also)] == ["clinic-0", "clinic-1", "clinic-2", "clinic-3"]
    assert all(store.find(place.claim.id) == place.claim for place in first.also)
    assert all(not evidence.also for evidence in rest)
    assert [len(store.rows_of(name)) for name in store.sources] == [2, 2, 2, 2]


def test_a_sentence_that_one_document_repeats_is_one_claim_of_one_source(write_seeds, tmp_path: Path) -> None:
    build(read_folder(write_seeds({"honey": f"{SENTENCES[0]} {SENTENCES[3]} {SENTENCES[1]}"})), ToyEmbedder(), Files(tmp_path / "index"))
    found = search(open_store(tmp_path / "index", "toy"), ToyEmbedder(), [Query("Honey eases coughs.")], 5)[0]
    assert [(evidence.claim.text, evidence.also) for evidence in found] == [(SENTENCES[0], ()), (SENTENCES[3], ())]


def test_the_order_of_the_documents_does_not_matter(tmp_path: Path) -> None:
    documents = [document(name, " ".join(SENTENCES[n:])) for n, name in enumerate("abc")]
    for name, ordered in (("one", documents), ("other", documents[::-1])):
        build(ordered, ToyEmbedder(), Files(tmp_path / name))
    assert same(open_store(tmp_path / "one", "toy"), open_store(tmp_path / "other", "toy"))


def test_the_same_source_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexProblem, match="more than once: give each document a source of its own"):
        build([document("a", SENTENCES[0]), document("a", SENTENCES[1])], ToyEmbedder(), Files(tmp_path))

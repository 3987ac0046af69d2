"""What holds of rebuilding and publishing, whichever engine keeps the index."""

import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import ToyEmbedder

from index.build import build
from index.diff import diff
from index.documents import read_folder
from index.errors import BadSeed, IndexMissing, IndexProblem
from index.search import search
from index.store.files import Files
from index.store.home import Home
from index.types import ClaimStore, Document, Query, Source

MORE = TEXTS | {"zinc": "Zinc shortens a cold by one day."}
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
COPIED = "Honey eases a cough at night."


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


def assert_same(one: ClaimStore, other: ClaimStore) -> None:
    """Whatever can be asked of a store, both say the same."""
    rows = range(one.info.claims)
    assert replace(one.info, built_at="") == replace(other.info, built_at="")
    assert one.sources == other.sources
    assert one.places(rows) == other.places(rows)
    assert np.array_equal(one.vectors(np.array(rows, dtype=np.int64)), other.vectors(np.array(rows, dtype=np.int64)))
    assert [one.rows_of(name).tolist() for name in one.sources] == [other.rows_of(name).tolist() for name in one.sources]
    assert one.lexical(SENTENCES, 9) == [pytest.approx(scores) for scores in other.lexical(SENTENCES, 9)]


@pytest.mark.parametrize(("engine", "examples"), [("sqlite", 25), ("postgresql", 8)], ids=["sqlite", "postgresql"])
def test_any_steps_give_the_same_index_as_from_nothing_in_a_folder(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, examples: int
) -> None:
    home = Files(tmp_path / "home") if engine == "sqlite" else request.getfixturevalue("prepared").home()
    fresh = (Files(tmp_path / f"fresh-{number}") for number in range(10**6))

    @settings(max_examples=examples, deadline=None)
    @given(st.lists(st.lists(STEP, min_size=1, max_size=3), min_size=1, max_size=4))
    def steps_end_alike(rebuilds: list[list[tuple[str, str, str]]]) -> None:
        documents = {"a": document("a", SENTENCES[0])}
        build(list(documents.values()), ToyEmbedder(), home)
        for steps in rebuilds:
            for step in steps:
                documents = stepped(documents, step)
            ordered = [documents[name] for name in sorted(documents)]
            report, anew = build(ordered, ToyEmbedder(), home), next(fresh)
            assert report.info.fingerprint == build(ordered, ToyEmbedder(), anew).info.fingerprint
            assert_same(home.open("toy"), anew.open("toy"))

    steps_end_alike()


def test_embeds_only_what_is_new(home: Home, write_seeds) -> None:
    again, other = ToyEmbedder(), ToyEmbedder()
    build(read_folder(write_seeds(TEXTS)), ToyEmbedder(), home)
    report = build(read_folder(write_seeds(MORE)), again, home)
    assert (report.embedded, report.reused) == (1, 4)
    assert all("Zinc" in text for text in again.texts)
    assert build(read_folder(write_seeds(MORE)), other, home).embedded == 0
    assert other.texts == []


def test_an_edit_and_a_new_name_embed_only_what_is_new(toy_home: Home, write_seeds) -> None:
    toy = ToyEmbedder()
    documents = read_folder(write_seeds(TEXTS | {"honey": "Tea helps too. " + TEXTS["honey"]}))
    # The first sentence now has one before it, so its text in its place is new.
    assert build(documents, toy, toy_home).embedded == 2
    renamed = [replace(one, source=replace(one.source, id=f"new-{one.source.id}")) for one in documents]
    report = build(renamed, toy, toy_home)
    assert (report.embedded, report.reused, report.changed) == (0, 5, True)


def test_an_unchanged_document_is_not_read_again(toy_home: Home, write_seeds, monkeypatch: pytest.MonkeyPatch) -> None:
    split = []
    monkeypatch.setattr("index.parts.split", lambda text: split.append(text) or [])
    build(read_folder(write_seeds(TEXTS | {"zinc": "Zinc shortens a cold."})), ToyEmbedder(), toy_home)
    assert split == ["Zinc shortens a cold."]


def test_another_model_or_recipe_embeds_all(toy_home: Home, write_seeds, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = read_folder(write_seeds(TEXTS))
    monkeypatch.setattr(ToyEmbedder, "name", "other toy")
    assert build(seeds, ToyEmbedder(), toy_home).embedded == 4
    for module in [module for name, module in sys.modules.items() if name.startswith("index.") and hasattr(module, "RECIPE")]:
        monkeypatch.setattr(module, "RECIPE", "claims 99, context 1")
    assert build(seeds, ToyEmbedder(), toy_home).embedded == 4
    assert toy_home.open("other toy").info.rules == "claims 99, context 1"


def test_an_unchanged_rebuild_publishes_nothing_and_says_so(toy_home: Home, write_seeds) -> None:
    before, toy = toy_home.published(), ToyEmbedder()
    report = build(read_folder(write_seeds(TEXTS)), toy, toy_home)
    assert (report.changed, report.embedded, report.reused, toy.texts) == (False, 0, 4, [])
    assert "nothing changed, so the index stays as it is" in report.lines()
    assert toy_home.published() == before is not None


def test_a_changed_rebuild_publishes_another_generation(toy_home: Home, write_seeds) -> None:
    before = toy_home.published()
    report = build(read_folder(write_seeds(MORE)), ToyEmbedder(), toy_home)
    assert toy_home.published() not in (before, None)
    assert toy_home.open("toy").info == report.info
    assert toy_home.stored_files() == {name: f"{name}.txt" for name in MORE}


def test_a_reader_keeps_its_generation_while_another_is_published(toy_home: Home, write_seeds, toy: ToyEmbedder) -> None:
    old, query = toy_home.open("toy"), [Query("Zinc and honey for a cough or a cold")]
    before = search(old, toy, query, 10)
    build(read_folder(write_seeds(MORE)), ToyEmbedder(), toy_home)
    assert search(old, toy, query, 10) == before
    assert (old.info.claims, toy_home.open("toy").info.claims) == (4, 5)
    assert search(toy_home.open("toy"), toy, query, 10) != before


def test_copies_are_one_claim_with_all_its_sources(home: Home, write_seeds) -> None:
    copies = {f"clinic-{n}": f"Call us today. {SENTENCES[n % 2]} Zinc shortens a cold by {n} days." for n in range(4)}
    report = build(read_folder(write_seeds(copies)), ToyEmbedder(), home)
    assert (report.info.claims, report.embedded + report.reused) == (5, 8)
    assert "8 claims, 3 of them copies of another, from 4 sources" in "\n".join(report.lines())
    store = home.open("toy")
    (first, *rest) = search(store, ToyEmbedder(), [Query("Honey eases coughs at night.")], 5)[0]
    assert first.claim.text == SENTENCES[0]
    assert [first.source.id, *(place.source.id for place in first.also)] == ["clinic-0", "clinic-1", "clinic-2", "clinic-3"]
    assert all(store.find(place.claim.id) == place.claim for place in first.also)
    assert all(not evidence.also for evidence in rest)
    assert [len(store.rows_of(name)) for name in store.sources] == [2, 2, 2, 2]


def test_a_sentence_that_one_document_repeats_is_one_claim_of_one_source(home: Home, write_seeds) -> None:
    build(read_folder(write_seeds({"honey": f"{SENTENCES[0]} {SENTENCES[3]} {SENTENCES[1]}"})), ToyEmbedder(), home)
    found = search(home.open("toy"), ToyEmbedder(), [Query("Honey eases coughs.")], 5)[0]
    assert [(evidence.claim.text, evidence.also) for evidence in found] == [(SENTENCES[0], ()), (SENTENCES[3], ())]


def test_the_order_of_the_documents_does_not_matter(home: Home, tmp_path: Path) -> None:
    documents = [document(name, " ".join(SENTENCES[n:])) for n, name in enumerate("abc")]
    other = Files(tmp_path / "other")
    build(documents, ToyEmbedder(), home)
    build(documents[::-1], ToyEmbedder(), other)
    assert_same(home.open("toy"), other.open("toy"))


def test_the_same_source_twice_is_refused(home: Home) -> None:
    with pytest.raises(BadSeed, match="more than once: give each document a source of its own"):
        build([document("a", SENTENCES[0]), document("a", SENTENCES[1])], ToyEmbedder(), home)


def test_what_fails_verification_is_not_published(toy_home: Home, write_seeds, monkeypatch: pytest.MonkeyPatch) -> None:
    before = toy_home.published()

    def fail(*_: object) -> None:
        raise IndexProblem("not whole")

    for module in [module for name, module in sys.modules.items() if name.startswith("index.store.") and hasattr(module, "verify")]:
        monkeypatch.setattr(module, "verify", fail)
    with pytest.raises(IndexProblem, match="not whole"):
        build(read_folder(write_seeds(MORE)), ToyEmbedder(), toy_home)
    assert toy_home.published() == before
    assert toy_home.open("toy").info.claims == 4
    monkeypatch.undo()
    assert build(read_folder(write_seeds(MORE)), ToyEmbedder(), toy_home).info.claims == 5


def test_readers_see_one_whole_generation_at_a_time(toy_home: Home, write_seeds) -> None:
    versions = [read_folder(write_seeds(texts, f"seeds-{len(texts)}")) for texts in (MORE, TEXTS)]
    seen: list[tuple[int, int, bool]] = []
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                store = toy_home.open("toy")
                found = search(store, ToyEmbedder(), [Query("zinc for a cold")], 10)[0]
                seen.append((store.info.claims, len(found), "zinc" in {evidence.source.id for evidence in found}))
            except Exception as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(12):
        build(versions[turn % 2], ToyEmbedder(), toy_home)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert set(seen) == {(4, 4, False), (5, 5, True)}


def test_claims_added_removed_and_said_by_others(toy_home: Home, write_seeds) -> None:
    changed = {"honey": TEXTS["honey"], "tea": f"{COPIED[:-1]}! Tea holds caffeine in all its forms."}
    build(read_folder(write_seeds(changed)), ToyEmbedder(), toy_home)
    found = diff(toy_home)
    assert (found.sources_added, found.sources_removed, dict(found.sources_changed)) == (("tea",), ("aspirin",), {})
    assert {(said.text, said.before, said.after) for said in found.claims} == {
        ("Aspirin thins the blood.", ("aspirin",), ()),
        ("It lowers the risk of a second heart attack.", ("aspirin",), ()),
        (COPIED, ("honey",), ("honey", "tea")),
        ("Tea holds caffeine in all its forms.", (), ("tea",)),
    }
    assert found.lines()[-1].endswith("1 claims added, 2 removed, 1 from others")


def test_an_unchanged_rebuild_keeps_the_last_change_to_be_seen(toy_home: Home, write_seeds) -> None:
    for _ in range(2):
        build(read_folder(write_seeds({"honey": TEXTS["honey"]})), ToyEmbedder(), toy_home)
    assert diff(toy_home).sources_removed == ("aspirin",)


def test_nothing_to_compare_with_says_what_to_do(home: Home, write_seeds) -> None:
    with pytest.raises(IndexMissing, match=r"There is no index at .*: .*`sidelight rebuild"):
        diff(home)
    build(read_folder(write_seeds(TEXTS)), ToyEmbedder(), home)
    with pytest.raises(IndexMissing, match=r"no generation before this one to compare with: .*seed"):
        diff(home)

from pathlib import Path

import numpy as np
import pytest
from paraphrases import PARAPHRASES
from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.search import CANDIDATES, fuse, search
from index.store.files import Files
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store
from index.types import Query


def test_fusion_by_hand() -> None:
    scores = fuse({0: 0.9, 1: 0.5, 2: -0.1}, {1: 4.0, 2: 1.0}, weight=0.5)
    assert scores == pytest.approx({0: 0.45, 1: 0.25 + 0.5, 2: 0.125})


def test_fusion_without_a_common_word_is_the_cosine() -> None:
    assert fuse({0: 0.3, 1: 0.2}, {}, weight=0.5) == pytest.approx({0: 0.15, 1: 0.1})


def test_what_only_its_words_find_is_an_answer_with_its_cosine(write_seeds, tmp_path: Path) -> None:
    # 300 near claims crowd the far one out of the nearest, and only it has the word.
    near = "\n\n".join(f"Aspirin lowers risk number {n}." for n in range(300))
    build(
        read_folder(write_seeds({"near": near, "far": "Quixotic gardens delight some curious visitors."})),
        ToyEmbedder(),
        Files(tmp_path / "index"),
    )
    store, toy = open_store(tmp_path / "index", "toy"), ToyEmbedder()
    query = "Aspirin lowers risk risk risk number quixotic."
    found = next(e for e in search(store, toy, [Query(query)], 400)[0] if e.source.id == "far")
    (row,) = store.rows_of("far")
    assert row not in store.nearest(toy.embed([query]), CANDIDATES)[0]
    assert found.similarity == pytest.approx(float(toy.embed([query])[0] @ store.vectors(np.array([row]))[0]), abs=1e-6)


def test_answers_each_query_in_order(toy_index: Path, toy: ToyEmbedder) -> None:
    store = open_store(toy_index, "toy")
    honey, aspirin = search(store, toy, [Query("Honey helps against a cough."), Query("Aspirin makes blood thinner.")], k=2)
    assert honey[0].claim.text == "Honey eases a cough at night."
    assert aspirin[0].claim.text == "Aspirin thins the blood."
    assert all(len(found) == 2 and 1 >= found[0].score >= found[1].score >= 0 for found in (honey, aspirin))
    assert honey[0].source.id == "honey"
    assert honey[0].similarity == pytest.approx(float(store.nearest(toy.embed(["Honey helps against a cough."]), 1)[1][0, 0]), abs=1e-6)


def test_context_finds_what_a_pronoun_hides(toy_index: Path, toy: ToyEmbedder) -> None:
    store = open_store(toy_index, "toy")
    bare, placed = search(
        store, toy, [Query("It is dangerous."), Query("It lowers risk.", heading="Aspirin", before="Aspirin is old.")], k=1
    )
    assert bare[0].claim.text == "It is dangerous for babies under one year."
    assert placed[0].claim.text == "It lowers the risk of a second heart attack."


def test_a_batch_answers_as_each_query_alone(real_store: Snapshot, real_embedder) -> None:
    queries = [Query("Ketamine eases depression."), Query("It is rare.", heading="Ketamine addiction"), Query("Withdrawal begins soon.")]
    together = search(real_store, real_embedder, queries, 5)
    alone = [search(real_store, real_embedder, [query], 5)[0] for query in queries]
    assert [[e.claim.id for e in found] for found in together] == [[e.claim.id for e in found] for found in alone]


def test_no_queries_and_more_than_there_are(toy_index: Path, toy: ToyEmbedder) -> None:
    store = open_store(toy_index, "toy")
    assert search(store, toy, [], 5) == []
    assert len(search(store, toy, [Query("honey")], 50)[0]) == 4


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Ketamine blocks the brain's NMDA receptors.", "NMDA receptor"),
        ("More than a thousand people on esketamine were followed.", "1,148"),
        ("The drug has street names such as Special K.", "Special K"),
        ("Women may be more at risk of becoming addicted than men.", "women might face a higher risk"),
        ("Eating disorder patients gained weight on ketamine.", "gained weight"),
        ("Patients were asked in an anonymous online survey.", "online anonymous pilot survey"),
    ],
)
def test_finds_evidence_in_the_shipped_seeds(real_store: Snapshot, real_embedder, query: str, words: str) -> None:
    found = search(real_store, real_embedder, [Query(query)], 5)[0]
    assert any(words in evidence.claim.text for evidence in found)


def test_finds_most_paraphrases_of_the_shipped_seeds(real_store: Snapshot, real_embedder) -> None:
    queries = [Query(text, heading, before) for text, heading, before, _ in PARAPHRASES]
    found = search(real_store, real_embedder, queries, 5)
    right = sum(any(words in e.claim.text for e in evidence) for evidence, (*_, words) in zip(found, PARAPHRASES, strict=True))
    assert right >= 43, f"{right} of {len(PARAPHRASES)}; it was 45 when the weights were chosen"


def test_a_page_sentence_finds_its_subject_in_its_heading(real_store: Snapshot, real_embedder) -> None:
    bare, placed = search(
        real_store,
        real_embedder,
        [Query("They set in within hours."), Query("They set in within hours.", heading="Ketamine withdrawal symptoms")],
        1,
    )
    assert "withdrawal symptoms usually starts within hours" in placed[0].claim.text
    assert placed[0].similarity > bare[0].similarity

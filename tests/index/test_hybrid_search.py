import pytest
from paraphrases import PARAPHRASES

from index.search import fuse, search
from index.store.snapshot import Snapshot
from index.types import Query


def test_fusion_by_hand() -> None:
    scores = fuse({0: 0.9, 1: 0.5, 2: -0.1}, {1: 4.0, 2: 1.0}, weight=0.5)
    assert scores == pytest.approx({0: 0.45, 1: 0.25 + 0.5, 2: 0.125})


def test_fusion_without_a_common_word_is_the_cosine() -> None:
    assert fuse({0: 0.3, 1: 0.2}, {}, weight=0.5) == pytest.approx({0: 0.15, 1: 0.1})


def test_a_batch_answers_as_each_query_alone(real_store: Snapshot, real_embedder) -> None:
    queries = [Query("Ketamine eases depression."), Query("It is rare.", heading="Ketamine addiction"), Query("Withdrawal begins soon.")]
    together = search(real_store, real_embedder, queries, 5)
    alone = [search(real_store, real_embedder, [query], 5)[0] for query in queries]
    assert [[e.claim.id for e in found] for found in together] == [[e.claim.id for e in found] for found in alone]


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

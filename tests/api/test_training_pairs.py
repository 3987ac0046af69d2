"""Where training pairs come from: written documents and rules over abstracts."""

import gzip
import json
import random
from pathlib import Path

import pytest

from api.stance.data import read_pairs, split_contrast
from api.stance.documents import pairs_of, read_documents
from api.stance.opposites import pairs_by_figure, pairs_from

PAIRS = Path(__file__).parents[2] / "api" / "stance" / "pairs"
DOCUMENT = {
    "title": "Is Kratom Safe?",
    "sentences": [
        "Kratom raised blood pressure in 9 of 12 people.",
        "Seven studies were reviewed.",
        "It rained in Oslo.",
        "Kratom is a tree.",
    ],
    "claims": [
        {"text": "Kratom lowers blood pressure.", "support": [], "contradict": [0]},
        {"text": "A few studies exist.", "support": [1], "contradict": []},
    ],
}


def test_a_claim_is_paired_with_what_speaks_to_it_with_and_without_the_title():
    pairs = [(p.premise, p.label) for p in pairs_of(DOCUMENT, random.Random(1)) if p.hypothesis == "Kratom lowers blood pressure."]
    assert ("Is Kratom Safe? | Kratom raised blood pressure in 9 of 12 people.", "contradict") in pairs
    assert ("Kratom raised blood pressure in 9 of 12 people.", "contradict") in pairs
    assert [label for _, label in pairs].count("neutral") == 2


def test_a_sentence_that_names_nothing_of_its_title_is_never_taken_alone():
    premises = {p.premise for seed in range(20) for p in pairs_of(DOCUMENT, random.Random(seed))}
    assert "Is Kratom Safe? | Seven studies were reviewed." in premises
    assert not premises & {"Seven studies were reviewed.", "It rained in Oslo."}


def test_the_shipped_documents_are_whole():
    with gzip.open(PAIRS / "documents_written.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    for document in documents:
        for claim in document["claims"]:
            assert not set(claim["support"]) & set(claim["contradict"])
            assert all(0 <= i < len(document["sentences"]) for i in claim["support"] + claim["contradict"])
    assert not any("ketamine" in json.dumps(document).lower() for document in documents)


def test_no_document_is_on_both_sides():
    train, held_out = read_documents(PAIRS / "documents_written.jsonl.gz")
    assert held_out
    assert not {p.hypothesis for p in train} & {p.hypothesis for p in held_out}


def test_no_evidence_is_on_both_sides():
    train, held_out = split_contrast(read_pairs(PAIRS / "contrast_written.jsonl.gz"))
    assert held_out
    assert not {p.premise for p in train} & {p.premise for p in held_out}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The drug increased survival (p = 0.02).", {("raised", "support"), ("lowered", "contradict")}),
        ("The drug did not increase survival.", set()),
        ("The drug increased survival and reduced pain.", set()),
        ("We aimed to learn whether the drug increased survival.", set()),
    ],
)
def test_one_direction_word_is_turned(sentence, expected):
    made = {(claim, label) for seed in range(30) for claim, label in pairs_from(sentence, random.Random(seed))}
    assert {label for _, label in made} == {label for _, label in expected}
    assert all(any(word in claim and label == its for claim, label in made) for word, its in expected)
    assert not any("p = 0.02" in claim for claim, _ in made)


def test_a_figure_is_rounded_or_changed():
    made = list(pairs_by_figure("Pain fell in 34.4% of patients.", random.Random(1)))
    assert made[0] == ("Pain fell in about 34 percent of patients.", "support")
    assert made[1][1] == "contradict"
    assert "34" not in made[1][0]

"""Pairs from written documents: every claim beside the sentences of its document, as the service meets them.

A line is `{title, kind, sentences, claims: [{text, support: [i], contradict: [i]}]}`; a sentence that a claim does not list is neutral
towards it. What search brings up for a claim is mostly of that kind: the same subject and the same words, and no answer.
"""

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.stance.data import CONTRAST_HELD_OUT, Pair
from api.stance.neutrals import words

DATASET = "documents"
TITLE_MARK = " | "
"""Stands between a title and a sentence, where the model is given both."""
HARD_NEUTRALS = 1
EASY_NEUTRALS = 1
"""Neutral sentences taken for each claim: those that share most words with it, and others; all of them would drown the rest."""


def titled(title: str, sentence: str) -> str:
    """A sentence with the title that says what it is about."""
    return f"{title}{TITLE_MARK}{sentence}"


def read_documents(path: Path) -> tuple[list[Pair], list[Pair]]:
    """Pairs of a gzipped file of documents as (train, held out), divided by document; the same file gives the same pairs."""
    train: list[Pair] = []
    held_out: list[Pair] = []
    rng = random.Random(11)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            (train if number % CONTRAST_HELD_OUT else held_out).extend(pairs_of(json.loads(line), rng))
    return train, held_out


def pairs_of(document: Mapping[str, Any], rng: random.Random) -> Iterator[Pair]:
    """Each claim with every sentence that speaks to it, with the title and without, and with some that do not.

    A sentence that names nothing of its title says too little alone, and is only taken with it.
    """
    title, sentences = document["title"], document["sentences"]
    stands_alone = [bool(words(title) & words(s)) for s in sentences]
    for claim in document["claims"]:
        labels = {i: label for label in ("support", "contradict") for i in claim[label]}
        for i, label in labels.items():
            yield Pair(titled(title, sentences[i]), claim["text"], label, DATASET)
            if stands_alone[i]:
                yield Pair(sentences[i], claim["text"], label, DATASET)
        for i in neutrals(claim["text"], [(i, s) for i, s in enumerate(sentences) if i not in labels], rng):
            premise = sentences[i] if stands_alone[i] and rng.random() < 0.5 else titled(title, sentences[i])
            yield Pair(premise, claim["text"], "neutral", DATASET)


def neutrals(claim: str, candidates: Sequence[tuple[int, str]], rng: random.Random) -> list[int]:
    """Places of the neutral sentences to train on: the hardest by shared words, and one of the rest by chance."""
    said = words(claim)
    ranked = [i for i, _ in sorted(candidates, key=lambda c: -len(said & words(c[1])))]
    rest = ranked[HARD_NEUTRALS:]
    return ranked[:HARD_NEUTRALS] + rng.sample(rest, min(EASY_NEUTRALS, len(rest)))

"""How a claim, or a query, is put into words with what surrounds it, because many sentences do not name their subject."""

from collections.abc import Sequence

import numpy as np

from index.claims import RULES_VERSION
from index.types import Claim, Embedder, Query, Vectors

RECIPE = f"claims {RULES_VERSION}, context 2"
"""What an index records as its rules; raise the second number when the texts and weights below change, or what makes two claims one."""

OWN_WORDS, HEADING_WORDS, TITLE_WORDS, NEIGHBOUR_WORDS = 1.0, 0.3, 0.2, 0.2
"""What a word counts by where it stands: context finds a claim, it must not outweigh the claim's own words. Half or double is no better."""

QUERY_CONTEXT_WEIGHT = 0.5
"""How much of a query's vector is its context's, as for a claim; from 0.2 to 0.7 it hardly matters on paraphrases of the seeds."""


def lexical_texts(claim: Claim, title: str) -> list[tuple[str, float]]:
    """The texts whose words find a claim, each with what a word of it counts."""
    sentence = claim.sentence
    beside = [(sentence.before, NEIGHBOUR_WORDS), (sentence.after, NEIGHBOUR_WORDS)]
    return [(claim.text, OWN_WORDS), (sentence.heading, HEADING_WORDS), (title, TITLE_WORDS), *beside]


def claim_texts(claim: Claim, title: str) -> tuple[str, str]:
    """What is embedded for a claim: the sentence alone, and with its document's title and the sentence before it."""
    return claim.text, _joined(title, claim.sentence.before, claim.text)


def claim_vectors(embedder: Embedder, texts: Sequence[tuple[str, str]]) -> Vectors:
    """One unit row for each claim, the mean of its two texts' vectors, so that either wording finds it."""
    distinct = list(dict.fromkeys(text for pair in texts for text in pair))
    row = {text: number for number, text in enumerate(distinct)}
    vectors = embedder.embed(distinct)
    return unit(vectors[[row[alone] for alone, _ in texts]] + vectors[[row[placed] for _, placed in texts]])


def query_vectors(embedder: Embedder, queries: Sequence[Query]) -> Vectors:
    """One unit row for each query; heading and sentence before pull it towards their subject."""
    rows = [row for row, query in enumerate(queries) if query.heading or query.before]
    placed = [_joined(queries[row].heading, queries[row].before, queries[row].text) for row in rows]
    vectors = embedder.embed([*(query.text for query in queries), *placed])
    plain, around = vectors[: len(queries)].copy(), vectors[len(queries) :]
    plain[rows] = unit((1 - QUERY_CONTEXT_WEIGHT) * plain[rows] + QUERY_CONTEXT_WEIGHT * around)
    return plain


def _joined(*parts: str) -> str:
    return " ".join(part if part[-1] in ".!?:" else f"{part}." for part in parts if part)


def unit(vectors: Vectors) -> Vectors:
    """The rows scaled to unit length; a row of zeros stays."""
    rows: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return rows

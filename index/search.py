"""Hybrid search: dense and BM25, fused. Batch-first, because a page asks for a hundred sentences at once."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.context import query_vectors
from index.types import ClaimStore, Embedder, Evidence, Query

DENSE_WEIGHT = 0.7
"""The cosine's share: 0.6 to 0.7 is best on SciFact's train queries (nDCG@10 0.741, 0.739), 0.7 to 0.8 on 50 paraphrases of the seeds."""

CANDIDATES = 100
"""How many claims each side proposes; the other side scores them too."""

LEXICAL_CONTEXT_WEIGHT = 0.5
"""What a word of a query's heading or previous sentence counts, beside 1 for its own; any from 0.2 to 1 does on the paraphrases."""


def search(store: ClaimStore, embedder: Embedder, queries: Sequence[Query], k: int) -> list[list[Evidence]]:
    """For each query the `k` best claims, best first."""
    if not queries or not store.claims:
        return [[] for _ in queries]
    cosines = store.dense(query_vectors(embedder, queries))
    words = _lexical(store, queries)
    return [_best(store, cosines[row], words[row], k) for row in range(len(queries))]


def fuse(dense: NDArray[np.float32], lexical: Mapping[int, float], weight: float = DENSE_WEIGHT) -> dict[int, float]:
    """Row -> score in 0..1 for the candidates of one query: the cosine, and BM25 as a share of its best, weighed.

    `dense` has a cosine for every row, `lexical` a score for those rows that share a word with the query. BM25 has no scale of its own,
    so its best stands for 1. A cosine has one: scaled by minimum and maximum, mean or deviation it ranked no better (all within 0.003
    nDCG@10 on SciFact), and left alone it does not change with what else is in the index.
    """
    count = min(CANDIDATES, len(dense))
    nearest = np.argpartition(-dense, count - 1)[:count]
    best = max(lexical.values(), default=1.0)
    return {
        row: weight * max(float(dense[row]), 0.0) + (1 - weight) * lexical.get(row, 0.0) / best for row in {*map(int, nearest), *lexical}
    }


def _lexical(store: ClaimStore, queries: Sequence[Query]) -> list[dict[int, float]]:
    """BM25 by the query's own words; words of its context only raise claims that these found."""
    own = store.lexical([query.text for query in queries], CANDIDATES)
    placed = [row for row, query in enumerate(queries) if query.heading or query.before]
    around = store.lexical([f"{queries[row].heading} {queries[row].before}" for row in placed], CANDIDATES)
    for row, context in zip(placed, around, strict=True):
        own[row] = {claim: score + LEXICAL_CONTEXT_WEIGHT * context.get(claim, 0.0) for claim, score in own[row].items()}
    return own


def _best(store: ClaimStore, cosines: NDArray[np.float32], words: Mapping[int, float], k: int) -> list[Evidence]:
    scores = fuse(cosines, words)
    ranked = sorted(scores, key=lambda row: (-scores[row], row))[:k]
    claims = [store.claims[row] for row in ranked]
    return [
        Evidence(claim, store.sources[claim.source_id], similarity=float(cosines[row]), score=scores[row])
        for row, claim in zip(ranked, claims, strict=True)
    ]

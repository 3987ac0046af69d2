"""Hybrid search: dense and BM25, fused. Batch-first, because a page asks for a hundred sentences at once."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from index.context import query_vectors
from index.types import Claim, ClaimStore, Embedder, Evidence, Place, Query, Vectors

DENSE_WEIGHT = 0.7
"""The cosine's share: 0.6 to 0.7 is best on SciFact's train queries (nDCG@10 0.741, 0.739), 0.7 to 0.8 on 50 paraphrases of the seeds."""

CANDIDATES = 100
"""How many claims each side proposes; the other side scores them too."""

LEXICAL_CONTEXT_WEIGHT = 0.5
"""What a word of a query's heading or previous sentence counts, beside 1 for its own; any from 0.2 to 1 does on the paraphrases."""


def search(
    store: ClaimStore, embedder: Embedder, queries: Sequence[Query], k: int, kinds: Collection[str] | None = None
) -> list[list[Evidence]]:
    """For each query the `k` best claims, best first; given kinds of source, only what sources of these kinds say, as they say it."""
    if not queries or not store.info.claims:
        return [[] for _ in queries]
    vectors = query_vectors(embedder, queries)
    lexical = _lexical(store, queries, kinds)
    dense = _completed(store, vectors, _dense(store, vectors, kinds), lexical)
    scores = [fuse(cosines, words) for cosines, words in zip(dense, lexical, strict=True)]
    best = [sorted(found, key=lambda row: (-found[row], row))[:k] for found in scores]
    places = iter(_of(kinds, store, some) for some in store.places([row for rows in best for row in rows]))
    return [
        [_evidence(store, next(places), cosines[row], found[row]) for row in rows]
        for rows, cosines, found in zip(best, dense, scores, strict=True)
    ]


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float], weight: float = DENSE_WEIGHT) -> dict[int, float]:
    """Row -> score in 0..1 for the candidates of one query: the cosine, and BM25 as a share of its best, weighed.

    `dense` has a cosine for every candidate, `lexical` a score for those that share a word with the query. BM25 has no scale of its own,
    so its best stands for 1. A cosine has one: scaled by minimum and maximum, mean or deviation it ranked no better (all within 0.003
    nDCG@10 on SciFact), and left alone it does not change with what else is in the index.
    """
    best = max(lexical.values(), default=1.0)
    return {row: weight * max(cosine, 0.0) + (1 - weight) * lexical.get(row, 0.0) / best for row, cosine in dense.items()}


def _dense(store: ClaimStore, vectors: Vectors, kinds: Collection[str] | None) -> list[dict[int, float]]:
    rows, cosines = store.nearest(vectors, CANDIDATES, kinds)
    return [dict(zip(some.tolist(), near.tolist(), strict=True)) for some, near in zip(rows, cosines, strict=True)]


def _completed(
    store: ClaimStore, vectors: Vectors, dense: Sequence[Mapping[int, float]], lexical: Sequence[Mapping[int, float]]
) -> list[dict[int, float]]:
    """The cosines, with those of claims that only their words found."""
    missing = [np.array([row for row in words if row not in near], dtype=np.int64) for near, words in zip(dense, lexical, strict=True)]
    found = zip(missing, store.cosines(vectors, missing), strict=True)
    return [{**near, **dict(zip(rows.tolist(), cosines.tolist(), strict=True))} for near, (rows, cosines) in zip(dense, found, strict=True)]


def _lexical(store: ClaimStore, queries: Sequence[Query], kinds: Collection[str] | None) -> list[dict[int, float]]:
    """BM25 by the query's own words; words of its context only raise claims that these found."""
    own = store.lexical([query.text for query in queries], CANDIDATES, kinds)
    placed = [row for row, query in enumerate(queries) if query.heading or query.before]
    around = store.lexical([f"{queries[row].heading} {queries[row].before}" for row in placed], CANDIDATES, kinds)
    for row, context in zip(placed, around, strict=True):
        own[row] = {claim: score + LEXICAL_CONTEXT_WEIGHT * context.get(claim, 0.0) for claim, score in own[row].items()}
    return own


def _of(kinds: Collection[str] | None, store: ClaimStore, places: Sequence[Claim]) -> Sequence[Claim]:
    """The places of a claim that are in sources of these kinds; a row found by kind has one at least."""
    return places if kinds is None else [claim for claim in places if store.sources[claim.source_id].kind in kinds]


def _evidence(store: ClaimStore, places: Sequence[Claim], cosine: float, score: float) -> Evidence:
    """A claim with the other sources that say it, each once."""
    first, *rest = places
    others = {claim.source_id: claim for claim in reversed(rest) if claim.source_id != first.source_id}
    also = tuple(Place(claim, store.sources[claim.source_id]) for claim in reversed(others.values()))
    return Evidence(first, store.sources[first.source_id], cosine, score, also)

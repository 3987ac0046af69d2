"""BM25 over weighted fields, in memory.

FTS5 keeps the words; ranking them here answers a page's hundred sentences in one go, without a lock, a file or a statement per
sentence (FTS5 takes 2 to 15 ms for each over 100,000 claims, and is serialised by its connection).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75
"""The usual BM25 constants, as in FTS5."""


@dataclass(frozen=True, slots=True)
class Bm25:
    """For each term the rows that contain it and what it adds to their score: immutable, so any thread may read it."""

    size: int
    postings: dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]]

    @classmethod
    def from_fields(cls, fields: Sequence[Sequence[Sequence[str]]], weights: Sequence[float]) -> Self:
        """Index rows given as fields of stems: `fields[f][row]`; a word in field f counts `weights[f]` times."""
        counts = (
            (term, row, weight * count)
            for field, weight in zip(fields, weights, strict=True)
            for row, words in enumerate(field)
            for term, count in Counter(words).items()
        )
        return cls.from_counts(counts, len(fields[0]))

    @classmethod
    def from_counts(cls, counts: Iterable[tuple[str, int, float]], size: int) -> Self:
        """Index (term, row, weighted count) triples; the same term and row may come several times, once for each field."""
        frequencies: dict[str, dict[int, float]] = {}
        lengths = np.zeros(size, dtype=np.float32)
        for term, row, count in counts:
            rows = frequencies.setdefault(term, {})
            rows[row] = rows.get(row, 0.0) + count
            lengths[row] += count
        norms = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-9)) if size else lengths
        return cls(size, {term: _impacts(rows, norms) for term, rows in frequencies.items()})

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """What every row scores for a query's terms, shape (rows,)."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in set(terms):
            if term in self.postings:
                rows, impacts = self.postings[term]
                total[rows] += impacts
        return total

    def best(self, terms: Sequence[str], limit: int) -> dict[int, float]:
        """The best `limit` rows that share a word with the query, as row -> score."""
        total = self.scores(terms)
        rows = np.flatnonzero(total)
        if len(rows) > limit:
            rows = rows[np.argpartition(-total[rows], limit - 1)[:limit]]
        return {int(row): float(total[row]) for row in rows}


def _impacts(frequencies: dict[int, float], norms: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    rows = np.fromiter(frequencies.keys(), dtype=np.int32)
    counts = np.fromiter(frequencies.values(), dtype=np.float32)
    rarity = np.log1p((len(norms) - len(rows) + 0.5) / (len(rows) + 0.5))
    return rows, (rarity * counts * (K1 + 1) / (counts + norms[rows])).astype(np.float32)

"""BM25 over weighted words, in memory.

Ranking here answers a page's hundred sentences in one go, without a lock, a file or a statement per sentence (SQLite's FTS5 takes 2 to
15 ms for each over 100,000 claims, and is serialised by its connection). Its arrays are written to the index as they stand, so opening
one means reading bytes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.store.words import Words
from index.types import Rows

K1 = 1.2
B = 0.75
"""The usual BM25 constants, as in FTS5."""


@dataclass(frozen=True, slots=True)
class Bm25:
    """For each term the rows that contain it and what it adds to their score: immutable, so any thread may read it.

    The rows of term t are `rows[bounds[t] : bounds[t + 1]]`, ascending, and `impacts` runs beside them.
    """

    size: int
    terms: Mapping[str, int]
    bounds: NDArray[np.int64]
    rows: NDArray[np.int32]
    impacts: NDArray[np.float32]

    @classmethod
    def of(cls, words: Sequence[Words], rows: Rows) -> Self:
        """Index the words of documents; `rows` has for each of their claims in order its row, or -1 to leave it out."""
        terms, numbers = _vocabulary(words)
        sizes = _joined([one.sizes for one in words], np.uint32)
        at = np.repeat(rows.astype(np.int32), sizes)
        counts = _joined([one.counts for one in words], np.float32)[at >= 0]
        numbers, at = numbers[at >= 0], at[at >= 0]
        order = _order(numbers)
        numbers, at, counts = numbers[order], at[order], counts[order]
        frequencies = np.bincount(numbers, minlength=len(terms))
        size = int(rows.max(initial=-1)) + 1
        impacts = _impacts(counts, at, np.repeat(frequencies, frequencies), size)
        return cls(size, terms, np.concatenate([[0], np.cumsum(frequencies)]), at, impacts)

    def same(self, other: "Bm25") -> bool:
        """Whether both hold the same words for the same rows, bit for bit."""
        arrays = ((self.bounds, other.bounds), (self.rows, other.rows), (self.impacts, other.impacts))
        return self.terms == other.terms and all(np.array_equal(a, b) for a, b in arrays)

    def best(self, terms: Sequence[str], limit: int, among: Rows | None = None) -> dict[int, float]:
        """The best `limit` rows, among those given or all, that share a word with the query, as row -> score.

        How rare a word is stays what it is in the whole index, so that a row's score does not depend on `among`.
        """
        total = np.zeros(self.size, dtype=np.float32)
        # In one order, so that a sum of floats is the same whichever other words there are.
        for number in sorted({self.terms[term] for term in terms if term in self.terms}):
            at = slice(self.bounds[number], self.bounds[number + 1])
            total[self.rows[at]] += self.impacts[at]
        rows = np.flatnonzero(total) if among is None else among[np.flatnonzero(total[among])]
        if len(rows) > limit:
            rows = rows[np.argpartition(-total[rows], limit - 1)[:limit]]
        return {int(row): float(total[row]) for row in rows}


def _vocabulary(words: Sequence[Words]) -> tuple[dict[str, int], NDArray[np.int32]]:
    """All terms, numbered in their order, and the number of each word of each claim, all claims one after another."""
    seen: defaultdict[str, int] = defaultdict(count().__next__)
    own = [np.fromiter(map(seen.__getitem__, one.terms), np.int32, len(one.terms)) for one in words]
    terms = {term: number for number, term in enumerate(sorted(seen))}
    rank = np.fromiter((terms[term] for term in seen), np.int32, len(seen))
    return terms, _joined([rank[numbers[one.ids]] for numbers, one in zip(own, words, strict=True)], np.int32)


def _order(numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """The stable order of the numbers, by their lower and then their upper 16 bits: numpy sorts these by radix, ten times as fast."""
    order = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
    return order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]


def _impacts(counts: NDArray[np.float32], rows: NDArray[np.int32], frequencies: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    lengths = np.bincount(rows, counts, minlength=size)
    norms = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-9)) if size else lengths
    rarity = np.log1p((size - frequencies + 0.5) / (frequencies + 0.5))
    return (rarity * counts * (K1 + 1) / (counts + norms[rows])).astype(np.float32)


def _joined(arrays: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *arrays]).astype(kind, copy=False)

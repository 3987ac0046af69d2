"""The nearest rows of a matrix, exactly: floats as they are while they are few, a scan of small integers before them once they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from index.store.integers import product, widest
from index.types import Rows, Vectors

FEW = 20_000
"""Rows up to which floats alone are scanned: 100 queries take about 15 ms then, and there is nothing to prove."""
QUERIES_AT_ONCE = 128
ROWS_AT_ONCE = 4096
"""A block whose products stay in the processor's cache: 15 ms for 100 queries and 100,000 rows, 26 ms in blocks of 16,384."""
SAMPLED = 16_384
"""Rows whose largest number sets the integers' range; what lies beyond in the others is cut off, and its error counted."""
ROUNDING = 1e-5
"""More than float32 sums of a few hundred products below 1 are off by."""


class Scan(Protocol):
    """Unit rows that can be searched."""

    def nearest(self, vectors: Vectors, limit: int, among: Rows | None = None, /) -> tuple[Rows, Vectors]:
        """As `index.types.ClaimStore.nearest`, among the rows given (ascending) or all: others are not scanned."""
        ...

    def vectors(self, rows: Rows, /) -> Vectors:
        """The rows themselves."""
        ...


def scan_of(halves: NDArray[np.float16]) -> Scan:
    """The scan that suits a matrix of half-precision rows."""
    return Floats(unit_rows(halves)) if len(halves) <= FEW else Codes.of(halves)


def unit_rows(halves: NDArray[np.float16]) -> Vectors:
    """Half precision leaves rows a little off unit length: made exact again, so that a product of two is a cosine."""
    rows = halves.astype(np.float32)
    rows /= np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1e-12)[:, None]
    return rows


def cosines(scan: Scan, vectors: Vectors, rows: Sequence[Rows]) -> list[Vectors]:
    """As `index.types.ClaimStore.cosines`."""
    return [scan.vectors(some) @ vector for vector, some in zip(vectors, rows, strict=True)]


@dataclass(frozen=True, slots=True)
class Floats:
    """Every product, in float32."""

    matrix: Vectors

    def nearest(self, vectors: Vectors, limit: int, among: Rows | None = None, /) -> tuple[Rows, Vectors]:
        """Some queries at a time, so that memory does not grow with the page."""
        if among is not None:
            places, values = Floats(self.matrix[among]).nearest(vectors, limit)
            return among[places], values
        limit = min(limit, len(self.matrix))
        found = [_best(block @ self.matrix.T, limit) for block in _blocks(vectors)]
        return np.concatenate([rows for rows, _ in found]), np.concatenate([values for _, values in found])

    def vectors(self, rows: Rows, /) -> Vectors:
        """The rows."""
        chosen: Vectors = self.matrix[rows]
        return chosen


@dataclass(frozen=True, slots=True)
class Codes:
    """Rows x as integers c, x = step (c - 128) + e, and a query likewise; the exact cosine is worked out only for rows that may be nearest.

    By Cauchy and Schwarz the integers' cosine is off by at most |e_x| + |e_q| |x - e_x|, and |x - e_x| <= 1 + |e_x|. Rows whose cosine
    plus that bound reaches the `limit`-th best cosine minus that bound hold all of the nearest: nothing is missed.
    """

    halves: NDArray[np.float16]
    codes: NDArray[np.uint8]
    step: float
    error: float
    """The largest |e_x|."""

    @classmethod
    def of(cls, halves: NDArray[np.float16]) -> Self:
        """Codes of half-precision rows."""
        step = float(np.abs(unit_rows(halves[:: -(-len(halves) // SAMPLED)])).max()) / 127
        codes, error = np.empty(halves.shape, dtype=np.uint8), 0.0
        for start in range(0, len(halves), ROWS_AT_ONCE):
            rows = unit_rows(halves[start : start + ROWS_AT_ONCE])
            whole = np.clip(np.rint(rows / step), -127, 127)
            codes[start : start + ROWS_AT_ONCE] = whole + 128
            rows -= whole * step
            error = max(error, float(np.sqrt(np.einsum("ij,ij->i", rows, rows).max())))
        return cls(halves, codes, step, error)

    def nearest(self, vectors: Vectors, limit: int, among: Rows | None = None, /) -> tuple[Rows, Vectors]:
        """Candidates by integers, then exact cosines of those alone."""
        limit = min(limit, len(self.codes if among is None else among))
        rows = np.empty((len(vectors), limit), dtype=np.int64)
        values = np.empty((len(vectors), limit), dtype=np.float32)
        if not limit:
            return rows, values
        for start in range(0, len(vectors), QUERIES_AT_ONCE):
            block = vectors[start : start + QUERIES_AT_ONCE]
            for query, some in enumerate(self._candidates(block, limit, among)):
                exact = (self.vectors(some) @ block[query])[None, :]
                places, values[start + query] = _best(exact, limit)
                rows[start + query] = some[places[0]]
        return rows, values

    def vectors(self, rows: Rows, /) -> Vectors:
        """The rows, from half precision."""
        return unit_rows(self.halves[rows])

    def _candidates(self, vectors: Vectors, limit: int, among: Rows | None) -> list[Rows]:
        """For each query the rows that may be among its nearest."""
        steps = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / widest()
        queries = np.rint(vectors / steps[:, None])
        lost = np.linalg.norm(vectors - queries * steps[:, None], axis=1)
        norms = np.linalg.norm(vectors, axis=1)
        bounds = self.error * norms + lost * (1 + self.error) + ROUNDING
        # The codes' 128 adds the same to all of a query's products, so it changes nothing among them.
        pool = _Pool(limit, np.ceil(2 * bounds / (steps * self.step)).astype(np.int32))
        transposed = np.ascontiguousarray(queries.T.astype(np.int8))
        if among is None:
            for start in range(0, len(self.codes), ROWS_AT_ONCE):
                pool.take(product(self.codes[start : start + ROWS_AT_ONCE], transposed), start)
            return pool.rows()
        for start in range(0, len(among), ROWS_AT_ONCE):
            pool.take(product(self.codes[among[start : start + ROWS_AT_ONCE]], transposed), start)
        return [among[places] for places in pool.rows()]


class _Pool:
    """Rows that may still be among each query's nearest, in integer products; `margins` is twice the bound, in these."""

    def __init__(self, limit: int, margins: NDArray[np.int32]) -> None:
        self.limit, self.margins, self.queries = limit, margins, len(margins)
        self.least = np.full(self.queries, np.iinfo(np.int32).min, dtype=np.int32)
        self.kept = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32))
        self.fresh: list[tuple[Rows, Rows, NDArray[np.int32]]] = []
        self.waiting = 0

    def take(self, products: NDArray[np.int32], start: int) -> None:
        """Keep what may matter of a block, shape (rows, queries)."""
        found = np.flatnonzero(products >= self.least)
        rows, queries = np.divmod(found, self.queries)
        self.fresh.append((rows + start, queries, products.ravel()[found]))
        self.waiting += len(rows)
        if self.waiting > len(self.kept[0]) + self.queries * self.limit:
            self.settle()

    def settle(self) -> None:
        """Raise what a row must reach to the `limit`-th best so far less the margin, and drop what does not."""
        rows, queries, products = (np.concatenate(parts) for parts in zip(self.kept, *self.fresh, strict=True))
        order = np.argsort((queries << 32) - products)  # by query, then by product: one key sorts many times faster than two
        rows, queries, products = rows[order], queries[order], products[order]
        starts = np.searchsorted(queries, np.arange(self.queries + 1))
        enough = np.flatnonzero(np.diff(starts) >= self.limit)
        self.least[enough] = products[starts[enough] + self.limit - 1] - self.margins[enough]
        stay = products >= self.least[queries]
        self.kept, self.fresh, self.waiting = (rows[stay], queries[stay], products[stay]), [], 0

    def rows(self) -> list[Rows]:
        """What is left for each query."""
        self.settle()
        rows, queries, _ = self.kept
        return np.split(rows, np.searchsorted(queries, np.arange(1, self.queries)))


def _best(values: Vectors, limit: int) -> tuple[Rows, Vectors]:
    """The places of the `limit` highest of each row, best first, and these; equal ones in the order of the index."""
    if limit < values.shape[1]:
        places = np.sort(np.argpartition(-values, limit - 1, axis=1)[:, :limit], axis=1)
    else:
        places = np.tile(np.arange(values.shape[1]), (len(values), 1))
    chosen = np.take_along_axis(values, places, axis=1)
    order = np.argsort(-chosen, axis=1, kind="stable")
    return np.take_along_axis(places, order, axis=1), np.take_along_axis(chosen, order, axis=1)


def _blocks(vectors: Vectors) -> list[Vectors]:
    return [vectors[start : start + QUERIES_AT_ONCE] for start in range(0, len(vectors), QUERIES_AT_ONCE)]

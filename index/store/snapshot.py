"""A generation in memory: what every engine's file becomes when it is opened, and what search reads."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.context import lexical_texts
from index.store import scan
from index.store.bm25 import Bm25
from index.store.contents import Collapsed, packed, unpacked
from index.store.words import counted, stems
from index.types import Claim, IndexInfo, Rows, Source, Vectors


@dataclass(frozen=True, slots=True)
class Shelf:
    """Claims by place, packed by source until one is asked for: a million unpacked would take gigabytes and minutes.

    Part i holds the places from `starts[i]` to `starts[i + 1]`.
    """

    source_ids: Sequence[str]
    parts: Sequence[bytes]
    starts: Rows

    def take(self, places: Rows) -> list[Claim]:
        """The claims at the places; a part is unpacked once for all of them."""
        numbers = np.searchsorted(self.starts, places, side="right") - 1
        open_parts = {int(part): unpacked(self.source_ids[part], self.parts[part]) for part in np.unique(numbers)}
        return [open_parts[int(part)][int(place - self.starts[part])] for part, place in zip(numbers, places, strict=True)]

    def of_source(self, source_id: str) -> Rows:
        """The places of a source's claims."""
        mine = [np.arange(self.starts[i], self.starts[i + 1]) for i, one in enumerate(self.source_ids) if one == source_id]
        return np.concatenate([np.empty(0, dtype=np.int64), *mine])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`index.types.ClaimStore` in memory: no file is open, no lock is needed and nothing changes, so any thread may read."""

    info: IndexInfo
    sources: Mapping[str, Source]
    shelf: Shelf
    collapsed: Collapsed
    by_row: Rows
    """The places in the order of their rows."""
    by_kind: Mapping[str, NDArray[np.bool_]]
    """For each kind of source, whether a row is of it."""
    scan: scan.Scan
    words: Bm25

    @classmethod
    def on(
        cls, info: IndexInfo, sources: Mapping[str, Source], shelf: Shelf, collapsed: Collapsed, halves: NDArray[np.float16], words: Bm25
    ) -> Self:
        """A snapshot of a generation; `halves` has a vector for each row."""
        by_row, by_kind = np.argsort(collapsed.row, kind="stable"), _by_kind(sources, shelf, collapsed)
        return cls(info, sources, shelf, collapsed, by_row, by_kind, scan.scan_of(halves), words)

    @classmethod
    def of(cls, info: IndexInfo, sources: Mapping[str, Source], claims: Sequence[Claim], vectors: Vectors) -> Self:
        """A snapshot straight from its parts, without a file; `vectors` has one unit row for each claim, and no claim is another's copy."""
        runs = [list(run) for _, run in groupby(claims, key=lambda claim: claim.source_id)]
        starts = np.cumsum([0, *map(len, runs)])
        shelf = Shelf([run[0].source_id for run in runs], [packed(run) for run in runs], starts)
        rows = np.arange(len(claims))
        words = counted([[lexical_texts(claim, sources[claim.source_id].title)] for claim in claims])
        return cls.on(info, sources, shelf, Collapsed(rows, rows), vectors.astype(np.float16), Bm25.of(words, rows))

    @property
    def claims(self) -> list[Claim]:
        """All claims by row, unpacked: for whoever wants to see them all."""
        return self.shelf.take(self.collapsed.first)

    def naming(self, sources: Mapping[str, Source], /) -> Self:
        """The same index with other records for its sources."""
        return replace(self, sources=sources)

    def nearest(self, vectors: Vectors, limit: int, kinds: Collection[str] | None = None, /) -> tuple[Rows, Vectors]:
        """As the protocol says; exact."""
        return self.scan.nearest(vectors, limit, self._of(kinds))

    def cosines(self, vectors: Vectors, rows: Sequence[Rows], /) -> list[Vectors]:
        """As the protocol says."""
        return scan.cosines(self.scan, vectors, rows)

    def lexical(self, texts: Sequence[str], limit: int, kinds: Collection[str] | None = None, /) -> list[dict[int, float]]:
        """As the protocol says."""
        among = self._of(kinds)
        return [self.words.best(terms, limit, among) for terms in stems(texts)]

    def vectors(self, rows: Rows, /) -> Vectors:
        """The rows' own vectors."""
        return self.scan.vectors(rows)

    def places(self, rows: Sequence[int], /) -> list[list[Claim]]:
        """For each row the claim in every place where it stands."""
        ordered = self.collapsed.row[self.by_row]
        starts, ends = np.searchsorted(ordered, rows, side="left"), np.searchsorted(ordered, rows, side="right")
        places = [self.by_row[start:end] for start, end in zip(starts, ends, strict=True)]
        found = iter(self.shelf.take(np.concatenate([np.empty(0, dtype=np.int64), *places])))
        return [[next(found) for _ in some] for some in places]

    def rows_of(self, source_id: str, /) -> Rows:
        """The rows of the claims that a source makes."""
        return np.unique(self.collapsed.row[self.shelf.of_source(source_id)])

    def find(self, claim_id: str, /) -> Claim | None:
        """The claim with an id, which starts with its source's."""
        claims = self.shelf.take(self.shelf.of_source(claim_id.rsplit("-", 2)[0]))
        return next((claim for claim in claims if claim.id == claim_id), None)

    def _of(self, kinds: Collection[str] | None) -> Rows | None:
        """The rows of any of the kinds, ascending; None, for all rows, where none is asked for."""
        if kinds is None:
            return None
        any_of = np.zeros(len(self.collapsed.first), dtype=np.bool_)
        for kind in self.by_kind.keys() & set(kinds):
            any_of |= self.by_kind[kind]
        return np.flatnonzero(any_of)


def _by_kind(sources: Mapping[str, Source], shelf: Shelf, collapsed: Collapsed) -> dict[str, NDArray[np.bool_]]:
    """For each kind of source, whether a row stands in a source of it: a byte each, so that a million rows are read in a millisecond."""
    found: defaultdict[str, NDArray[np.bool_]] = defaultdict(lambda: np.zeros(len(collapsed.first), dtype=np.bool_))
    for part, source_id in enumerate(shelf.source_ids):
        found[sources[source_id].kind][collapsed.row[shelf.starts[part] : shelf.starts[part + 1]]] = True
    return dict(found)

"""Search in a generation that a database holds. Every call asks for all of a page in one statement."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from psycopg import Connection, sql

from index.store.bm25 import Bm25
from index.store.postgres.connections import Readers
from index.store.postgres.contents import read_info, words_of
from index.store.postgres.schema import Generation
from index.store.scan import unit_rows
from index.store.words import stems
from index.types import Claim, IndexInfo, Rows, Sentence, Source, Span, Vectors

FEW = 5_000
"""Claims of the kinds asked for up to which all of them are compared: some milliseconds for a query, and nothing is missed."""
PLACE = "source_id, claim_id, starts, ends, text, heading, before, after"
NEAREST = """
select q.o, near.row, near.cosine from unnest(%(vectors)b::vector[]) with ordinality q(v, o)
cross join lateral (
  select row, 1 - (embedding::vector <=> q.v) as cosine from {claims} {where} order by {distance} limit %(limit)s
) near
"""
BY_INDEX, EXACTLY = "embedding <=> q.v::halfvec({dimensions})", "embedding::vector <=> q.v"
"""The distance as the vectors' index knows it, and one that it does not know, so that every claim is compared."""


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """A `ClaimStore`. Cosines are exact; which claims are nearest is, but for those of rare kinds, as good as the vectors' index."""

    info: IndexInfo
    sources: Mapping[str, Source]
    readers: Readers
    generation: Generation
    kinds: Mapping[str, int]
    """How many claims are made by sources of just these kinds, joined by commas."""

    def naming(self, sources: Mapping[str, Source], /) -> Self:
        """The same index with other records for its sources."""
        return replace(self, sources=sources)

    def nearest(self, vectors: Vectors, limit: int, kinds: Collection[str] | None = None, /) -> tuple[Rows, Vectors]:
        """As the protocol says; where the index's walk found too few of a kind, all claims are compared."""
        there = self._count(kinds)
        limit = min(limit, there)
        rows = np.empty((len(vectors), limit), dtype=np.int64)
        cosines = np.empty((len(vectors), limit), dtype=np.float32)
        missing = np.arange(len(vectors))
        for distance in (EXACTLY,) if kinds is not None and there <= FEW else (BY_INDEX, EXACTLY):
            if limit and len(missing):
                missing = missing[self._fill(vectors, missing, kinds, distance, rows, cosines)]
        return rows, cosines

    def _fill(self, vectors: Vectors, which: Rows, kinds: Collection[str] | None, distance: str, rows: Rows, cosines: Vectors) -> list[int]:
        """Put what is nearest to the vectors in `which` into their rows; the places in `which` that got too few."""
        where = sql.SQL("" if kinds is None else "where kinds && %(kinds)s")
        by = sql.SQL(distance.format(dimensions=self.info.dimensions))
        statement = sql.SQL(NEAREST).format(claims=self._table("claims"), where=where, distance=by)
        given = {"vectors": list(vectors[which]), "limit": rows.shape[1], "kinds": list(kinds or ())}
        found: list[list[tuple[float, int]]] = [[] for _ in which]
        for query, row, cosine in self._all(statement, given):
            found[query - 1].append((-cosine, row))
        for place, near in zip(which, found, strict=True):
            if len(near) == rows.shape[1]:
                near.sort()
                rows[place], cosines[place] = [row for _, row in near], [-distance for distance, _ in near]
        return [place for place, near in enumerate(found) if len(near) < rows.shape[1]]

    def cosines(self, vectors: Vectors, rows: Sequence[Rows], /) -> list[Vectors]:
        """As the protocol says."""
        sizes = [len(some) for some in rows]
        asked = np.concatenate([np.empty(0, dtype=np.int64), *rows])
        queries = np.repeat(np.arange(1, len(rows) + 1), sizes)
        statement = sql.SQL(
            "select 1 - (embedding::vector <=> q.v) from unnest(%(queries)s::int[], %(rows)s::int[]) with ordinality p(o, row, n) "
            "join unnest(%(vectors)b::vector[]) with ordinality q(v, o) using (o) join {} using (row) order by n"
        ).format(self._table("claims"))
        given = {"queries": queries.tolist(), "rows": asked.tolist(), "vectors": list(vectors)}
        found = np.array([cosine for (cosine,) in self._all(statement, given)] if len(asked) else [], dtype=np.float32)
        return np.split(found, np.cumsum(sizes)[:-1])

    def lexical(self, texts: Sequence[str], limit: int, kinds: Collection[str] | None = None, /) -> list[dict[int, float]]:
        """As the protocol says; the same arithmetic as over an index in memory, on the postings of these words alone."""
        cut = stems(texts)
        words = self._words(sorted({term for terms in cut for term in terms}))
        among = None if kinds is None else self._of(kinds)
        return [words.best(terms, limit, among) for terms in cut]

    def _of(self, kinds: Collection[str]) -> Rows:
        statement = sql.SQL("select row from {} where kinds && %s order by row").format(self._table("claims"))
        return np.array([row for (row,) in self._all(statement, (list(kinds),), binary=True)], dtype=np.int64)

    def _words(self, terms: Sequence[str]) -> Bm25:
        statement = sql.SQL('select term, rows, impacts from {} where term = any(%s) order by term collate "C"')
        return words_of(self._all(statement.format(self._table("postings")), (terms,), binary=True), self.info.claims)

    def vectors(self, rows: Rows, /) -> Vectors:
        """The rows' own vectors."""
        statement = sql.SQL("select embedding from unnest(%s::int[]) with ordinality p(row, n) join {} using (row) order by n")
        found = self._all(statement.format(self._table("claims")), (rows.tolist(),), binary=True)
        halves = np.array([half.to_numpy() for (half,) in found], dtype=np.float16)
        return unit_rows(halves.reshape(len(rows), self.info.dimensions))

    def places(self, rows: Sequence[int], /) -> list[list[Claim]]:
        """As the protocol says."""
        statement = sql.SQL(f"select row, {PLACE} from {{}} where row = any(%s) order by place").format(self._table("places"))
        found: dict[int, list[Claim]] = {}
        for row, *place in self._all(statement, (list(set(rows)),)):
            found.setdefault(row, []).append(_claim(*place))
        return [list(found[row]) for row in rows]

    def rows_of(self, source_id: str, /) -> Rows:
        """The rows of the claims that a source makes."""
        if not _can_be_stored(source_id):
            return np.empty(0, dtype=np.int64)
        statement = sql.SQL("select distinct row from {} where source_id = %s order by row").format(self._table("places"))
        return np.array([row for (row,) in self._all(statement, (source_id,))], dtype=np.int64)

    def find(self, claim_id: str, /) -> Claim | None:
        """The claim with an id."""
        if not _can_be_stored(claim_id):
            return None
        statement = sql.SQL(f"select {PLACE} from {{}} where claim_id = %s").format(self._table("places"))
        found = self._all(statement, (claim_id,))
        return _claim(*found[0]) if found else None

    def _count(self, kinds: Collection[str] | None) -> int:
        if kinds is None:
            return self.info.claims
        return sum(count for some, count in self.kinds.items() if not set(kinds).isdisjoint(some.split(",")))

    def _table(self, what: str) -> sql.Identifier:
        return self.generation.table(what)

    def _all(self, statement: sql.Composed, given: Any, binary: bool = False) -> list[tuple[Any, ...]]:
        return self.readers.run(lambda connection: connection.execute(statement, given, binary=binary).fetchall())


def opened(connection: Connection[Any], readers: Readers, generation: Generation) -> PostgresStore:
    """A store over a generation that is there."""
    statement = "select source_id, source from sidelight.documents where generation = %s order by number"
    sources = {key: Source(**json.loads(source)) for key, source in connection.execute(statement, (generation.number,))}
    row = connection.execute("select kinds from sidelight.generations where number = %s", (generation.number,)).fetchone()
    assert row, "its row is written with its tables"
    return PostgresStore(read_info(connection, generation), sources, readers, generation, json.loads(row[0]))


def _claim(source_id: str, claim_id: str, start: int, end: int, text: str, heading: str, before: str, after: str) -> Claim:
    return Claim(claim_id, source_id, Sentence(Span(start, end, text), heading, before, after))


def _can_be_stored(text: str) -> bool:
    """Whether the database can be asked for it at all: no document with a NUL or half of a surrogate pair is ever indexed."""
    return "\0" not in text and text == text.encode("utf-8", "replace").decode()

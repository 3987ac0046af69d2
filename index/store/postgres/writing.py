"""Publishing: one curator at a time writes a generation and makes it the one that answers, in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg import Connection, sql

from index.context import RECIPE
from index.errors import IndexMismatch
from index.store import proof
from index.store.contents import Contents
from index.store.postgres import contents as stored
from index.store.postgres import schema
from index.store.postgres.schema import CHANNEL, CURATOR, Generation
from index.types import Document, Source

KEPT = 2
"""Generations kept whatever their age: the one that answers, and the one before it, to see what changed."""
KEPT_MINUTES = 10
"""How long one that was replaced is kept, for services that have not noticed: they look every second."""
MEMORY_FOR_CLAIM = 1_400
"""Bytes for a claim, with which the vectors' index is built in memory (1,174 were measured on disk); far slower where it does not fit."""
MOST_MEMORY = 2 * 1024**3


def live(connection: Connection[Any]) -> Generation | None:
    """The generation that answers."""
    found = connection.execute(
        "select number, fingerprint from sidelight.generations join sidelight.live on generation = number"
    ).fetchone()
    return Generation(*found) if found else None


@dataclass(slots=True)
class DatabaseWriter:
    """A `Writer`, over the connection that holds the lock: were it lost, so would be the right to publish."""

    connection: Connection[Any]
    place: str
    collection: str
    kept: Mapping[str, tuple[str, Document]] = field(default_factory=dict)
    """What other collections hold, with their names, by source id."""
    damaged: frozenset[str] = frozenset()
    """Seals of the published parts that are not what was sealed."""

    def before(self, model: str, /) -> Contents | None:
        """The published generation, if it fits and each part of it is what was sealed."""
        generation = live(self.connection)
        if generation is None:
            return None
        info = stored.read_info(self.connection, generation)
        if (info.model, info.rules) != (model, RECIPE):
            return None
        contents, seals = stored.read_contents(self.connection, generation)
        self.damaged = frozenset(seal for seal, part in zip(seals, contents.parts.values(), strict=True) if part.seal() != seal)
        return None if self.damaged else contents

    def others(self) -> Mapping[str, Sequence[Document]]:
        """Documents of the other collections, whole: they are made anew where a part of theirs does not fit any more."""
        found = self.connection.execute(
            "select d.collection, d.source_id, d.source, p.document, d.sha256 from sidelight.documents d "
            "join sidelight.live using (generation) join sidelight.parts p using (seal) where d.collection <> %s order by d.number",
            (self.collection,),
        )
        self.kept = {key: (name, Document(Source(**json.loads(source)), text, sha256)) for name, key, source, text, sha256 in found}
        collections: dict[str, list[Document]] = {}
        for name, document in self.kept.values():
            collections.setdefault(name, []).append(document)
        return collections

    def publish(self, contents: Contents, documents: Sequence[Document], /) -> str:
        """Write, prove and switch, all or nothing."""
        owners = {key: self.kept[key][0] if key in self.kept else self.collection for key in contents.parts}
        texts = {document.source.id: document.text for document in documents}
        with self.connection.transaction():
            generation = self._next(contents.info.fingerprint)
            self._make_room(contents.info.claims)
            schema.create(self.connection, generation, contents.info.dimensions)
            stored.write(self.connection, generation, contents, texts, owners, self.damaged)
            schema.index(self.connection, generation)
            self._prove(generation)
            self.connection.execute(
                "insert into sidelight.live (generation) values (%s) on conflict (one) do update set generation = excluded.generation",
                (generation.number,),
            )
            self.connection.execute(sql.SQL("notify {}").format(sql.Identifier(CHANNEL)))
        self._prune()
        return f"{self.place}, generation {generation.number}"

    def keep(self) -> str:
        """Leave it."""
        generation = live(self.connection)
        assert generation, "what is kept is there"
        return f"{self.place}, generation {generation.number}"

    def _next(self, fingerprint: str) -> Generation:
        row = self.connection.execute("select coalesce(max(number), 0) + 1 from sidelight.generations").fetchone()
        assert row, "an aggregate has a row"
        return Generation(row[0], fingerprint)

    def _make_room(self, claims: int) -> None:
        """Memory for this transaction's indexes, unless the server gives more already."""
        wanted = min(claims * MEMORY_FOR_CLAIM, MOST_MEMORY) // 1024
        raised = (
            "select set_config('maintenance_work_mem', %s || 'kB', true) from pg_settings "
            "where name = 'maintenance_work_mem' and setting::int < %s"
        )
        self.connection.execute(raised, (wanted, wanted))

    def _prove(self, generation: Generation) -> None:
        contents, seals = stored.read_contents(self.connection, generation)
        proof.verify(contents, seals, f"at {self.place}")
        tables = generation.table("claims"), generation.table("places")
        counts = sql.SQL("select (select count(*) from {}), (select count(*) from {})").format(*tables)
        places = sum(part.size for part in contents.parts.values())
        if self.connection.execute(counts).fetchone() != (contents.info.claims, places):
            raise IndexMismatch(f"The new index at {self.place} lacks claims, and the old one still answers: run `sidelight rebuild` again")

    def _prune(self) -> None:
        """Drop what nobody reads any more; one that somebody still does is left for the next time."""
        old = self.connection.execute(
            "select number, fingerprint from sidelight.generations g where number <= (select max(number) from sidelight.generations) - %s "
            "and (select min(n.published_at) from sidelight.generations n where n.number > g.number) < now() - make_interval(mins => %s)",
            (KEPT, KEPT_MINUTES),
        ).fetchall()
        for number, fingerprint in old:
            try:
                with self.connection.transaction():
                    self.connection.execute("set local lock_timeout = '2s'")
                    schema.drop(self.connection, Generation(number, fingerprint))
            except psycopg.OperationalError:  # published is published; the next rebuild prunes
                return


def become_curator(connection: Connection[Any]) -> None:
    """Make all that is written belong to all curators."""
    connection.execute(sql.SQL("set role {}").format(sql.Identifier(CURATOR)))
    register_vector(connection)

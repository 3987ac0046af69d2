"""An index in a database: `index.store.home` over PostgreSQL."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection

from index.context import RECIPE
from index.errors import IndexMismatch, IndexMissing, IndexProblem, IndexUnwritable
from index.store.contents import Contents
from index.store.postgres import schema
from index.store.postgres.connections import Behind, Readers, connected, first_line, not_ready, shown, writer
from index.store.postgres.contents import read_contents
from index.store.postgres.schema import CHANNEL, LOCK, Generation
from index.store.postgres.store import PostgresStore, opened
from index.store.postgres.writing import DatabaseWriter, become_curator, live
from index.types import Progress

ASKED_ANYWAY_SECONDS = 30.0
"""How often the published generation is asked for although no notification came: one may be lost with its connection."""


class Postgres:
    """A `Home`. One address serves readers and writers: `connections` says which of its servers each takes."""

    def __init__(self, url: str, collection: str | None = None) -> None:
        self.url, self.collection, self.place = url, collection, shown(url)
        self.readers = Readers(url)
        self.watch = Watch(url)

    def __str__(self) -> str:
        return self.place

    def close(self) -> None:
        """Give the connections back, those of the stores opened here too."""
        self.readers.close()
        self.watch.close()

    def prepare(self) -> list[str]:
        """Extension, roles, schema and tables."""
        return schema.prepare(self.url)

    def open(self, model: str, /) -> PostgresStore:
        """The published generation; it stays readable for a while after it was replaced."""
        wanted = self.watch.known

        def read(connection: Connection[Any]) -> PostgresStore:
            generation = live(connection)
            if wanted and (generation is None or generation.number < wanted.number):
                raise Behind(f"this server has not got generation {wanted.number} yet")
            if generation is None:
                raise self._missing()
            return opened(connection, self.readers, generation)

        store = self.readers.run(read)
        for what, found, mine in (("embedding model", store.info.model, model), ("rules", store.info.rules, RECIPE)):
            if found != mine:
                raise IndexMismatch(
                    f"The index at {self.place} was built with the {what} {found!r}, this installation has {mine!r}: a curator runs "
                    "`sidelight rebuild --store …` with the same"
                )
        return store

    def published(self) -> str | None:
        """Which generation is published; while the database does not answer, the one known last."""
        generation = self.watch.look()
        return str(generation) if generation else None

    def stored_files(self) -> Mapping[str, str]:
        """The file of each source of this collection; none where there is no index yet."""
        of_mine = (
            "select source_id, source::json ->> 'file' from sidelight.documents join sidelight.live using (generation) "
            "where collection = coalesce(%s, session_user)"
        )
        return self.readers.run(lambda connection: dict(connection.execute(of_mine, (self.collection,)).fetchall()))

    def last_two(self) -> tuple[Contents, Contents]:
        """The generation before the published one, and that."""
        with self._curator() as connection:
            statement = (
                "select number, fingerprint from sidelight.generations where number <= (select generation from sidelight.live) "
                "order by number desc limit 2"
            )
            found = [Generation(*row) for row in connection.execute(statement)]
            if not found:
                raise self._missing()
            if len(found) < 2:
                raise IndexMissing(
                    f"The index at {self.place} has no generation before this one to compare with: rebuild with a seed changed"
                )
            return read_contents(connection, found[1])[0], read_contents(connection, found[0])[0]

    @contextmanager
    def writing(self, progress: Progress, /) -> Iterator[DatabaseWriter]:
        """Hold the lock; waits while another rebuild holds it."""
        with self._curator() as connection:
            if not _one(connection, LOCK.format("pg_try_advisory_lock")):
                progress("rebuilds waited for", 0, 1)
                connection.execute(LOCK.format("pg_advisory_lock"))
            yield DatabaseWriter(connection, self.place, self.collection or _one(connection, "select session_user"))

    def _missing(self) -> IndexMissing:
        return IndexMissing(f"There is no index at {self.place}: a curator runs `sidelight rebuild --store …`")

    @contextmanager
    def _curator(self) -> Iterator[Connection[Any]]:
        try:
            with writer(self.url) as connection:
                become_curator(connection)
                yield connection
        except (psycopg.ProgrammingError, psycopg.errors.InvalidParameterValue) as error:  # not allowed, or no table, type or role there
            raise not_ready(self.place, error) from None
        except psycopg.Error as error:
            raise IndexUnwritable(
                f"The new index cannot be written to {self.place} ({first_line(error)}): the old one still answers; mend that and "
                "rebuild again"
            ) from None


def _one(connection: Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row and row[0]


class Watch:
    """Which generation is published. A primary tells those that listen; a standby has to be asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.known: Generation | None = None
        self.connection: Connection[Any] | None = None
        self.listening = False
        self.asked = float("-inf")

    def look(self) -> Generation | None:
        """The generation published now, or the one known last."""
        try:
            if self.connection is None:
                self._connect()
            if self._may_have_changed():
                assert self.connection
                self.known, self.asked = live(self.connection), time.monotonic()
        except (psycopg.Error, IndexProblem):
            self.close()
        return self.known

    def _connect(self) -> None:
        self.connection = connected(self.url)
        self.asked = float("-inf")
        self.listening = not _one(self.connection, "select pg_is_in_recovery()")
        if self.listening:
            self.connection.execute(f"listen {CHANNEL}")

    def _may_have_changed(self) -> bool:
        assert self.connection
        told = self.listening and list(self.connection.notifies(timeout=0))
        return bool(told) or not self.listening or time.monotonic() > self.asked + ASKED_ANYWAY_SECONDS

    def close(self) -> None:
        """Give its connection back; the next look takes another."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None

"""The tables, who may do what with them, and the steps by which a database gets there.

Static tables say which generation answers and hold the documents of each; three tables for each generation are what is searched. These are
made, filled and indexed in the one transaction that also makes them the ones that answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql

from index.errors import IndexUnwritable
from index.store.postgres.connections import first_line, shown, writer

READER, CURATOR = "sidelight_reader", "sidelight_curator"
CHANNEL = "sidelight_published"
LOCK = "select {}(hashtextextended('sidelight index', 0))"
"""The advisory lock of who writes; the server lets go of it when that connection ends, however it ends."""
OLDEST_PGVECTOR = (0, 8)
"""The first with iterative scans, without which a filtered search returns too few."""

PREPARED = f"""
create extension if not exists vector;
do $$ begin create role {READER} nologin; exception when duplicate_object then null; end $$;
do $$ begin create role {CURATOR} nologin; exception when duplicate_object then null; end $$;
grant {READER} to {CURATOR};
create schema if not exists sidelight;
grant usage on schema sidelight to {READER};
grant usage, create on schema sidelight to {CURATOR};
create table if not exists sidelight.migrations (number integer primary key, applied_at timestamptz not null default now());
grant select on sidelight.migrations to {READER};
do $$ begin execute format('alter database %I set log_parameter_max_length = 0', current_database());
exception when insufficient_privilege then null; end $$;
"""
"""The last: words and vectors of what people read are parameters of our statements, and must not stand in the server's log."""

UNPRIVATE = (
    "words of what people read may come into the server's log, for this user may not change that: have a superuser run "
    "`alter database … set log_parameter_max_length = 0`"
)

MIGRATIONS = (
    f"""
create table sidelight.generations (
  number integer primary key, fingerprint text not null, info text not null, kinds text not null,
  published_at timestamptz not null default now()
);
create table sidelight.live (
  one boolean primary key default true check (one), generation integer not null references sidelight.generations
);
create table sidelight.parts (
  seal text primary key, key text not null, document text not null, sentences integer not null, left_out text not null,
  claims bytea not null, twins bytea not null, vectors bytea not null,
  terms text not null, sizes bytea not null, ids bytea not null, counts bytea not null
);
create table sidelight.documents (
  generation integer references sidelight.generations on delete cascade, number integer, source_id text not null, collection text not null,
  sha256 text not null, source text not null, seal text not null references sidelight.parts, primary key (generation, number)
);
create index on sidelight.documents (seal);
grant select on sidelight.generations, sidelight.live, sidelight.documents to {READER};
grant select, insert, update, delete on sidelight.generations, sidelight.live, sidelight.documents, sidelight.parts to {CURATOR};
""",
)
"""Applied in order, each once; never changed after a release, only added to."""


@dataclass(frozen=True, slots=True)
class Generation:
    """Names a generation and its tables; the fingerprint too, for a number may come again after a fail-over that lost the last one."""

    number: int
    fingerprint: str

    def table(self, what: str) -> sql.Identifier:
        """One of its tables: claims, places or postings."""
        return sql.Identifier("sidelight", f"{what}_{self.number}_{self.fingerprint}")

    def __str__(self) -> str:
        return f"{self.number} {self.fingerprint}"


def create(connection: Connection[Any], generation: Generation, dimensions: int) -> None:
    """The tables of a generation, still without their indexes, owned by all curators."""
    of = generation.table
    for statement in (
        sql.SQL("create table {} (row integer not null, embedding halfvec({}) not null, kinds text[] not null)").format(
            of("claims"), sql.Literal(dimensions)
        ),
        sql.SQL(
            "create table {} (place integer not null, row integer not null, source_id text not null, claim_id text not null, "
            "starts integer not null, ends integer not null, text text not null, heading text not null, before text not null, "
            "after text not null)"
        ).format(of("places")),
        # The arrays of `Bm25` as they are: PostgreSQL's own ranks know nothing of how rare a word is.
        sql.SQL("create table {} (term text not null, rows bytea not null, impacts bytea not null)").format(of("postings")),
        sql.SQL("alter table {} alter rows set storage external, alter impacts set storage external").format(of("postings")),
    ):
        connection.execute(statement)


def index(connection: Connection[Any], generation: Generation) -> None:
    """The indexes of a generation that is loaded, and what readers may do with it."""
    of = generation.table
    for statement, what in (
        ("alter table {} add primary key (row)", "claims"),
        ("create index on {} using hnsw (embedding halfvec_cosine_ops) with (m = 16, ef_construction = 128)", "claims"),
        ("create index on {} using gin (kinds)", "claims"),
        ("alter table {} add primary key (place)", "places"),
        ("create index on {} (row)", "places"),
        ("create index on {} (source_id)", "places"),
        ("create index on {} (claim_id)", "places"),
        ("alter table {} add primary key (term)", "postings"),
    ):
        connection.execute(sql.SQL(statement).format(of(what)))
    for what in ("claims", "places", "postings"):
        connection.execute(sql.SQL("grant select on {} to {}").format(of(what), sql.Identifier(READER)))
        connection.execute(sql.SQL("analyze {}").format(of(what)))


def drop(connection: Connection[Any], generation: Generation) -> None:
    """A generation that nobody is to read any more, with the documents' parts that no other one has."""
    for what in ("claims", "places", "postings"):
        connection.execute(sql.SQL("drop table if exists {}").format(generation.table(what)))
    connection.execute("delete from sidelight.generations where number = %s", (generation.number,))
    connection.execute("delete from sidelight.parts p where not exists (select from sidelight.documents d where d.seal = p.seal)")


def prepare(url: str) -> list[str]:
    """Bring a database to the state that this version needs; repeatable. Lines that say what was done. IndexUnwritable."""
    with writer(url) as connection:
        try:
            with connection.transaction():
                connection.execute(LOCK.format("pg_advisory_xact_lock"))
                connection.execute(PREPARED)
                _require_pgvector(connection)
                done = _migrate(connection)
                private = _keeps_parameters_out_of_the_log(connection)
        except psycopg.Error as error:
            raise IndexUnwritable(
                f"The database {shown(url)} cannot be prepared ({first_line(error)}): it needs pgvector installed, and a user who may "
                "create extensions, roles and schemas"
            ) from None
    what = f"applied {', '.join(map(str, done))}" if done else "nothing to change"
    said = [f"{shown(url)}: {what}; grant {CURATOR} to those who rebuild and {READER} to those who serve"]
    return said if private else [*said, UNPRIVATE]


def _require_pgvector(connection: Connection[Any]) -> None:
    row = connection.execute("select extversion from pg_extension where extname = 'vector'").fetchone()
    version = tuple(int(part) for part in str(row[0] if row else "0.0").split(".")[:2])
    if version < OLDEST_PGVECTOR:
        raise IndexUnwritable(f"pgvector {row and row[0]} is too old, 0.8 is needed: install it, then `alter extension vector update`")


def _keeps_parameters_out_of_the_log(connection: Connection[Any]) -> bool:
    found = connection.execute(
        "select from pg_db_role_setting join pg_database on pg_database.oid = setdatabase "
        "where datname = current_database() and setrole = 0 and 'log_parameter_max_length=0' = any(setconfig)"
    )
    return found.fetchone() is not None


def _migrate(connection: Connection[Any]) -> Sequence[int]:
    applied = {number for (number,) in connection.execute("select number from sidelight.migrations")}
    missing = [number for number in range(1, len(MIGRATIONS) + 1) if number not in applied]
    for number in missing:
        connection.execute(MIGRATIONS[number - 1])
        connection.execute("insert into sidelight.migrations (number) values (%s)", (number,))
    return missing

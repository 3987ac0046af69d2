"""The server under bench/postgres.py and bench/failover.py: made ready, given a generation, and what that takes."""

from collections.abc import Sequence
from pathlib import Path

import psycopg

from bench.turns import seconds
from index.__main__ import home_of
from index.store.contents import Contents
from index.store.home import Home
from index.store.postgres.schema import prepare
from index.types import Document, silent
from tests.postgres.server import Server

SETTINGS = {"shared_buffers": "2GB", "max_wal_size": "8GB", "effective_cache_size": "8GB"}
"""As one would set a machine of 16 GB that has little else to do; the others are PostgreSQL's own."""


def prepared(server: Server) -> Home:
    """The database of an empty server, ready for an index."""
    prepare(server.url())
    return home_of(Path(), server.url())


def published(home: Home, contents: Contents, documents: Sequence[Document]) -> float:
    """Write, prove and publish a generation; seconds."""
    with home.writing(silent) as writer:
        return seconds(lambda: writer.publish(contents, documents))


def on_disk(server: Server) -> dict[str, int]:
    """Bytes of each kind of table with its indexes, and of the vectors' index alone; there is one generation."""
    tables = (
        "select split_part(relname, '_', 1), sum(pg_total_relation_size(oid))::bigint from pg_class "
        "where relnamespace = 'sidelight'::regnamespace and relkind = 'r' group by 1 order by 2 desc"
    )
    vectors = "select sum(pg_relation_size(c.oid))::bigint from pg_class c join pg_am a on a.oid = c.relam where a.amname = 'hnsw'"
    found = dict(server.execute(tables))
    return {"all": sum(found.values()), **found, "of claims the vectors' index": server.execute(vectors)[0][0]}


def index_seconds(server: Server, memory: str) -> float:
    """Seconds to build the vectors' index again with so much maintenance_work_mem."""
    find = "select c.oid::regclass::text from pg_class c join pg_am a on a.oid = relam where amname = 'hnsw'"
    ((name,),) = server.execute(find)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"set maintenance_work_mem = '{memory}'")
        return seconds(lambda: connection.execute(f"reindex index {name}"))

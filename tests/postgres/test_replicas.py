"""A reader who names several servers is answered by one that can, where another lags behind or hangs."""

import time
from collections.abc import Iterator

import pytest
from toy import ToyEmbedder

from index.build import build
from index.store.postgres import bounded
from index.store.postgres.home import Postgres
from index.types import ClaimStore

from .conftest import document
from .databases import PASSWORD, Prepared, prepare
from .server import Server, several


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Server, Server]]:
    """A primary and its replica."""
    with Server() as primary:
        prepare(primary)
        yield primary, primary.replica()


def publish(primary: Server, database: str) -> None:
    curator = Postgres(primary.url("carol", PASSWORD, database))
    build([document("honey")], ToyEmbedder(), curator)
    curator.close()


def reader(pair: tuple[Server, Server], database: str) -> Postgres:
    return Postgres(several(*pair, user="rita", password=PASSWORD, database=database))


def assert_answers(store: ClaimStore) -> None:
    assert store.nearest(ToyEmbedder().embed(["honey"]), 1)[0].tolist() == [[0]]


def test_what_a_replica_has_not_got_yet_is_read_from_the_primary(pair: tuple[Server, Server]) -> None:
    primary, replica = pair
    database = Prepared(primary).database()
    replica.wait_for("select count(*) from pg_database where datname = %s", database)
    replica.execute("select pg_wal_replay_pause()")
    try:
        publish(primary, database)
        for _ in range(6):
            home = reader(pair, database)
            assert home.published()
            store = home.open("toy")
            for _ in range(4):
                assert_answers(store)
            home.close()
    finally:
        replica.execute("select pg_wal_replay_resume()")


def test_a_primary_that_hangs_is_left_for_the_replica(pair: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "ALIVE_SECONDS", 0.5)
    primary, replica = pair
    database = Prepared(primary).database()
    publish(primary, database)
    replica.wait_for("select pg_last_wal_replay_lsn() >= %s", primary.execute("select pg_current_wal_lsn()::text")[0][0])
    home = reader(pair, database)
    assert home.published()
    store = home.open("toy")
    while primary.execute("select count(*) from pg_stat_activity where usename = 'rita'")[0][0] < 2:  # one of them waits for news
        replica.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rita'")
        assert_answers(store)
        time.sleep(0.1)
    with primary.frozen():
        began = time.monotonic()
        assert_answers(store)
        assert time.monotonic() - began < 8
        assert_answers(store)
    home.close()

"""A replica that lags behind: nobody is told that something is missing while another server has it."""

import pytest
from toy import ToyEmbedder

from index.build import build
from index.store.postgres.home import Postgres

from .conftest import document
from .databases import PASSWORD, Prepared, prepare
from .server import Server, several


@pytest.fixture
def lagging():
    """A primary with a replica that has stopped to follow, and a database that both had prepared."""
    with Server() as primary:
        prepare(primary)
        database = Prepared(primary).database()
        replica = primary.replica()
        replica.execute("select pg_wal_replay_pause()")
        yield primary, replica, database


def test_what_one_server_has_not_got_yet_is_read_from_another(lagging) -> None:
    primary, replica, database = lagging
    curator = Postgres(primary.url("carol", PASSWORD, database))
    build([document("honey")], ToyEmbedder(), curator)
    curator.close()
    for _ in range(6):
        reader = Postgres(several(primary, replica, user="rita", password=PASSWORD, database=database))
        assert reader.published()
        store = reader.open("toy")
        for _ in range(4):
            assert store.nearest(ToyEmbedder().embed(["honey"]), 1)[0].tolist() == [[0]]
        reader.close()

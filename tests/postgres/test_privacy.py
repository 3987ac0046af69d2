"""Nothing that people read comes into the database's log, not even where its administrator has every statement logged."""

import pytest
from toy import ToyEmbedder

from index.build import build
from index.errors import IndexUnavailable
from index.search import search
from index.store.postgres.home import Postgres
from index.types import Query
from postgres.databases import Prepared

from .conftest import document

CANARY = "Zebrafinch quokkas eat honey"
STEMS = ("zebrafinch", "quokka")


@pytest.fixture
def talkative(prepared):
    """The server while it logs all that it is asked, and how long that takes."""
    server = prepared.server
    for name in ("log_min_duration_statement = 0", "log_statement = 'all'", "log_error_verbosity = verbose"):
        server.execute(f"alter system set {name}")
    server.execute("select pg_reload_conf()")
    yield server
    server.execute("alter system reset all")
    server.execute("select pg_reload_conf()")


def prepare(url: str) -> list[str]:
    home = Postgres(url)
    try:
        return home.prepare()
    finally:
        home.close()


def read_much(home: Postgres) -> None:
    store = home.open("toy")
    for _ in range(100):
        search(store, ToyEmbedder(), [Query(CANARY)] * 500, 3)


def asked(prepared: Prepared, url: str) -> str:
    """What the server logs while a page is read from a database."""
    before = prepared.server.log.stat().st_size
    name = url.rsplit("/", 1)[1]
    build([document("honey")], ToyEmbedder(), prepared.home(name))
    assert search(prepared.home(name, "rita").open("toy"), ToyEmbedder(), [Query(CANARY, CANARY, CANARY)], 3)[0]
    prepared.server.execute(f"alter role rita in database {name} set statement_timeout = '1ms'")
    with pytest.raises(IndexUnavailable):
        read_much(prepared.home(name, "rita"))
    with prepared.server.log.open("rb") as log:
        log.seek(before)
        return log.read().decode()


def test_words_of_a_page_are_not_in_the_servers_log(prepared, bare: str, talkative) -> None:
    assert "may come into the server's log" not in "".join(prepare(bare))
    log = asked(prepared, bare)
    assert "postings_" in log, "what is logged is there"
    assert "canceling statement" in log
    assert not [stem for stem in STEMS if stem in log.lower()]


def test_without_that_setting_they_would_be(prepared, bare: str, talkative) -> None:
    prepare(bare)
    prepared.server.execute(f"alter database {bare.rsplit('/', 1)[1]} reset log_parameter_max_length")
    log = asked(prepared, bare)
    assert all(stem in log.lower() for stem in STEMS)

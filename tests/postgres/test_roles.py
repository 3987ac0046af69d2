"""Who may do what: a reader reads, a curator publishes, and only an administrator changes the tables that stay."""

import logging
from collections.abc import Iterator

import psycopg
import pytest
from toy import ToyEmbedder

from index.build import build
from index.errors import IndexProblem, IndexUnavailable, IndexUnwritable
from index.store.postgres import writing
from index.store.postgres.home import Postgres

from .conftest import document
from .databases import PASSWORD, Prepared

STATIC = ["migrations", "generations", "live", "documents", "parts"]


@pytest.fixture(scope="module")
def published(postgres) -> Iterator[str]:
    """A database with an index of carol's, for tests in which nobody can change it."""
    prepared = Prepared(postgres)
    home = prepared.home()
    build([document("honey")], ToyEmbedder(), home)
    yield home.url.rsplit("/", 1)[1]
    prepared.close()


def ask(prepared, database: str, user: str, *statements: str) -> list[tuple]:
    """What a user is answered to the last of the statements, by the database itself."""
    with psycopg.connect(prepared.url(database, user), autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_reader_reads(prepared, published: str) -> None:
    store = prepared.home(published, "rita").open("toy")
    assert [claim.text for (claim,) in store.places([0])] == ["Honey eases a cough at night."]
    assert store.nearest(ToyEmbedder().embed(["honey"]), 1)[0].tolist() == [[0]]


def test_a_reader_who_rebuilds_is_told_what_is_missing(prepared, published: str) -> None:
    home = prepared.home(published, "rita")
    before = home.published()
    with pytest.raises(IndexProblem, match=r"administrator .* grants .*sidelight_curator"):
        build([document("aspirin")], ToyEmbedder(), home)
    assert home.published() == before


@pytest.mark.parametrize("table", STATIC)
@pytest.mark.parametrize("statement", ["delete from sidelight.{}", "truncate sidelight.{}", "drop table sidelight.{}"])
def test_a_reader_cannot_write(prepared, published: str, statement: str, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(prepared, published, "rita", statement.format(table))


@pytest.mark.parametrize("statement", ["create table sidelight.mine (x int)", "create schema mine", "set role sidelight_curator"])
def test_a_reader_can_make_nothing(prepared, published: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(prepared, published, "rita", statement)


@pytest.mark.parametrize("table", STATIC)
@pytest.mark.parametrize(
    "statement",
    ["drop table sidelight.{}", "truncate sidelight.{} cascade", "alter table sidelight.{} add x int", "drop schema sidelight cascade"],
)
def test_a_curator_cannot_change_the_tables_that_stay(prepared, published: str, statement: str, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(prepared, published, "alice", "set role sidelight_curator", statement.format(table))


def test_two_curators_publish_and_clear_away_what_the_other_left(prepared, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "KEPT_MINUTES", 0)
    alice, bob = prepared.home(database, "alice"), prepared.home(database, "bob")
    for turn, curator in enumerate((alice, bob, bob, alice, alice, bob)):  # each drops a generation of the other's
        name, what = ("honey", "eases") if curator is alice else ("zinc", "shortens")
        build([document(name, f"{name.title()} {what} {turn + 2} coughs.")], ToyEmbedder(), curator)
    store = prepared.home(database, "rita").open("toy")
    assert [claim.text for (claim,) in store.places([0, 1])] == ["Honey eases 6 coughs.", "Zinc shortens 7 coughs."]
    tables = prepared.server.execute(
        "select count(*) from pg_tables where schemaname = 'sidelight'", url=prepared.server.url(database=database)
    )
    assert tables == [(len(STATIC) + 2 * 3,)], "two generations are left"
    assert alice.stored_files() == {"honey": "honey.txt"}
    assert bob.stored_files() == {"zinc": "zinc.txt"}


def test_a_stranger_is_told_what_to_ask_for(prepared, database: str) -> None:
    prepared.server.execute("do $$ begin create role stranger login password 'x'; exception when duplicate_object then null; end $$")
    home = Postgres(prepared.server.url("stranger", "x", database))
    prepared.homes.append(home)
    for ask_for in (lambda: home.open("toy"), lambda: build([document("honey")], ToyEmbedder(), home)):
        with pytest.raises(IndexProblem, match=r"not ready for this user .*: its administrator .* grants sidelight_reader or"):
            ask_for()


def test_a_database_that_is_not_prepared_says_who_prepares_it(prepared) -> None:
    prepared.server.execute("create database bare")
    home = prepared.home("bare")
    for ask_for in (lambda: home.open("toy"), lambda: build([document("honey")], ToyEmbedder(), home)):
        with pytest.raises(IndexProblem, match="sidelight prepare"):
            ask_for()
    assert home.published() is None


def test_a_password_is_in_no_message(prepared, published: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("index.store.postgres.connections.PATIENCE_SECONDS", 0.5)
    caplog.set_level(logging.DEBUG)
    right = prepared.url(published, "carol")
    quoted = right.split(":")[2].split("@")[0]
    assert quoted != PASSWORD
    wrong = {
        "another password": right.replace(quoted, "wrong%20one"),
        "another user": right.replace("carol", "nobody-here"),
        "no such database": right.replace(published, "nothing"),
        "no server": right.replace(str(prepared.server.port), "1"),
        "no address": right.replace("@", "@[::") + "&?",
        "no option": right + "?no_such_option=1",
    }
    for what, url in wrong.items():
        said: list[object] = []
        for act in (
            lambda home: home.published(),
            lambda home: build([document("honey")], ToyEmbedder(), home),
            lambda home: home.open("toy"),
        ):
            try:
                home = Postgres(url)
                prepared.homes.append(home)
                act(home)
            except (IndexUnavailable, IndexUnwritable) as problem:
                said += [str(problem), repr(problem.__cause__)]
        assert len(said) >= 4, what
        everything = "\n".join([*map(str, said), caplog.text])
        assert not [secret for secret in (PASSWORD, quoted, "wrong one", "wrong%20one") if secret in everything], what

"""Several curators at once: one writes at a time, none undoes what another did, and one that dies is in nobody's way."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from toy import ToyEmbedder

from index.build import build
from index.errors import BadSeed
from index.store.postgres.home import Postgres

from .conftest import document

GENERATIONS = "select count(*) from sidelight.generations"
TABLES = "select count(*) from pg_tables where schemaname = 'sidelight' and tablename ~ '_\\d+_'"
CURATE = Path(__file__).with_name("curate.py")
TESTS = CURATE.parents[1]


@contextmanager
def curator(address: str, collection: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A curator's process, ended with the block."""
    command = [sys.executable, str(CURATE), address, collection, *words]
    environment = os.environ | {"PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        end = threading.Timer(30, process.kill)  # a test that waits in vain for a word of it fails, and does not wait for ever
        end.start()
        try:
            yield process
        finally:
            end.cancel()
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go on\n")
    process.stdin.flush()


def sources(prepared, database: str) -> dict[str, str]:
    """Source -> collection of the published generation."""
    url = prepared.server.url(database=database)
    return dict(
        prepared.server.execute("select source_id, collection from sidelight.documents join sidelight.live using (generation)", url=url)
    )


def test_two_rebuilds_at_once_are_both_in_and_the_second_waited(prepared, database: str) -> None:
    with (
        curator(prepared.url(database, "alice"), "news", "honey", "--ask") as alice,
        curator(prepared.url(database, "bob"), "library", "zinc", "--ask") as bob,
    ):
        first, second = sorted(((alice, "honey"), (bob, "zinc")), key=lambda one: said(one[0]))  # "holds" comes before "waits"
        assert sources(prepared, database) == {}
        let_go(first[0])
        assert said(first[0]) == f"published {first[1]}"
        assert said(second[0]) == "holds"
        assert sources(prepared, database).keys() == {first[1]}
        let_go(second[0])
        assert said(second[0]) == f"published {second[1]}"
    assert sources(prepared, database) == {"honey": "news", "zinc": "library"}
    assert len(prepared.home(database, "rita").open("toy").places([0, 1])) == 2


def test_a_curator_that_dies_lets_the_next_in_at_once(prepared, database: str) -> None:
    with curator(prepared.url(database, "alice"), "news", "honey", "--ask") as alice:
        assert said(alice) == "holds"
        with curator(prepared.url(database, "bob"), "library", "zinc") as bob:
            assert said(bob) == "waits"
            began = time.monotonic()
            alice.send_signal(signal.SIGKILL)
            assert [said(bob), said(bob)] == ["holds", "published zinc"]
            assert time.monotonic() - began < 15
    assert sources(prepared, database) == {"zinc": "library"}


def test_a_rebuild_replaces_what_its_collection_had_and_nothing_else(prepared, database: str) -> None:
    alice, news, bob = (prepared.home(database, *who) for who in (("alice",), ("alice", "news"), ("bob",)))
    build([document("honey"), document("zinc")], ToyEmbedder(), alice)
    build([document("aspirin")], ToyEmbedder(), bob)
    build([document("tea", "Tea holds caffeine in all its forms.")], ToyEmbedder(), news)
    assert sources(prepared, database) == {"honey": "alice", "zinc": "alice", "aspirin": "bob", "tea": "news"}
    report = build([document("zinc")], ToyEmbedder(), alice)
    assert sources(prepared, database) == {"zinc": "alice", "aspirin": "bob", "tea": "news"}
    assert (report.embedded, report.info.claims) == (0, 3), "others' documents are taken over as they are"


def test_the_same_source_in_two_collections_is_refused(prepared, database: str) -> None:
    build([document("honey")], ToyEmbedder(), prepared.home(database, "alice"))
    bob = prepared.home(database, "bob")
    before = bob.published()
    with pytest.raises(BadSeed, match=r"'honey' is in the collection 'alice' of this index too: give it another id, .*--collection"):
        build([document("honey", "Honey eases two coughs."), document("zinc")], ToyEmbedder(), bob)
    assert bob.published() == before
    assert sources(prepared, database) == {"honey": "alice"}


def test_other_rules_make_the_documents_of_others_anew(prepared, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build([document("honey")], ToyEmbedder(), prepared.home(database, "alice"))
    for module in [module for name, module in sys.modules.items() if name.startswith("index.") and hasattr(module, "RECIPE")]:
        monkeypatch.setattr(module, "RECIPE", "claims 99, context 1")
    report = build([document("zinc")], ToyEmbedder(), prepared.home(database, "bob"))
    assert (report.embedded, report.info.rules) == (2, "claims 99, context 1")
    assert [claim.text for (claim,) in prepared.home(database).open("toy").places([0, 1])] == [
        "Honey eases a cough at night.",
        "Zinc shortens a cold by one day.",
    ]


def rebuild_until(place: int, url: str) -> bool:
    """Rebuild in a child that `kill -9` ends at the given exchange with the server; whether it came to that."""
    child = os.fork()
    if child == 0:
        import psycopg

        left, wait = place, psycopg.Connection.wait

        def step(*arguments, **named):
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return wait(*arguments, **named)

        psycopg.Connection.wait = step
        build([document("honey"), document("zinc", f"Zinc shortens {place + 2} colds.")], ToyEmbedder(), Postgres(url, "news"))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_rebuild_killed_at_any_step_leaves_the_old_index_or_the_new(prepared, database: str) -> None:
    url, home = prepared.url(database, "alice"), prepared.home(database, "alice", "news")
    build([document("honey")], ToyEmbedder(), home)
    answered, place, died = [], 1, True
    while died:
        before = home.open("toy").info
        died = rebuild_until(place, url)
        store = home.open("toy")
        answered.append(store.info != before)
        texts = [claim.text for (claim,) in store.places(range(store.info.claims))]
        assert len(texts) == store.info.claims
        assert (f"Zinc shortens {place + 2} colds." in texts) == answered[-1]
        place += 3
    url = prepared.server.url(database=database)
    whole = [prepared.server.execute(query, url=url)[0][0] for query in (GENERATIONS, TABLES)]
    assert whole == [1 + sum(answered), 3 * (1 + sum(answered))], "none is left behind half made"
    assert answered == sorted(answered), "the old one up to some step, the new one from there on"
    assert len(answered) > 10, "too few places to be a proof"
    build([document("honey")], ToyEmbedder(), home)
    assert sources(prepared, database) == {"honey": "news"}

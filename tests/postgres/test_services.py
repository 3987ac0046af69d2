"""Real services over a real primary and its synchronous replica, asked all the while that versions are published and servers are lost."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from running import get, post, problem, serving, wait_until

from bench.killed import CLAIM, Load
from index.embedder import make_embedder
from index.store.postgres.home import Postgres

from .cluster import Cluster
from .test_curators import curator, said

NOTICED_SECONDS = 10
"""How long a service may take to answer from a new generation: it looks each second, and loads it, on a machine that is busy with tests.
Without a notification and without asking a standby it would take half a minute."""
IMPATIENT = Path(__file__).with_name("impatient.py")
SEARCH = "/v1/search?q=ketamine&k=20"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(make_embedder()) as made:
        made.publish(0)
        yield made


@pytest.fixture(scope="module")
def services(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses of two services of a user who may only read: one over either server, one over the replica alone."""
    stores = {"either": cluster.address("rita"), "replica": cluster.address("rita", [cluster.replica])}
    with ExitStack() as running, ThreadPoolExecutor() as pool:
        started = {
            name: pool.submit(running.enter_context, serving(tmp_path_factory.mktemp(name), "--store", store, program=[IMPATIENT]))
            for name, store in stores.items()
        }
        addresses = {name: one.result()[0] for name, one in started.items()}
        for address in addresses.values():
            wait_until(lambda address=address: get(address, "/readyz"))
        yield addresses


@contextmanager
def asked(services: dict[str, str]) -> Iterator[list[Load]]:
    """Every service is asked without a pause. What was not answered, or from two versions, is found at the end."""
    loads = [Load(address) for address in services.values()]
    threads = [threading.Thread(target=load.ask) for load in loads]
    for thread in threads:
        thread.start()
    try:
        yield loads
    finally:
        for load, thread in zip(loads, threads, strict=True):
            load.stop.set()
            thread.join()
    for load in loads:
        assert (load.failed, load.mixed) == ([], [])
        assert len(load.seconds) > 5


def wait_for_fingerprint(services: dict[str, str], fingerprint: str) -> float:
    """Seconds until every service answers from that generation."""
    began = time.monotonic()
    for address in services.values():
        while get(address, "/v1/index")["fingerprint"] != fingerprint:
            assert time.monotonic() < began + 20
            time.sleep(0.05)
    return time.monotonic() - began


def test_every_service_notices_each_generation_and_mixes_none(cluster: Cluster, services: dict[str, str]) -> None:
    with asked(services) as loads:
        for version in range(1, 4):
            assert wait_for_fingerprint(services, cluster.publish(version)) < NOTICED_SECONDS
        time.sleep(0.3)
    for load in loads:
        assert {"version 1", "version 2", "version 3"} & set(load.versions.values()) >= {"version 3"}


def test_a_statement_that_takes_too_long_is_a_503_that_says_so(cluster: Cluster, services: dict[str, str]) -> None:
    server = cluster.writable()
    with psycopg.connect(server.url(database=cluster.database)) as connection:
        for (table,) in connection.execute("select tablename from pg_tables where schemaname = 'sidelight' and tablename like 'claims%'"):
            connection.execute(f'lock table sidelight."{table}" in access exclusive mode')
        # A commit: what the replica has once this returns, the locks before it are too.
        server.execute("alter role rita set statement_timeout = '300ms'")
        cluster.disconnect("rita")
        for address in services.values():
            status, _, answer = problem(get, address, SEARCH)
            assert (status, answer["title"]) == (503, "The index cannot be used")
            assert "took longer than it may for a search: ask again" in answer["detail"]
    server.execute("alter role rita reset statement_timeout")
    cluster.disconnect("rita")
    assert get(services["either"], SEARCH)["hits"]


def test_a_lost_primary_loses_no_document_that_was_acknowledged_and_no_reader_sees_it(cluster: Cluster, services: dict[str, str]) -> None:
    primary, replica = cluster.primary, cluster.replica
    names = [f"document-{number}" for number in range(200)]
    database = "prepared"  # another index than that of the services, with a curator who publishes one document after another
    acknowledged: list[str] = []
    with asked(services) as loads:
        with curator(cluster.address("alice", [primary], database), "news", *names) as alice:
            while len(acknowledged) < 5:
                acknowledged += re.findall(r"published (\S+)", said(alice))
            cluster.disconnect_until_on(primary, "rita")
            primary.kill9()
            assert alice.stdout
            acknowledged += re.findall(r"published (\S+)", alice.stdout.read())
            assert alice.wait() != 0
        so_far = [len(load.seconds) for load in loads]
        # Before anybody does anything. The pool takes up to a second or two to connect anew where it met the server as it fell.
        wait_until(lambda: all(len(load.seconds) > before + 3 for load, before in zip(loads, so_far, strict=True)), 8)
        replica.promote()
        home = Postgres(cluster.address("rita", database=database))
        there = set(home.open("toy").sources)
        home.close()
        assert there >= set(acknowledged)
        assert there <= set(names[: len(acknowledged) + 1]), "at most the one that was not acknowledged yet"
        with curator(cluster.address("alice", database=database), "news", *names[: len(acknowledged) + 2]) as alice:
            assert alice.wait(30) == 0, "the same address finds the new primary"
        assert wait_for_fingerprint(services, cluster.publish(9)) < NOTICED_SECONDS
        time.sleep(0.3)
    assert all("version 9" in load.versions.values() for load in loads)


def test_with_every_server_gone_it_says_so_and_comes_back_by_itself(cluster: Cluster, services: dict[str, str]) -> None:
    running = cluster.running()
    for server in running:
        server.stop()
    try:
        with ThreadPoolExecutor() as pool:
            for status, _, answer in pool.map(lambda address: problem(get, address, SEARCH), services.values()):
                assert (status, answer["title"]) == (503, "The index cannot be used")
                assert re.search(r"The database 127.0.0.1\S+ does not answer \(.*\): see that it runs", answer["detail"])
                assert "rita" not in answer["detail"]
    finally:
        for server in running:
            server.start()
    for address in services.values():
        wait_until(lambda address=address: answers(address), 20)
        assert post(address, "/v1/check", {"claim": CLAIM})["evidence"]


def answers(address: str) -> bool:
    try:
        return bool(get(address, SEARCH)["hits"])
    except OSError:
        return False

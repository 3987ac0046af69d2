"""Limits of one request and of many at once, over real connections: overload is turned away, and nobody's work is stopped."""

import http.client
import json
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from small import NEUTRAL, OneDirection, engine, unit

from api import problems
from api.app import create_app
from api.budget import PAIRS, Budget, bounded
from api.live import Live
from api.problems import Problem
from api.routes.checks import add_checks
from api.settings import Limits, Settings
from api.turnstile import Turnstile
from api.types import Pair


class Slow:
    """An app whose work goes in steps until it is let go; it counts what it began and what was stopped."""

    def __init__(self, **limits):
        self.limits, self.go, self.began, self.stopped = Limits(**limits), threading.Event(), 0, 0
        self.app = FastAPI()

        @self.app.post("/v1/work")
        def work(request: Request) -> str:
            self.began += 1
            try:
                while not self.go.wait(0.02):
                    request.state.budget.check()
            except Problem:
                self.stopped += 1
                raise
            return "done"

        @self.app.get("/healthz")
        @self.app.get("/v1/limits")
        def cheap() -> str:
            return "ok"

        problems.install(self.app)
        self.app.add_middleware(Turnstile, limits=self.limits)


@contextmanager
def slow(**limits):
    """(the slow app, its port), served for the length of the block."""
    app = Slow(**limits)
    server = uvicorn.Server(uvicorn.Config(app.app, port=0, log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield app, listener.getsockname()[1]
        finally:
            app.go.set()
            server.should_exit = True
            thread.join()


def ask(port, method="POST", path="/v1/work", body=b"{}"):
    """(status, headers, JSON) of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body)
    answer = connection.getresponse()
    content = json.load(answer)
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def asking(port, count):
    """Threads that each ask once, and the list that their answers come into."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(port))) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


def until(question):
    """Wait for it, for a moment."""
    ends = time.monotonic() + 5
    while not question():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_beyond_the_places_requests_are_turned_away_at_once_and_cheap_routes_never():
    with slow(max_working=2, max_waiting=3) as (app, port):
        threads, answers = asking(port, 5)
        until(lambda: app.began == 2)
        time.sleep(0.2)
        began = time.monotonic()
        status, headers, said = ask(port, body=b"x" * 100_000)
        assert (status, said["limit"], said["value"]) == (503, "max_waiting", 3)
        assert int(headers["retry-after"]) >= 1
        assert [ask(port, "GET", path)[0] for path in ("/healthz", "/v1/limits")] == [200, 200]
        assert time.monotonic() - began < 1
        assert app.began == 2  # no more than two work at once
        app.go.set()
        for thread in threads:
            thread.join()
        assert [status for status, _, _ in answers] == [200] * 5
        assert ask(port)[0] == 200  # every place was given back


def test_one_client_may_be_held_to_fewer_than_all():
    with slow(max_per_client=1) as (app, port):
        threads, answers = asking(port, 1)
        until(lambda: app.began)
        status, headers, said = ask(port)
        assert (status, said["limit"], "retry-after" in headers) == (429, "max_per_client", True)
        app.go.set()
        threads[0].join()
        assert answers[0][0] == 200


@pytest.mark.parametrize("waits", [False, True], ids=["at work", "waiting"])
def test_work_for_a_client_that_went_away_stops_and_gives_its_place_back(waits):
    with slow(max_working=1, max_waiting=1) as (app, port):
        threads = []
        if waits:
            threads, _ = asking(port, 1)
            until(lambda: app.began == 1)
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST /v1/work HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
            until(lambda: app.began == 1)
            if waits:
                until(lambda: ask(port)[0] == 503)
        if waits:  # The place of the one that waited is free, and its work was never begun.
            more, _ = asking(port, 1)
            time.sleep(0.3)
            app.go.set()
            for thread in threads + more:
                thread.join()
            assert (app.began, app.stopped) == (2, 0)
        else:
            until(lambda: app.stopped == 1)


def test_one_request_has_its_time_the_waiting_included():
    with slow(max_seconds=0.4, max_working=1) as (app, port):
        threads, answers = asking(port, 2)
        for thread in threads:
            thread.join()
        assert {(status, said["limit"]) for status, _, said in answers} == {(503, "max_seconds")}
        assert "SIDELIGHT_MAX_SECONDS" in answers[0][2]["detail"]
        assert app.began >= 1


def test_a_body_that_trickles_in_holds_no_place_for_long():
    with slow(max_body_seconds=0.3, max_working=1, max_waiting=0) as (app, port):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST /v1/work HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n{")
            assert b" 408 " in connection.recv(1000)
        app.go.set()
        until(lambda: ask(port)[0] == 200)


def test_a_body_too_large_is_answered_though_all_of_it_was_sent():
    with slow(max_body_bytes=2048) as (_, port):
        status, _, said = ask(port, body=b"x" * 5_000_000)
        assert (status, said["limit"], said["value"]) == (413, "max_body_bytes", 2048)


class Counting:
    """A stance model that counts its pairs and, when it has had a chunk, lets the client go away."""

    name = "counting"

    def __init__(self, budget):
        self.budget, self.pairs = budget, 0

    def judge(self, pairs):
        self.pairs += len(pairs)
        self.budget.stop()
        return [NEUTRAL] * len(pairs)


def test_the_models_stop_between_chunks():
    budget = Budget(60)
    model = Counting(budget)
    whole = engine([("a", "Honey eases a cough.")], {})
    stance = bounded(type(whole)(whole.store, OneDirection(), model), budget).stance
    with pytest.raises(Problem):
        stance.judge([Pair("a", "b")] * 10 * PAIRS)
    assert model.pairs == PAIRS


def test_chunks_change_no_answer():
    budget, texts = Budget(60), [f"Text {n}." for n in range(1100)]
    whole = engine([("a", "Honey eases a cough.", unit(1, 0))], {})
    bound = bounded(whole, budget)
    assert (bound.embedder.embed(texts) == whole.embedder.embed(texts)).all()
    assert bound.embedder.embed([]).shape == (0, 2)
    pairs = [Pair(text, "b") for text in texts]
    assert bound.stance.judge(pairs) == whole.stance.judge(pairs)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(index=tmp_path_factory.mktemp("none"), max_blocks=3, max_block_chars=50, max_page_chars=100)
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8747") as client:
        yield client


def test_limits_are_told_and_are_the_settings(client):
    limits = client.get("/v1/limits").json()
    assert set(limits) == set(Limits.model_fields) <= set(Settings.model_fields)
    assert (limits["max_blocks"], limits["max_block_chars"]) == (3, 50)


@pytest.mark.parametrize(
    ("texts", "limit"), [(["a"] * 4, "max_blocks"), (["a" * 51], "max_block_chars"), (["a" * 40] * 3, "max_page_chars")]
)
def test_a_page_beyond_a_limit_is_told_which(client, texts, limit):
    answer = client.post("/v1/annotate", json={"blocks": [{"id": str(n), "text": text} for n, text in enumerate(texts)]})
    assert (answer.status_code, answer.json()["limit"], answer.json()["value"]) == (422, limit, client.get("/v1/limits").json()[limit])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/annotate", {"blocks": [{"id": "b", "text": "Honey eases a cough. Zinc shortens a cold by one day."}]}),
        ("/v1/check", {"claim": "Honey eases a cough."}),
    ],
)
def test_every_route_that_judges_keeps_its_budget(path, body):
    app, settings = FastAPI(), Settings(max_seconds=0.2)
    slow_engine = engine([("a", "Honey eases a cough.")], {})
    live = Live(lambda: slow_engine, lambda: None)
    live.current = type(slow_engine)(slow_engine.store, Sleepy(), slow_engine.stance)
    problems.install(app)
    add_checks(app, live, settings)
    app.add_middleware(Turnstile, limits=settings.limits())
    answer = TestClient(app).post(path, json=body)
    assert (answer.status_code, answer.json().get("limit")) == (503, "max_seconds")


class Sleepy(OneDirection):
    """An embedder that takes longer than a request may."""

    def embed(self, texts):
        time.sleep(0.4)
        return super().embed(texts)

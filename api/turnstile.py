"""How many requests are worked on at once, how large they may be, and what becomes of the others: they are turned away, not queued.

A request holds a place from its first byte to its last. `max_working` of them work; `max_waiting` more read their body or wait for a
turn; the next one is told at once to come back. Without that bound every answer grows as late as the queue is long.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.budget import Budget
from api.problems import Problem
from api.settings import Limits

RETRY_SECONDS = 2
"""About one page's work on two cores: when a place is likely to be free."""
WORK = "/v1/"
NEVER_SHED = frozenset({"/v1/limits"})


class Turnstile:
    """ASGI middleware over the routes that work. A request's `Budget` is in its state, under "budget"."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits = app, limits
        self.turns = asyncio.Semaphore(limits.max_working)
        self.clients: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or turn away with the limit that was met."""
        if scope["type"] != "http" or not scope["path"].startswith(WORK) or scope["path"] in NEVER_SHED:
            await self.app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        if problem := self.full(client):
            await self.drained(receive)
            await problem.response()(scope, receive, send)
            return
        with self.place(client):
            try:
                body = await self.read(receive)
            except Problem as problem:
                await problem.response()(scope, receive, send)
                return
            if body is not None:
                await self.work(body, scope, receive, send)

    def full(self, client: str) -> Problem | None:
        """Why there is no place for this client, or None."""
        again, places = {"Retry-After": str(RETRY_SECONDS)}, self.limits.max_working + self.limits.max_waiting
        most = self.limits.max_per_client
        if most is not None and self.clients[client] >= most:
            detail = f"One client may ask for {most} things at once. Ask again when an answer has come."
            return Problem(429, "Too many at once", detail, again, limit="max_per_client", value=most)
        if self.clients.total() >= places:
            detail = f"{places} requests are at work or waiting, and no more are taken. Ask again in {RETRY_SECONDS} seconds."
            return Problem(503, "Busy", detail, again, limit="max_waiting", value=self.limits.max_waiting)
        return None

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Hold one of the places."""
        self.clients[client] += 1
        try:
            yield
        finally:
            self.clients[client] -= 1
            self.clients += Counter()  # drops the clients that hold none

    async def read(self, receive: Receive) -> bytes | None:
        """The whole body, or None where the client went away.

        Raises Problem: 413 for one too large, whatever length it declared, 408 for one too slow.
        """
        body = bytearray()
        with anyio.move_on_after(self.limits.max_body_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                body += message.get("body", b"")
                if len(body) > self.limits.max_body_bytes:
                    break
                if not message.get("more_body"):
                    return bytes(body)
        if len(body) <= self.limits.max_body_bytes:
            detail = f"A body has to arrive within {self.limits.max_body_seconds:g} seconds."
            raise Problem(408, "Too slow", detail, limit="max_body_seconds", value=self.limits.max_body_seconds)
        if message.get("more_body"):
            await self.drained(receive)
        detail = f"The body may have {self.limits.max_body_bytes} bytes. Send the page in parts."
        raise Problem(413, "Too much at once", detail, limit="max_body_bytes", value=self.limits.max_body_bytes)

    async def drained(self, receive: Receive) -> None:
        """Throw a body away: who is still sending would otherwise meet a closed connection and not the answer."""
        with anyio.move_on_after(self.limits.max_body_seconds):
            while (await receive()).get("more_body"):
                pass

    async def work(self, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a turn and answer; all of it ends when the client goes away."""
        budget = Budget(self.limits.max_seconds)
        scope.setdefault("state", {})["budget"] = budget
        unread: list[Message] = [{"type": "http.request", "body": body}]
        answered = False

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        async def noting(message: Message) -> None:
            nonlocal answered
            answered = answered or (message["type"] == "http.response.body" and not message.get("more_body"))
            await send(message)

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            if not answered:
                budget.stop()
                waiting.cancel()

        with anyio.CancelScope() as waiting:
            watcher = asyncio.create_task(watch())
            try:
                await self.turn(budget, scope, replay, noting)
            finally:
                watcher.cancel()

    async def turn(self, budget: Budget, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer when one of the working places is free; a request that waited all its time away says so."""
        with anyio.move_on_after(budget.left()) as patience:
            await self.turns.acquire()
        if patience.cancelled_caught:
            await budget.problem().response()(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self.turns.release()

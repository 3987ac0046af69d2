"""A connection that does not wait for ever for a server that hangs."""

import time
from typing import Any, TypeVar, cast

import psycopg
from psycopg import Connection
from psycopg.abc import PQGen

STATEMENT_SECONDS = 15
"""A statement's time limit where the database sets none: a page's search over 100,000 claims takes about a second."""
GRACE_SECONDS = 5
"""How much longer than a statement's limit an answer may take, before the server counts as one that hangs."""
ALIVE_SECONDS = 3.0
"""In which a server that works answers what it need not think about: each connection is asked that before it is used."""

T = TypeVar("T")


class Bounded(Connection[tuple[Any, ...]]):
    """A connection that takes a server for lost that hangs: its machine keeps up the connection, but nothing comes, not even an error."""

    seconds: float = STATEMENT_SECONDS + GRACE_SECONDS
    """How long to wait: longer than the server lets a statement take."""

    def wait(self, gen: PQGen[T], *more: Any, **named: Any) -> T:
        """As psycopg's, but no longer than `seconds`. psycopg.OperationalError after that."""
        return super().wait(_until(gen, time.monotonic() + self.seconds), *more, **named)

    def check(self) -> None:
        """Whether the server answers what takes it no time. psycopg.OperationalError where not."""
        usual, self.seconds = self.seconds, ALIVE_SECONDS
        self.execute("")
        self.seconds = usual


def _until(gen: PQGen[T], end: float) -> PQGen[T]:
    """What psycopg waits for; it tells the generator several times a second that nothing has come yet."""
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > end:
                raise psycopg.OperationalError("the server hangs")
            wanted = gen.send(ready)
    except StopIteration as done:
        return cast(T, done.value)

"""Connections to a database that replicates and fails over by its own means: to which server, for how long, and what is tried again.

An address may list several servers, as `postgresql://USER@ONE,TWO,THREE/NAME`. Readers take any that answers, writers the primary. A read
changes nothing, so one that is cut off is simply made again on another connection.
"""

import atexit
import logging
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from pgvector.psycopg import register_vector
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from index.errors import IndexProblem, IndexUnavailable, IndexUnwritable
from index.store.postgres.bounded import GRACE_SECONDS, STATEMENT_SECONDS, Bounded

logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
"""Each attempt to connect again would be a line; what comes of them is said once, where it matters."""

PATIENCE_SECONDS = 10.0
"""How long a read is tried again: a standby is promoted in a second or so, and a reader of a list has another server at once."""
CONNECTIONS = 4
"""Readers' connections of one service: as many requests as it works on at once, and as many again for commands."""
CANDIDATES_WEIGHED = 400
"""hnsw.ef_search: of the 20 nearest of 92,410 claims the walk found 98 % at 400, 95 % at 200, 89 % at 100 (`python -m bench.postgres`)."""
LOST_SECONDS = {"connect_timeout": 3, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 5_000}
"""When a server that answers no more counts as lost (the last in milliseconds)."""
AGAIN = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.UndefinedTable, PoolTimeout)
"""What another connection may not meet: a server that went away, or one that has not got the newest tables yet."""

OF_A_GENERATION = re.compile(r"\w_\d+_\w")

T = TypeVar("T")


class Behind(psycopg.OperationalError):
    """This server has not got the generation that another one announced."""


def shown(url: str) -> str:
    """An address as it may be printed: without user and password. IndexUnavailable for one that is none."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # Its words are kept back: they may repeat a password.
        raise IndexUnavailable("The address of the database is none: give it as --store postgresql://USER@HOST/NAME") from None
    hosts, ports = str(given.get("host") or "localhost").split(","), str(given.get("port") or "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    places = ",".join(f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=False))
    return f"{places}/{given.get('dbname') or given.get('user') or ''}"


def first_line(error: BaseException) -> str:
    """What the database says, in one line."""
    return str(error).strip().split("\n")[0]


def connected(url: str, *, unbounded: bool = False, **more: Any) -> Connection[tuple[Any, ...]]:
    """A connection of its own, without transactions of its own. psycopg.OperationalError without one."""
    defaults = {"application_name": "sidelight", **LOST_SECONDS}
    kind = Connection if unbounded else Bounded
    return kind.connect(make_conninfo(url, **{**defaults, **conninfo_to_dict(url), **more}), autocommit=True)


def writer(url: str) -> Connection[tuple[Any, ...]]:
    """A connection to the primary. IndexUnwritable without one."""
    try:
        connection = connected(url, unbounded=True, target_session_attrs="read-write")
        connection.execute("set statement_timeout = 0")  # an index over a million vectors takes its time
    except psycopg.Error as error:
        raise IndexUnwritable(
            f"The database {shown(url)} cannot be written ({first_line(error)}): see that its primary runs and lets this user in"
        ) from None
    return connection


class Readers:
    """A pool of connections that only read."""

    def __init__(self, url: str) -> None:
        self.url, self.place = url, shown(url)
        more: dict[str, Any] = {"application_name": "sidelight", "load_balance_hosts": "random", **LOST_SECONDS, **conninfo_to_dict(url)}
        self.pool = ConnectionPool(
            make_conninfo(**more), connection_class=Bounded, open=False, min_size=1, max_size=CONNECTIONS, timeout=PATIENCE_SECONDS,
            kwargs={"autocommit": True}, configure=self.configure, reconnect_timeout=PATIENCE_SECONDS, name="sidelight",
        )  # fmt: skip
        atexit.register(self.close)

    def close(self) -> None:
        """Give the connections back; nothing can be read any more."""
        self.pool.close()
        atexit.unregister(self.close)

    @staticmethod
    def configure(connection: Bounded) -> None:
        """What every reading connection is told before it is used."""
        register_vector(connection)
        connection.execute("set default_transaction_read_only = on")
        connection.execute("set jit = off")  # compiling takes longer than any of our statements runs
        connection.execute(f"set hnsw.ef_search = {CANDIDATES_WEIGHED}")
        connection.execute("set hnsw.iterative_scan = relaxed_order")  # the order is made exact afterwards
        limit = "select set_config('statement_timeout', %s, false) where current_setting('statement_timeout') = '0'"
        connection.execute(limit, (f"{STATEMENT_SECONDS}s",))
        found = connection.execute("select setting::int from pg_settings where name = 'statement_timeout'").fetchone()
        assert found, "PostgreSQL has this setting"
        connection.seconds = found[0] / 1000 + GRACE_SECONDS

    def _open(self) -> None:
        """Open the pool, once a first connection shows that there is something to read: a pool would only try again and again."""
        try:
            with connected(self.url) as connection:
                register_vector(connection)
        except psycopg.OperationalError as error:
            raise no_answer(self.place, error) from None
        except psycopg.Error as error:
            raise not_ready(self.place, error) from None
        self.pool.open()

    def run(self, work: Callable[[Connection[tuple[Any, ...]]], T]) -> T:
        """What `work` reads, made again elsewhere where a connection breaks. IndexUnavailable when that does not help or takes too long."""
        if self.pool.closed:
            self._open()
        end, wait = time.monotonic() + PATIENCE_SECONDS, 0.05
        while True:
            try:
                with self.pool.connection(max(end - time.monotonic(), 0.1)) as connection:
                    return self._tried(work, connection)
            except psycopg.errors.QueryCanceled:
                raise IndexUnavailable(
                    f"The database {self.place} took longer than it may for a search: ask again, or raise its statement_timeout"
                ) from None
            except psycopg.errors.InsufficientPrivilege as error:
                raise not_ready(self.place, error) from None
            except AGAIN as error:
                if isinstance(error, psycopg.errors.UndefinedTable) and not OF_A_GENERATION.search(str(error)):
                    raise not_ready(self.place, error) from None
                if time.monotonic() + wait > end:
                    raise no_answer(self.place, error) from None
            time.sleep(wait)
            wait = min(2 * wait, 1.0)

    @staticmethod
    def _tried(work: Callable[[Connection[tuple[Any, ...]]], T], connection: Bounded) -> T:
        try:
            # Not by the pool: it would wait for a second, then two, then four, for each connection that a lost server leaves in it.
            connection.check()
            return work(connection)
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
            connection.close()  # the pool takes another in its place, perhaps to a server that works, or has got what this one has not
            raise


def no_answer(place: str, error: Exception) -> IndexProblem:
    """The problem of a server that is not there."""
    return IndexUnavailable(
        f"The database {place} does not answer ({first_line(error)}): see that it runs; the next question asks it again"
    )


def not_ready(place: str, error: psycopg.Error) -> IndexProblem:
    """The problem of a user who is let in but may not, or finds nothing."""
    return IndexUnavailable(
        f"The database {place} is not ready for this user ({first_line(error)}): its administrator runs `sidelight prepare --store …`, and "
        "grants sidelight_reader or sidelight_curator"
    )

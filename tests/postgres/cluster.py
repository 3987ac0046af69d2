"""A primary and its synchronous replica, with an index for the real services, whose version number is the publisher of every source."""

from collections.abc import Sequence

from index.build import build
from index.store.postgres.home import Postgres
from index.types import Document, Embedder, Source

from .databases import PASSWORD, Prepared, prepare
from .server import Server, several

TEXTS = {
    "receptors": "Ketamine blocks the brain's NMDA receptors. It eases depression within hours in some patients.",
    "bladder": "Ketamine harms the bladder when it is taken often. Ketamine blocks NMDA receptors.",
    "brains": "Ketamine blocked NMDA receptors in {version} of 900 brains. Memory suffers from ketamine.",
}


class Cluster:
    """Two servers and what is asked of them; `embedder` is the one that the services use."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.primary = Server(durable=True)

    def __enter__(self) -> "Cluster":
        self.primary.__enter__()
        prepare(self.primary)
        self.replica = self.primary.replica(synchronous=True)
        self.database = Prepared(self.primary).database()
        return self

    def __exit__(self, *problem: object) -> None:
        self.primary.__exit__(*problem)

    def address(self, user: str, servers: Sequence[Server] = (), database: str = "") -> str:
        """How a user reaches servers, or any of both."""
        return several(*(servers or (self.primary, self.replica)), user=user, password=PASSWORD, database=database or self.database)

    def running(self) -> list[Server]:
        """Those that answer."""
        return [server for server in (self.primary, self.replica) if server.answers()]

    def disconnect(self, user: str) -> None:
        """Cut the connections of a user to every server."""
        for server in self.running():
            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", user)

    def writable(self) -> Server:
        """The server that is the primary now."""
        return next(
            one for one in (self.primary, self.replica) if one.answers() and one.execute("select pg_is_in_recovery()") == [(False,)]
        )

    def publish(self, version: int) -> str:
        """A new version of every document; its fingerprint."""
        home = Postgres(self.address("carol"))
        documents = [
            Document(
                Source(name, name.title(), "other", "because", f"version {version}", "a.txt", "en"), text.format(version=version), name
            )
            for name, text in TEXTS.items()
        ]
        try:
            return build(documents, self.embedder, home).info.fingerprint
        finally:
            home.close()

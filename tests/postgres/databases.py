"""Databases that are prepared for Sidelight, and the people who use them."""

from collections import defaultdict
from typing import ClassVar

from index.store.postgres.home import Postgres
from postgres.server import Server

USERS = {"carol": "sidelight_curator", "alice": "sidelight_curator", "bob": "sidelight_curator", "rita": "sidelight_reader"}
"""Their roles. Carol keeps up the index where it does not matter who does."""
PASSWORD = "s3cret of theirs"
TEMPLATE = "prepared"


def prepare(server: Server) -> None:
    """A template for databases, prepared by the administrator, and the people."""
    server.execute(f"create database {TEMPLATE}")
    admin = Postgres(server.url(database=TEMPLATE))
    admin.prepare()
    admin.close()
    for name, role in USERS.items():
        server.execute(f"create role {name} login password '{PASSWORD}' in role {role}")


EMPTIED = """
do $$ declare made text; begin
  for made in select tablename from pg_tables where schemaname = 'sidelight' and tablename ~ '_[0-9]+_' loop
    execute format('drop table sidelight.%I', made);
  end loop;
end $$;
truncate sidelight.live, sidelight.documents, sidelight.parts, sidelight.generations;
"""


class Prepared:
    """Prepared databases on one server, each empty and nobody else's, and homes in them that are closed at the end."""

    spare: ClassVar[dict[int, list[str]]] = defaultdict(list)
    """By a server's port the databases that were given back: a new one is three hundred files."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.homes: list[Postgres] = []
        self.databases: list[str] = []

    def database(self) -> str:
        """One that is empty; its name."""
        if not self.spare[self.server.port]:
            ((number,),) = self.server.execute("select count(*) from pg_database")
            self.server.execute(f"create database sidelight_{number} template {TEMPLATE}")
            self.spare[self.server.port].append(f"sidelight_{number}")
        self.databases.append(self.spare[self.server.port].pop())
        return self.databases[-1]

    def url(self, database: str, user: str = "carol") -> str:
        """How a user reaches a database of these."""
        return self.server.url(user, PASSWORD, database)

    def home(self, database: str | None = None, user: str = "carol", collection: str | None = None) -> Postgres:
        """A home in a database given, or in a new one."""
        made = Postgres(self.url(database or self.database(), user), collection)
        self.homes.append(made)
        return made

    def close(self) -> None:
        """Close the homes, and empty the databases for the next."""
        for home in self.homes:
            home.close()
        for database in self.databases:
            self.server.execute(EMPTIED, url=self.server.url(database=database))
        self.spare[self.server.port] += self.databases

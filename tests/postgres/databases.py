"""Databases that are prepared for Sidelight, and the people who use them."""

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


class Prepared:
    """Prepared databases on one server, each empty and unlike any other, and homes in them that are closed at the end."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.homes: list[Postgres] = []

    def database(self) -> str:
        """A new one; its name."""
        ((number,),) = self.server.execute("select count(*) from pg_database")
        self.server.execute(f"create database sidelight_{number} template {TEMPLATE}")
        return f"sidelight_{number}"

    def url(self, database: str, user: str = "carol") -> str:
        """How a user reaches a database of these."""
        return self.server.url(user, PASSWORD, database)

    def home(self, database: str | None = None, user: str = "carol", collection: str | None = None) -> Postgres:
        """A home in a database given, or in a new one."""
        made = Postgres(self.url(database or self.database(), user), collection)
        self.homes.append(made)
        return made

    def close(self) -> None:
        """Close the homes."""
        for home in self.homes:
            home.close()

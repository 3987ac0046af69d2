"""Small documents, and the database of each test."""

import pytest

from index.types import Document, Source

TEXTS = {"aspirin": "Aspirin thins the blood.", "honey": "Honey eases a cough at night.", "zinc": "Zinc shortens a cold by one day."}


def document(name: str, text: str = "", kind: str = "other") -> Document:
    """A document of one claim."""
    return Document(Source(name, name.title(), kind, "because", "A house", f"{name}.txt", "en"), text or TEXTS[name], text or name)


@pytest.fixture
def database(prepared) -> str:
    """The name of a prepared database."""
    return prepared.database()


@pytest.fixture
def bare(prepared) -> str:
    """The administrator's address of a database with nothing in it."""
    ((number,),) = prepared.server.execute("select count(*) from pg_database")
    prepared.server.execute(f"create database bare_{number}")
    return prepared.server.url(database=f"bare_{number}")

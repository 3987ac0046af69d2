"""Small documents, and the database of each test."""

import sys
from pathlib import Path

import pytest

from index.types import Document, Source

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "index"))  # the toy embedder lives there
TEXTS = {"aspirin": "Aspirin thins the blood.", "honey": "Honey eases a cough at night.", "zinc": "Zinc shortens a cold by one day."}


def document(name: str, text: str = "", kind: str = "other") -> Document:
    """A document of one claim."""
    return Document(Source(name, name.title(), kind, "because", "A house", f"{name}.txt", "en"), text or TEXTS[name], text or name)


@pytest.fixture
def database(prepared) -> str:
    """The name of a prepared database."""
    return prepared.database()

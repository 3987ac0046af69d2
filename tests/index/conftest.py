"""Small seeds folders, a toy index over them, and the real index of the shipped seeds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.embedder import OnnxEmbedder
from index.store.files import Files
from index.store.home import Home
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store

RECORD = """
[[source]]
id = "{id}"
file = "{id}.txt"
title = "{title}"
kind = "journal_article"
publisher = "A journal"
language = "en"
kind_reason = "Written for a test."
"""

WriteSeeds = Callable[..., Path]


@pytest.fixture
def write_seeds(tmp_path: Path) -> WriteSeeds:
    """Writes a seeds folder: a text for each source id, titled after it."""

    def write(texts: dict[str, str], folder: str = "seeds") -> Path:
        seeds = tmp_path / folder
        seeds.mkdir(exist_ok=True)
        for old in seeds.iterdir():
            old.unlink()
        for key, text in texts.items():
            (seeds / f"{key}.txt").write_text(text, encoding="utf-8", newline="")
        (seeds / "sources.toml").write_text(
            "".join(RECORD.format(id=key, title=key.replace("-", " ").title()) for key in texts), encoding="utf-8"
        )
        return seeds

    return write


TEXTS = {
    "aspirin": "Aspirin thins the blood. It lowers the risk of a second heart attack. Ask your doctor today.",
    "honey": "Honey eases a cough at night.\n\nBotulism\n\nIt is dangerous for babies under one year.",
}


@pytest.fixture
def toy() -> ToyEmbedder:
    return ToyEmbedder()


@pytest.fixture
def toy_index(write_seeds: WriteSeeds, toy: ToyEmbedder, tmp_path: Path) -> Path:
    """The folder of an index over `TEXTS`."""
    build(read_folder(write_seeds(TEXTS)), toy, Files(tmp_path / "index"))
    return tmp_path / "index"


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Where an index will be, in each engine: one test body checks both."""
    return Files(tmp_path / "home") if request.param == "sqlite" else request.getfixturevalue("prepared").home()


@pytest.fixture
def toy_home(home: Home, write_seeds: WriteSeeds) -> Home:
    """An index over `TEXTS` in each engine."""
    build(read_folder(write_seeds(TEXTS)), ToyEmbedder(), home)
    return home


@pytest.fixture(scope="session")
def real_embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


@pytest.fixture(scope="session")
def real_store(built_index: Path, real_embedder: OnnxEmbedder) -> Snapshot:
    """The shipped seeds, indexed with the shipped model."""
    return open_store(built_index, real_embedder.name)

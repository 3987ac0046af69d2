"""What all tests share: one index, built once from the real seeds with the real model, and the real engine over it."""

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def built_index(tmp_path_factory):
    """Folder of an index of the project's seeds."""
    from index.__main__ import home_of, rebuild

    folder = tmp_path_factory.mktemp("index")
    rebuild(ROOT / "seeds", home_of(folder))
    return folder


@pytest.fixture(scope="session")
def settings(built_index):
    """Settings that point at the session's index."""
    from api.settings import Settings

    return Settings(index=built_index)


@pytest.fixture(scope="session")
def engine(settings):
    """The real engine: real index, real embedder, real stance model."""
    from api.app import load_engine

    return load_engine(settings)


@pytest.fixture(scope="session")
def client(settings):
    """The whole app over the real engine, ready to be asked."""
    from ready import ready_client

    with ready_client(settings) as client:
        yield client


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server with a database to copy that is prepared for Sidelight, and people who may curate or read."""
    from postgres.databases import prepare
    from postgres.server import Server

    with Server() as server:
        prepare(server)
        yield server


@pytest.fixture
def prepared(postgres):
    """Prepared databases on that server."""
    from postgres.databases import Prepared

    made = Prepared(postgres)
    yield made
    made.close()

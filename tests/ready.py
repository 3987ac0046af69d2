"""A test client of the whole app, once it is ready."""

import time
from contextlib import contextmanager

from fastapi.testclient import TestClient

from api.app import create_app


@contextmanager
def ready_client(settings):
    """A client of a service that has loaded its models and index."""
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8747") as client:
        ends = time.monotonic() + 60
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < ends
            time.sleep(0.1)
        yield client

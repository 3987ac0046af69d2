"""`/readyz` says no, and why, until models and index are there and match."""

import shutil
import time

import pytest
from fastapi.testclient import TestClient

from api.app import create_app


def answered(settings, wanted):
    """The answer of a service of these settings, once it has looked."""
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        for _ in range(200):
            answer = client.get("/readyz")
            if answer.status_code == 200 or wanted in answer.text:
                break
            time.sleep(0.05)
        return answer, client.get("/healthz")


@pytest.mark.parametrize("fault", ["no index", "another model's index", "no stance model"])
def test_it_is_not_ready_while_something_is_missing_or_does_not_match(settings, tmp_path, fault):
    if fault == "no index":
        broken, wanted = settings.model_copy(update={"index": tmp_path}), "sidelight rebuild"
    elif fault == "another model's index":
        broken, wanted = settings.model_copy(update={"model": str(tmp_path / "other-model")}), "rebuild"
    else:
        broken, wanted = settings.model_copy(update={"stance": tmp_path}), "no model in"
    answer, health = answered(broken, wanted)
    assert answer.status_code == 503
    assert wanted in answer.json()["detail"]
    assert health.json() == {"status": "ok"}


def test_it_is_ready_once_the_index_is_there(settings, tmp_path):
    index = tmp_path / "index"
    with TestClient(create_app(settings.model_copy(update={"index": index})), base_url="http://127.0.0.1") as client:
        assert client.get("/readyz").status_code == 503
        shutil.copytree(settings.index, index)
        deadline = time.monotonic() + 60
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert client.get("/readyz").json() == {"status": "ready"}

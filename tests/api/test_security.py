"""Who may ask: checked through the whole app, without any model (these requests end before one is needed)."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings

EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(Settings(index=tmp_path_factory.mktemp("none"), max_body_bytes=2048, origins=frozenset({"https://ours.example"})))
    return TestClient(app, base_url="http://127.0.0.1:8747")


@pytest.mark.parametrize("host", ["127.0.0.1:8747", "localhost:8747", "127.0.0.1", "[::1]:8747"])
def test_loopback_hosts_may_ask(client, host):
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8747", "", "10.0.0.7"])
def test_other_hosts_are_refused(client, host):
    answer = client.get("/healthz", headers={"host": host})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("origin", [EXTENSION, "moz-extension://6b1c", "https://ours.example", "http://127.0.0.1:8747"])
def test_own_origins_may_ask_and_get_cors(client, origin):
    answer = client.get("/healthz", headers={"origin": origin})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    preflight = client.options("/v1/annotate", headers={"origin": origin, "access-control-request-method": "POST"})
    assert preflight.status_code == 204
    assert "content-type" in preflight.headers["access-control-allow-headers"]
    assert preflight.headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "https://chrome-extension.example"])
def test_web_pages_may_not_ask(client, origin):
    for answer in (
        client.post("/v1/annotate", headers={"origin": origin}, json={}),
        client.options("/v1/annotate", headers={"origin": origin}),
    ):
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
        assert "SIDELIGHT_ORIGINS" in answer.json()["detail"]


def test_a_large_body_is_refused_by_its_declared_length(client):
    answer = client.post("/v1/check", content=b" " * 4096, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (413, "Too much at once")


def test_a_large_body_is_refused_though_it_declares_no_length(client):
    answer = client.post("/v1/check", content=(b" " * 1024 for _ in range(4)), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["title"] == "Too much at once"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "body"),
        (b'{"claim": 7}', "claim"),
        (b'{"claim": "x", "more": 1}', "more"),
        (b'{"claim": "   "}', "claim"),
        (b"[]", "body"),
    ],
)
def test_bad_bodies_are_named(client, body, where):
    answer = client.post("/v1/check", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert where in answer.json()["detail"]


def test_not_ready_says_so(client):
    answer = client.post("/v1/check", json={"claim": "Ketamine is a drug."})
    assert (answer.status_code, answer.json()["title"]) == (503, "Not ready")
    assert client.get("/readyz").status_code == 503


def test_unknown_path_is_a_problem(client):
    answer = client.get("/v2/check")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404

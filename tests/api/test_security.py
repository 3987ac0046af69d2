"""Who may ask: checked through the whole app, without any model (these requests end before one is needed)."""

import pytest
from fastapi.testclient import TestClient

from api import bearer
from api.app import create_app
from api.cli import main
from api.settings import Settings

EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
OTHER_EXTENSION = "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba"


def asked_of(base_url="http://127.0.0.1:8747", **settings):
    """A client of a service with these settings."""
    return TestClient(create_app(Settings(**settings)), base_url=base_url)


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


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 200),
    ],
    ids=["image", "script of another port", "frame", "link", "extension"],
)
def test_a_web_page_cannot_ask_without_an_origin_either(client, headers, status):
    assert client.get("/healthz", headers=headers).status_code == status


def test_the_page_cannot_be_framed(client):
    assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]


def test_one_extension_can_be_pinned(tmp_path):
    pinned = asked_of(index=tmp_path, origin=EXTENSION)
    assert pinned.get("/healthz", headers={"origin": EXTENSION}).status_code == 200
    assert pinned.get("/healthz", headers={"origin": "http://127.0.0.1:8747"}).status_code == 200
    refused = pinned.get("/healthz", headers={"origin": OTHER_EXTENSION})
    assert refused.status_code == 403
    assert f"--origin {OTHER_EXTENSION}" in refused.json()["detail"]
    assert "access-control-allow-origin" not in refused.headers


def test_a_preflight_to_the_private_network_is_answered(client):
    headers = {"origin": EXTENSION, "access-control-request-method": "POST", "access-control-request-private-network": "true"}
    assert client.options("/v1/annotate", headers=headers).headers["access-control-allow-private-network"] == "true"
    refused = client.options("/v1/annotate", headers={**headers, "origin": "https://evil.example"})
    assert (refused.status_code, "access-control-allow-private-network" in refused.headers) == (403, False)


@pytest.fixture
def token(tmp_path):
    """(the token, the file with its hash)."""
    path = tmp_path / "var" / "token"
    return bearer.new(path), path


@pytest.fixture
def guarded(tmp_path, token):
    return asked_of(index=tmp_path, token_file=token[1])


def test_where_there_is_a_token_it_is_asked_for(guarded, token):
    routes = [
        "/readyz",
        "/v1/limits",
        "/v1/index",
        "/v1/search?q=x",
        "/openapi.json",
        "/docs",
        "/metrics",
        "/nowhere",
        "/page",
        "/healthz/x",
    ]
    for route in routes:
        answer = guarded.get(route)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="Sidelight"')
        assert "sidelight token new" in answer.json()["detail"]
        assert answer.headers["content-type"] == "application/problem+json"
    assert guarded.get("/openapi.json", headers={"authorization": f"Bearer {token[0]}"}).status_code == 200
    assert [guarded.get(path).status_code for path in ("/healthz", "/", "/page/page.js", "/shared/service.js")] == [200] * 4


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Bearer x", "Basic eDp4", "{token}", "Bearer {token}x", "Bearer é"])
def test_a_wrong_token_is_told_from_none(guarded, token, given):
    headers = {"authorization": given.format(token=token[0]).encode("latin-1"), "origin": EXTENSION}
    answer = guarded.get("/v1/limits", headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (401, "Wrong token")
    assert answer.headers["access-control-allow-origin"] == EXTENSION  # or the extension could not read the status


def test_a_preflight_needs_no_token(guarded):
    answer = guarded.options("/v1/annotate", headers={"origin": EXTENSION, "access-control-request-headers": "authorization"})
    assert (answer.status_code, "authorization" in answer.headers["access-control-allow-headers"]) == (204, True)


def test_the_token_is_kept_as_a_hash_that_its_owner_alone_can_read(token):
    path = token[1]
    assert path.stat().st_mode & 0o777 == 0o600
    assert token[0] not in path.read_text()
    assert len(token[0]) >= 43
    assert bearer.new(path) != token[0]
    assert not bearer.fits(f"Bearer {token[0]}", bearer.stored(path))


@pytest.mark.parametrize(
    ("content", "mode", "said"), [("", 0o600, "no token's hash"), ("sha256:12", 0o600, "no token's hash"), (None, 0o666, "chmod 600")]
)
def test_a_token_file_that_proves_nothing_stops_the_start(tmp_path, token, content, mode, said):
    if content is not None:
        token[1].write_text(content)
    token[1].chmod(mode)
    with pytest.raises(ValueError, match=said):
        asked_of(index=tmp_path, token_file=token[1])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "pc.local"])
def test_beyond_loopback_it_does_not_start_without_a_token(tmp_path, monkeypatch, capsys, host):
    monkeypatch.setenv("SIDELIGHT_TOKEN_FILE", str(tmp_path / "token"))
    assert main(["serve", "--host", host, "--port", "0", "--index", str(tmp_path)]) == 1
    assert "run `sidelight token new`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "status"), [("10.0.0.7:8747", 200), ("[fe80::1]:8747", 200), ("ours.example", 200), ("127.0.0.1", 200), ("evil.example", 403)]
)
def test_beyond_loopback_a_name_must_be_known_and_an_address_need_not(tmp_path, token, host, status):
    wide = asked_of(index=tmp_path, token_file=token[1], host="0.0.0.0", hosts=frozenset({"ours.example"}))
    assert wide.get("/healthz", headers={"host": host}).status_code == status


def test_the_token_command_shows_it_once_and_removes_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SIDELIGHT_TOKEN_FILE", str(tmp_path / "token"))
    assert main(["token", "new"]) == 0
    shown = capsys.readouterr().out.splitlines()[0]
    assert bearer.fits(f"Bearer {shown}", bearer.stored(tmp_path / "token"))
    assert main(["token", "status"]) == 0
    printed = capsys.readouterr().out
    assert "a token is asked for" in printed
    assert shown not in printed
    assert main(["token", "remove"]) == 0
    assert not (tmp_path / "token").exists()


def test_a_setting_that_is_wrong_is_said_in_one_line(monkeypatch, capsys):
    monkeypatch.setenv("SIDELIGHT_MAX_CLAIMS", "none")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "SIDELIGHT_MAX_CLAIMS" in said

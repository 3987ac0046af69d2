"""What `sidelight doctor` finds, looked at from outside: a real service, somebody else's, a folder, a disk."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import uvicorn

from api import doctor
from api.app import create_app
from api.settings import Settings

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@contextmanager
def serving(index):
    """A Sidelight on a free port; without an index it answers and says that it is not ready."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        settings = Settings(index=index, port=listener.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                threading.Event().wait(0.05)
            yield settings
        finally:
            server.should_exit = True
            thread.join()


class Other(BaseHTTPRequestHandler):
    """Somebody else's server."""

    def do_GET(self):
        self.send_error(404)

    do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, *args):
        pass


def test_asks_a_running_service_as_an_extension_would(tmp_path):
    with serving(tmp_path / "none") as settings:
        assert doctor.answers(settings)
        found = doctor.port(settings, True)
        assert found.ok
        assert found.detail == f"answers on http://127.0.0.1:{settings.port}, but is still loading or has no index: its /readyz says which"
        assert doctor.extension(settings, True).ok


def test_tells_another_server_from_ours():
    other = HTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=other.serve_forever)
    thread.start()
    settings = Settings(port=other.server_port)
    try:
        assert not doctor.answers(settings)
        assert "something else listens" in doctor.port(settings, False).detail
        assert "turns extensions away" in doctor.extension(settings, True).detail
    finally:
        other.shutdown()
        other.server_close()
        thread.join()


def test_looks_at_seeds_and_disk(tmp_path):
    assert doctor.seeds(SEEDS).ok
    assert "sources.toml is missing" in doctor.seeds(tmp_path).detail
    assert doctor.room(tmp_path / "not" / "there").ok
    with (tmp_path / "generation-000001.db").open("wb") as file:
        file.truncate(1 << 42)  # sparse: no disk here holds twice as much
    found = doctor.room(tmp_path)
    assert not found.ok
    assert "make room there" in found.detail

"""The real extension in real browsers, over the real service: each started once for all tests of this folder."""

import json
import subprocess
import urllib.request
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from .chromium import Chromium
from .firefox import Firefox
from .pages import PAGES
from .relay import Relay
from .serving import serving
from .waiting import until

ROOT = Path(__file__).resolve().parents[2]
SITE = "health.test"
"""A name that no permission of the extension covers: it may read such a page only because its button was clicked."""


class Service:
    """`sidelight serve` as a reader starts it."""

    def __init__(self, index: Path) -> None:
        command = [ROOT / ".venv/bin/sidelight", "serve", "--port", "0", "--index", index]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.address = self.process.stdout.readline().split()[-1]
        until(self.is_ready, 60)
        self.annotate(["The first answer takes longer: it loads what the models need."])

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz") as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            error.close()
            return False

    def annotate(self, texts: list[str]) -> dict:
        """The service's own answer about blocks, asked without a browser."""
        body = {"blocks": [{"id": f"b{i}", "text": text} for i, text in enumerate(texts)], "page": {"host": SITE}}
        request = urllib.request.Request(f"{self.address}/v1/annotate", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        html, headers = PAGES.get(self.path, ("", {}))
        self.send_response(200 if html else 204)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, *args: object) -> None:
        pass


# Scope "package", not "session": Playwright keeps an event loop, in whose presence other tests could not start theirs.
@pytest.fixture(scope="package")
def service(built_index):
    running = Service(built_index)
    yield running
    running.stop()


@pytest.fixture(scope="package")
def site():
    with serving(Pages) as port:
        yield f"http://{SITE}:{port}"


@pytest.fixture(scope="package", params=["chromium", "firefox"])
def opened(request, tmp_path_factory):
    """A browser with the extension, as installed: nothing set."""
    profile = tmp_path_factory.mktemp(request.param) / "profile"
    if request.param == "chromium":
        browser = Chromium(ROOT / "extension", profile, f"--host-resolver-rules=MAP {SITE} 127.0.0.1")
    else:
        browser = Firefox(ROOT / "extension", profile, **{"network.dns.localDomains": SITE})
    yield browser
    browser.close()


def set_address(browser, address: str) -> str:
    """Type the service's address on the settings page, as a reader does; returns what the page says then."""
    browser.open_own("options.html")
    until(lambda: browser.page("document.querySelector('#address').value"))
    browser.page("document.querySelector('#address').select()")
    browser.type(address)
    browser.press("Enter")
    said = "document.querySelector('#said').textContent"
    return until(lambda: (text := browser.page(said)) and "Asking" not in text and text)


def settings(browser, **changed) -> None:
    """Store settings of the extension as its own pages do."""
    browser.own(f"browser.storage.local.set({json.dumps(changed)})")


@pytest.fixture
def browser(opened, service):
    """The browser with the extension set to ask the service under test."""
    if getattr(opened, "asks", None) != service.address:
        assert "answers and is ready" in set_address(opened, service.address)
        opened.asks = service.address
    return opened


@pytest.fixture
def relay(browser, service):
    """The service under test behind a relay that writes down what is asked; whatever a test sets is forgotten after it."""
    passing = Relay(service.address)
    browser.open("about:blank")
    settings(browser, address=passing.address)
    yield passing
    browser.own("browser.storage.local.clear()")
    settings(browser, address=service.address)
    passing.stop()

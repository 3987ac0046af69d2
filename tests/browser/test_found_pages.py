"""Health pages as they are found in the world, kept outside the repository: annotated without an error."""

import os
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from .conftest import ROOT, SITE
from .serving import serving
from .test_extension import PAINTED, STATUS
from .waiting import until

FOLDER = Path(os.environ.get("SIDELIGHT_PAGES", ROOT.parent / "shared/data/pages"))
FOUND = sorted(FOLDER.glob("*.html"))
# Their pictures and scripts are elsewhere, and a test asks nobody else for them.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
OF_THE_PAGE = ("Content Security Policy", "Content-Security-Policy", "Failed to load", "blocked")
TEXT = "document.body.innerText.replace(/\\s+/g, ' ')"


class Found(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = FOLDER / self.path.strip("/")
        self.send_response(200 if page in FOUND else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        if page in FOUND:
            self.wfile.write(page.read_bytes())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def found():
    with serving(Found) as port:
        yield f"http://{SITE}:{port}"


@pytest.mark.skipif(not FOUND, reason="no pages in $SIDELIGHT_PAGES")
@pytest.mark.parametrize("name", [page.name for page in FOUND])
def test_a_found_page_is_annotated_without_an_error(browser, found, name):
    browser.open(f"{found}/{name}")
    text = browser.page(TEXT)
    browser.toolbar()
    until(lambda: "claim" in (browser.ui(STATUS) or ""), 240)
    assert browser.ui("(root) => root.querySelector('.problem') === null")
    assert [error for error in browser.errors if not any(known in error for known in OF_THE_PAGE)] == []
    assert browser.page(TEXT) == text
    for sentences in browser.page(PAINTED).values():
        assert all(sentences)

"""A page of 5,000 sentences is read without the page being held up for long in one piece, and without a change to it.

That the rest of a page which is longer still is not read, and that the panel says so, is tested in test_dynamic.
"""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from .conftest import SITE
from .pages import NMDA, html
from .probe import HELD, MUTATIONS
from .serving import serving
from .test_extension import STATUS
from .waiting import until

PARAGRAPHS = 1000
CLAIMS = 20
LIMIT_MS = 50
RUNS = 4
# What was painted and stands on the page: the range of a sentence whose node is gone says nothing any more.
STANDING = "[...CSS.highlights.get('sidelight-supported') ?? []].filter((range) => range.toString()).length"
RENDER = "void document.querySelectorAll('p').forEach((each) => each.replaceWith(each.cloneNode(true)))"
EXPAND = "(root) => root.querySelector('[aria-controls]').click()"


def long_page() -> str:
    """Five sentences a paragraph. Few are claims: this is about the page's own thread, and the service takes its time for each claim."""
    rest = "When does boat {}-{} of the <i>northern</i> line leave for the islands?"
    boats = [" ".join(rest.format(n, i) for i in range(4)) for n in range(PARAGRAPHS)]
    firsts = [NMDA if n % (PARAGRAPHS // CLAIMS) == 0 else "Is the harbour quiet in the morning?" for n in range(PARAGRAPHS)]
    return html("".join(f"<p>{first} {boat}</p>" for first, boat in zip(firsts, boats, strict=True)), style="")


class LongPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(long_page().encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address():
    with serving(LongPage) as port:
        yield f"http://{SITE}:{port}"


def held(browser, act, is_done) -> float:
    """The longest piece of the page's time, in ms, from `act` until a moment after `is_done`.

    Nothing is asked through `browser.ui` meanwhile: to look into our closed shadow root holds up the page itself.
    """
    browser.page("void (longest = 0)")
    act()
    until(lambda: time.sleep(0.2) or browser.page(is_done), 60)
    browser.page("new Promise((done) => setTimeout(done, 300))")
    return browser.page("longest")


def walk(browser, address) -> dict[str, float]:
    """Read the page, find all again after it has rendered itself anew, clear it; what of each held up the page longest, in ms."""
    browser.open(address)
    browser.page(HELD)
    browser.page("new Promise((done) => setTimeout(done, 1000))")
    browser.page(MUTATIONS)
    found = {"read": held(browser, browser.toolbar, f"{STANDING} === {CLAIMS}")}
    assert browser.page("mutations") == 0
    assert browser.ui(STATUS).startswith(f"{CLAIMS} claims, {CLAIMS} with evidence here")
    # What the page itself needs to render, and to lay out, is over before it is read again a second later.
    browser.page(RENDER)
    browser.page("new Promise((done) => setTimeout(done, 600))")
    browser.page("void (mutations = 0)")
    assert browser.page(STANDING) == 0
    found["anchor again"] = held(browser, lambda: None, f"{STANDING} === {CLAIMS}")
    browser.ui(EXPAND)
    browser.page("new Promise((done) => setTimeout(done, 300))")
    found["clear"] = held(browser, browser.toolbar, "CSS.highlights.size === 0")
    assert browser.page("mutations") == 0
    return found


def test_a_page_of_5000_sentences_is_never_held_up_for_long(browser, address):
    # The best of some runs: whatever else a machine does can only add to what is measured, so one run within the limit shows that
    # our own work is; were it not, none would be.
    best: dict[str, float] = {}
    for _ in range(RUNS):
        best = {name: min(took, best.get(name, took)) for name, took in walk(browser, address).items()}
        if max(best.values()) <= LIMIT_MS:
            return
    assert max(best.values()) <= LIMIT_MS, best

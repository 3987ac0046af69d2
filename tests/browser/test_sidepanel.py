"""The list beside the page, in Chromium's side panel and Firefox's sidebar."""

import json

import pytest

from .accessible import serious_problems
from .beside import open_list
from .conftest import SITE
from .pages import ARTICLE, NMDA, texts
from .test_extension import PAINTED, read
from .waiting import until

ROWS = "[...document.querySelectorAll('#findings > li > button')].map((row) => row.getAttribute('aria-label'))"
STATUS = "document.querySelector('#status').textContent"
FOCUS = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"
STORED = "browser.storage.local.get()"
WORST_FIRST = ["Contradicted", "Disputed", "Supported"]


@pytest.fixture
def beside(browser, site):
    """The list beside the article, which was read; what a test sets is forgotten after it."""
    read(browser, f"{site}/article")
    shown = open_list(browser)
    until(lambda: shown.page(f"document.querySelector('#here')?.hidden === false && {ROWS}.length"))
    yield shown
    shown.page("browser.storage.local.clear()")
    browser.asks = None
    shown.close()


def row_of(shown, text):
    return next((label for label in shown.page(ROWS) if label.endswith(text)), None)


def go_to(shown, text):
    """The focus on the row of a sentence, by keyboard from the first row on."""
    shown.page("document.querySelector('#findings button').focus()")
    for _ in shown.page(ROWS):
        if shown.page(FOCUS).endswith(text):
            return
        shown.press("ArrowDown")
    raise AssertionError(f"arrow keys do not reach {text!r}")


def test_it_lists_what_was_found_safety_first_then_the_worst(beside, service):
    answer = service.annotate(texts(ARTICLE))
    labels = beside.page(ROWS)
    assert sorted(label.split(": ")[-1] for label in labels) == sorted({a["text"] for a in answer["annotations"]})
    ranks = [("Safety" not in label, WORST_FIRST.index(label.split(": ")[0])) for label in labels]
    assert ranks == sorted(ranks)
    assert beside.page(STATUS).startswith(
        f"{answer['coverage']['claims']} claims, {answer['coverage']['with_evidence']} with evidence here"
    )
    assert "Unmarked does not mean true" in beside.page("document.querySelector('#caution').textContent")


def test_keyboard_alone_opens_the_evidence_shows_the_sentence_and_comes_back(beside, browser, service):
    best = next(a for a in service.annotate(texts(ARTICLE))["annotations"] if a["text"] == NMDA)["evidence"][0]
    go_to(beside, NMDA)
    beside.press("Enter")
    card = until(lambda: beside.page("document.activeElement.matches('.card') && document.activeElement.innerText"))
    assert best["text"] in card
    assert best["source"]["title"] in card
    marked = "[...CSS.highlights.get('sidelight-active') ?? []].map(String)"
    until(lambda: browser.page(marked) == [NMDA])
    beside.press("Escape")
    assert beside.page("document.querySelector('.card')") is None
    assert beside.page(FOCUS) == row_of(beside, NMDA)


def test_a_sentence_can_be_dismissed_and_brought_back(beside, browser):
    go_to(beside, NMDA)
    beside.press("Enter")
    until(lambda: beside.page("document.activeElement.matches('.card')"))
    beside.page("[...document.querySelectorAll('.card .actions button')].at(0).click()")
    until(lambda: not any(label.endswith(NMDA) for label in beside.page(ROWS)))
    until(lambda: NMDA not in browser.page(PAINTED)["supported"])
    (key,) = beside.page(STORED)["dismissed"]
    assert len(key) == 64
    until(lambda: beside.page(FOCUS) == "Undo")
    beside.press("Enter")
    until(lambda: beside.page(FOCUS) == row_of(beside, NMDA))
    until(lambda: NMDA in browser.page(PAINTED)["supported"])


def test_a_finding_can_be_saved_as_a_report(beside, browser):
    go_to(beside, NMDA)
    beside.press("Enter")
    until(lambda: beside.page("document.activeElement.matches('.card')"))
    report = json.loads(browser.saved(lambda: beside.page("[...document.querySelectorAll('.card .actions button')].at(1).click()")))
    assert report["finding"]["text"] == NMDA
    assert report["finding"]["evidence"]
    assert report["models"]["stance"]


def test_it_works_with_the_highlights_off(beside, browser):
    listed = beside.page(ROWS)
    beside.page("document.querySelector('#marks input').click()")
    until(lambda: browser.page(PAINTED)["supported"] == [])
    assert beside.page(ROWS) == listed
    beside.page("document.querySelector('#marks input').click()")
    until(lambda: NMDA in browser.page(PAINTED)["supported"])


def test_it_follows_the_tab_in_front_and_switches_the_page_off_and_on(beside, browser, site):
    beside.page("document.querySelector('#toggle').click()")
    until(lambda: "off on this page" in beside.page(STATUS))
    assert beside.page(ROWS) == []
    beside.page("document.querySelector('#toggle').click()")
    until(lambda: beside.page(ROWS))
    browser.open(f"{site}/strict")
    until(lambda: "off on this page" in beside.page(STATUS))
    browser.toolbar()
    until(lambda: [label.split(": ")[-1] for label in beside.page(ROWS)] == [NMDA])


def test_a_site_is_never_read_again_or_always(beside, browser):
    assert SITE in beside.page("document.querySelector('#site').innerText")
    beside.page("document.querySelector('[value=never]').click()")
    until(lambda: beside.page(STORED).get("sites") == {SITE: "never"})
    beside.page("document.querySelector('[value=click]').click()")
    until(lambda: beside.page(STORED)["sites"] == {})
    if browser.name == "firefox":  # Headless Chromium shows its question about permissions to nobody and waits for ever.
        beside.page("document.querySelector('[value=always]').focus()")
        beside.press("ArrowDown")
        beside.press("ArrowUp")
        until(lambda: beside.page(STORED)["sites"] == {SITE: "always"})
        beside.page("document.querySelector('[value=click]').click()")
        until(lambda: beside.page(STORED)["sites"] == {})
        assert not any(SITE in origin for origin in beside.page("browser.permissions.getAll().then(({origins}) => origins)"))


def test_nothing_serious_stands_in_the_way_of_assistive_technology(beside):
    assert serious_problems(beside, beside.schemes) == []
    go_to(beside, NMDA)
    beside.press("Enter")
    until(lambda: beside.page("document.activeElement.matches('.card')"))
    assert serious_problems(beside, beside.schemes) == []

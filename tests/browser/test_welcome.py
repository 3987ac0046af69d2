"""The page a reader sees first."""

import pytest

from .accessible import serious_problems
from .test_extension import PAINTED, STATUS
from .waiting import until

SAID = "document.querySelector('#said').textContent"


@pytest.fixture
def welcome(browser):
    browser.open_own("welcome.html")
    until(lambda: browser.page(f"{SAID}.length > 0 && !{SAID}.includes('Asking')"))
    return browser


def test_it_says_in_four_lines_what_sidelight_does_and_that_the_service_runs(welcome):
    assert welcome.page("document.querySelectorAll('main > ul > li').length") == 4
    assert "answers and is ready" in welcome.page(SAID)
    assert serious_problems(welcome) == []


def test_its_sample_is_read_like_any_page(welcome):
    welcome.page("document.querySelector('#show').click()")
    until(lambda: "claim" in (welcome.ui(STATUS) or ""))
    painted = welcome.page(PAINTED)
    assert painted["contradicted"]
    assert painted["supported"]
    assert serious_problems(welcome) == []
    welcome.ui("(root) => root.querySelector('.square').click()")
    until(lambda: welcome.page("CSS.highlights.size") == 0)
    assert welcome.page("document.activeElement.id") == "show"


def test_a_service_that_is_not_there_is_named(welcome):
    welcome.page(
        "browser.storage.local.get().then(({address}) => (window.was = address, browser.storage.local.set({address: 'http://127.0.0.1:1'})))"
    )
    welcome.page("document.querySelector('#check').click()")
    until(lambda: "not running" in welcome.page(SAID))
    assert "make serve" in welcome.page("document.querySelector('#advice').textContent")
    welcome.page("browser.storage.local.set({address: window.was})")

"""What Sidelight says when it does not get through to its service: each cause by its name, wherever a reader meets it."""

import socket
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from api.settings import Limits

from .beside import open_list
from .conftest import set_address, settings
from .pages import NMDA
from .relay import Relay
from .test_dynamic import give_back, withhold
from .test_extension import CARD, PAINTED, closed_address, read  # noqa: F401  (a fixture)
from .waiting import until

PROBLEM = "(root) => root.querySelector('.problem')?.innerText"
IN_CARD = "(root) => root.querySelector('.card .problem')?.innerText"
UNFINISHED = "POST /v1/annotate HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
BESIDE = "document.querySelector('#problem')?.innerText ?? ''"


@pytest.fixture
def misled(service):
    """The service asked under a wrong name, as behind a proxy that is set up wrongly: its address."""
    relay = Relay(service.address)
    relay.host = "sidelight.example"
    yield relay.address
    relay.stop()


def test_a_refusal_is_named_with_the_reason_that_the_service_gives(browser, service, misled):
    try:
        assert "refused this extension" in set_address(browser, misled)
        assert "not for 'sidelight.example'" in browser.page("document.querySelector('#advice').textContent")
    finally:
        set_address(browser, service.address)


def test_an_address_that_the_reader_does_not_allow_is_not_kept(browser, service):
    browser.open_own("options.html")
    until(lambda: browser.page("document.querySelector('#address').value"))
    browser.page("void (browser.permissions.request = async () => false)")
    browser.page("document.querySelector('#address').value = 'http://localhost:1'")
    browser.page("document.querySelector('#service button').click()")
    until(lambda: "does not let Sidelight reach" in browser.page("document.querySelector('#said').textContent"))
    assert browser.page("browser.storage.local.get('address')") == {"address": service.address}


def test_the_list_beside_the_page_says_that_the_service_is_down_and_tries_again(browser, service, site, closed_address):  # noqa: F811
    browser.open(f"{site}/strict")
    settings(browser, address=closed_address)
    browser.toolbar()
    beside = open_list(browser)
    try:
        assert "not running" in until(lambda: beside.page(BESIDE))
        assert "make serve" in beside.page(BESIDE)
        settings(browser, address=service.address)
        beside.page("[...document.querySelectorAll('#problem button')].find((button) => button.innerText === 'Try again').click()")
        until(lambda: beside.page("document.querySelectorAll('#findings li').length") == 1)
        assert beside.page(BESIDE) == ""
    finally:
        settings(browser, address=service.address)
        beside.close()


def test_a_selected_sentence_is_checked_once_the_service_is_there(browser, service, site, closed_address):  # noqa: F811
    # The menu itself would let us in; here the button does, and is clicked again.
    read(browser, f"{site}/strict")
    browser.toolbar()
    until(lambda: browser.ui(CARD) is None)
    settings(browser, address=closed_address)
    try:
        browser.choose_menu(NMDA)
        assert "not running" in until(lambda: browser.ui(IN_CARD))
        settings(browser, address=service.address)
        browser.ui("(root) => root.querySelector('.card .problem button').click()")
        assert "Evidence here supports this" in until(lambda: "NMDA" in (found := browser.ui(CARD) or "") and found)
    finally:
        settings(browser, address=service.address)


def test_a_browser_that_may_be_in_the_way_is_named(browser, service, site, closed_address):  # noqa: F811
    withhold(browser)
    try:
        settings(browser, address=closed_address)
        browser.open(f"{site}/strict")
        browser.toolbar()
        for said in ("the browser may be why", "does not allow this extension to reach", "make serve"):
            assert said in until(lambda: browser.ui(PROBLEM))
        browser.toolbar()
        until(lambda: browser.ui(PROBLEM) is None)
        browser.choose_menu(NMDA)
        until(lambda: "the browser may be why" in (browser.ui(IN_CARD) or ""))
        browser.open_own("welcome.html")
        until(lambda: "the browser may be why" in browser.page("document.querySelector('#said').textContent"))
    finally:
        settings(browser, address=service.address)
        give_back(browser)


@pytest.fixture
def crowd(service):
    """Requests that take every place of the service and do not end, until they are closed."""
    place = urlsplit(service.address)
    with ExitStack() as requests:
        for _ in range(Limits().max_working + Limits().max_waiting):
            one = requests.enter_context(socket.create_connection((place.hostname, place.port)))
            one.sendall(UNFINISHED.format(place.netloc).encode())
        until(lambda: is_busy(service))
        yield requests
    until(lambda: not is_busy(service))


def is_busy(service):
    try:
        service.annotate(["Hello."])
    except HTTPError as error:
        error.close()
        return error.code == 503
    return False


def test_a_service_that_is_busy_for_a_moment_is_waited_for_without_a_word(browser, relay, crowd, site):
    browser.open(f"{site}/strict")
    browser.toolbar()
    until(lambda: relay.statuses == [503])
    crowd.close()
    until(lambda: browser.ui(PROBLEM) or browser.page(PAINTED)["supported"])
    assert browser.page(PAINTED)["supported"] == [NMDA]
    assert browser.ui(PROBLEM) is None
    assert relay.statuses == [503, 200]


def test_a_service_that_stays_busy_is_named_and_can_be_tried_again(browser, relay, crowd, site):
    browser.open(f"{site}/strict")
    browser.toolbar()
    shown = until(lambda: browser.ui(PROBLEM))
    assert "The service is busy" in shown
    assert "no more are taken" in shown
    assert relay.statuses == [503] * 3
    crowd.close()
    browser.ui("(root) => root.querySelector('.problem button').click()")
    until(lambda: browser.page(PAINTED)["supported"] == [NMDA])

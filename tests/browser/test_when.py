"""When a page is read: after a click, on sites and health pages where the reader allowed it, and never on some."""

import json
import shutil

import pytest

from .beside import open_list
from .chromium import Chromium
from .conftest import ROOT, SITE, settings
from .firefox import Firefox
from .pages import NMDA
from .relay import Relay
from .test_extension import CARD, PAINTED, STATUS, read
from .waiting import until

# Writes down what of the browser's permissions is asked for and given back, and passes it on.
SPY = """(() => { window.asked = [];
  const { permissions } = browser;
  for (const name of ["request", "remove"]) {
    const real = permissions[name].bind(permissions);
    permissions[name] = (permission) => { asked.push([name, ...permission.origins]); return real(permission) };
  } })()"""
WHY = "(root) => root.querySelector('.why:not([hidden])')?.innerText"
# One of the hosts in content/lists.js, which no browser knows to be served over https alone.
KNOWN = "www.onmeda.de"
PROBLEM = "(root) => root.querySelector('.problem')?.innerText"


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def allowed(request, tmp_path_factory, service):
    """A browser that lets the extension read the test site, as after the reader's consent; what is asked goes through a relay."""
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(ROOT / "extension", folder / "extension")
    manifest = folder / "extension/manifest.json"
    given = json.loads(manifest.read_text(encoding="utf-8"))
    # The browser's question to the reader is shown to nobody here, so its answer is put into the manifest.
    given["host_permissions"] += [given["optional_host_permissions"][0]]
    manifest.write_text(json.dumps(given), encoding="utf-8")
    if request.param == "chromium":
        browser = Chromium(folder / "extension", folder / "profile", f"--host-resolver-rules=MAP {SITE} 127.0.0.1, MAP {KNOWN} 127.0.0.1")
    else:
        browser = Firefox(folder / "extension", folder / "profile", **{"network.dns.localDomains": f"{SITE},{KNOWN}"})
    browser.relay = Relay(service.address)
    browser.open("about:blank")
    yield browser
    browser.relay.stop()
    browser.close()


def set_to(browser, **wanted):
    """These settings and no others, and nothing asked so far."""
    browser.own("browser.storage.local.clear()")
    settings(browser, address=browser.relay.address, **wanted)
    registered = "browser.scripting.getRegisteredContentScripts()"
    until(lambda: bool(browser.own(registered)) == any(wanted.values()))
    browser.relay.asked.clear()


def test_nothing_runs_in_a_page_by_default(allowed, site):
    set_to(allowed)
    allowed.open(f"{site}/article")
    allowed.page("new Promise((done) => setTimeout(done, 1500))")
    assert allowed.ui(STATUS) is None
    assert allowed.relay.asked == []


def test_an_allowed_site_is_read_without_a_click_until_one_click_ends_that(allowed, site):
    set_to(allowed, sites={SITE: "always"})
    allowed.open(f"{site}/strict")
    until(lambda: NMDA in allowed.page(PAINTED)["supported"])
    assert "Always on for this site" in allowed.ui(WHY)
    allowed.ui("(root) => root.querySelector('.why button').click()")
    until(lambda: allowed.own("browser.storage.local.get('sites')") == {"sites": {}})
    until(lambda: allowed.page("CSS.highlights.size") == 0)
    until(lambda: allowed.own("browser.scripting.getRegisteredContentScripts()") == [])


def test_a_health_page_is_known_before_a_word_of_it_is_sent(allowed, site):
    set_to(allowed, healthPages=True)
    allowed.open(f"{site}/news")
    allowed.page("new Promise((done) => setTimeout(done, 1500))")
    assert allowed.ui(STATUS) is None
    assert allowed.relay.asked == []
    allowed.open(f"{site}/declared")
    until(lambda: NMDA in allowed.page(PAINTED)["supported"])
    assert "looks like a health page" in allowed.ui(WHY)
    assert "Its data says: MedicalWebPage" in allowed.ui(WHY)


def test_a_known_health_host_is_enough(allowed, site):
    set_to(allowed, healthPages=True)
    allowed.open(f"{site.replace(SITE, KNOWN)}/news")
    until(lambda: NMDA in allowed.page(PAINTED)["supported"])
    assert "Known health site: onmeda.de" in allowed.ui(WHY)


def test_a_choice_in_the_list_beside_the_page_asks_the_browser_and_holds_from_then_on(allowed, site):
    """The copy of the extension has the permission already, so that the browser says yes without its question."""
    set_to(allowed)
    read(allowed, f"{site}/strict")
    beside = open_list(allowed)
    until(lambda: beside.page("document.querySelector('#here')?.hidden === false"))
    beside.page(SPY)
    beside.page("document.querySelector('[value=always]').focus()")
    beside.press("ArrowDown")
    beside.press("ArrowUp")
    until(lambda: beside.page("browser.storage.local.get('sites')") == {"sites": {SITE: "always"}})
    until(lambda: allowed.own("browser.scripting.getRegisteredContentScripts()"))
    allowed.open(f"{site}/strict")
    until(lambda: NMDA in allowed.page(PAINTED)["supported"])
    assert "Always on for this site" in allowed.ui(WHY)
    assert ["request", f"*://{SITE}/*"] in beside.page("window.asked")
    beside.page("document.querySelector('[value=click]').click()")
    until(lambda: beside.page("browser.storage.local.get('sites')") == {"sites": {}})
    assert beside.page("window.asked.at(-1)") == ["remove", f"*://{SITE}/*"]
    beside.close()


def test_a_health_page_that_a_page_turns_into_is_read(allowed, site):
    set_to(allowed, healthPages=True)
    allowed.open(f"{site}/news")
    allowed.page("""(() => { document.querySelector("h1").textContent = "Ketamine treatment for depression";
      history.pushState({}, "", "/elsewhere") })()""")
    until(lambda: NMDA in allowed.page(PAINTED)["supported"])
    assert "speak of: ketamine, treatment, depression" in allowed.ui(WHY)


@pytest.mark.parametrize("page", ["drawer", "login", "pay"])
def test_a_page_with_a_password_or_payment_field_is_not_read_by_itself(allowed, site, page):
    set_to(allowed, healthPages=True, sites={SITE: "always"})
    allowed.open(f"{site}/{page}")
    allowed.page("new Promise((done) => setTimeout(done, 1500))")
    assert allowed.ui(STATUS) is None
    assert allowed.relay.asked == []


def test_never_is_never(allowed, site):
    set_to(allowed, healthPages=True, sites={SITE: "never"})
    allowed.open(f"{site}/declared")
    allowed.page("new Promise((done) => setTimeout(done, 1500))")
    assert allowed.ui(STATUS) is None
    allowed.toolbar()
    assert "never to read this site" in until(lambda: allowed.ui(PROBLEM))
    assert allowed.relay.asked == []


def test_a_password_field_in_sight_stops_a_click_too_but_a_hidden_one_does_not(browser, relay, site):
    browser.open(f"{site}/login")
    browser.toolbar()
    assert "asks for a password" in until(lambda: browser.ui(PROBLEM))
    assert relay.asked == []
    browser.page("document.querySelector('[type=password]').remove()")
    until(lambda: NMDA in browser.page(PAINTED)["supported"])
    read(browser, f"{site}/drawer")
    assert NMDA in browser.page(PAINTED)["supported"]


def test_one_selected_sentence_is_checked_on_a_page_that_is_off(browser, relay, site):
    read(browser, f"{site}/strict")
    browser.toolbar()
    until(lambda: browser.page("CSS.highlights.size") == 0)
    relay.asked.clear()
    browser.page("getSelection().selectAllChildren(document.querySelector('p'))")
    browser.choose_menu(NMDA)
    card = until(lambda: "NMDA" in (found := browser.ui(CARD) or "") and found)
    assert "Evidence here supports this" in card
    assert relay.asked == [{"claim": NMDA, "page": {"host": SITE}}]
    assert browser.page("CSS.highlights.size") == 0
    browser.press("Escape")
    until(lambda: browser.ui(CARD) is None)
    browser.choose_menu("The ferry leaves at nine.")
    assert "Nothing here speaks to this" in until(lambda: "speaks" in (found := browser.ui(CARD) or "") and found)

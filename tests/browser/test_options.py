"""The settings page, as a reader uses it."""

import json
import shutil

import pytest

from .accessible import serious_problems
from .conftest import ROOT, set_address
from .relay import Relay
from .test_extension import STATUS, read
from .waiting import until

TOKEN = "open-sesame"
STORED = "browser.storage.local.get()"


@pytest.fixture
def options(browser):
    """The settings page over the service under test; what a test sets is deleted after it."""
    browser.open_own("options.html")
    until(lambda: browser.page("document.querySelector('#address').value"))
    yield browser
    browser.own("browser.storage.local.clear()")
    browser.asks = None


def click(browser, selector):
    browser.page(f"void document.querySelector({selector!r}).click()")


def text_of(browser, selector):
    return browser.page(f"document.querySelector({selector!r}).innerText")


def give_file(browser, content):
    browser.page(f"""(() => {{ const files = new DataTransfer();
      files.items.add(new File([{json.dumps(content)}], "settings.json"));
      const input = document.querySelector("#import");
      input.files = files.files;
      input.dispatchEvent(new Event("change")) }})()""")


def test_what_is_shown_can_be_chosen_and_stays_chosen(options):
    for label in ("Supported", "Content site", "Underline sentences on the page"):
        options.page(f"[...document.querySelectorAll('label')].find((label) => label.innerText.trim() === {label!r}).control.click()")
    options.page("""(() => { const [confidence, colour] = ["#confidence", "[type=color]"].map((one) => document.querySelector(one));
      confidence.value = 60;
      colour.value = "#123456";
      for (const input of [confidence, colour]) input.dispatchEvent(new Event("change")) })()""")
    wanted = {"verdicts": ["contradicted", "disputed"], "hiddenKinds": ["content_site"], "highlights": False, "minConfidence": 0.6}
    until(lambda: {name: value for name, value in options.page(STORED).items() if name in wanted} == wanted)
    until(lambda: options.page(STORED).get("colours", {}).get("contradicted") == "#123456")
    options.open_own("options.html")
    unticked = (
        "[...document.querySelectorAll('[type=checkbox]:not(:checked, #health)')].map((box) => box.parentElement.innerText.trim()).sort()"
    )
    until(lambda: options.page(unticked) == ["Content site", "Supported", "Underline sentences on the page"])
    assert text_of(options, "output") == "60%"


def test_settings_go_to_a_file_without_the_token_and_come_back(options):
    options.page(f"browser.storage.local.set({{token: {TOKEN!r}, minConfidence: 0.4, sites: {{'example.org': 'never'}}}})")
    saved = options.saved(lambda: click(options, "#export"))
    assert TOKEN not in saved
    click(options, "#delete")
    click(options, "#sure [value=delete]")
    until(lambda: options.page(STORED) == {})
    give_file(options, saved)
    until(lambda: options.page(STORED).get("sites") == {"example.org": "never"})
    assert options.page(STORED)["minConfidence"] == 0.4
    assert "example.org" in until(lambda: text_of(options, "#sites"))


@pytest.mark.parametrize(
    "content", ["{", '{"settings": {"address": "http://health.test:8747", "minConfidence": 7, "sites": {"x/y": "always"}}}']
)
def test_a_file_that_does_not_fit_changes_nothing(options, content):
    before = options.page(STORED)
    give_file(options, content)
    assert "holds no settings" in until(lambda: text_of(options, "#stored-said"))
    assert options.page(STORED) == before


def test_dismissed_sentences_can_be_shown_again_day_by_day(options):
    hashes = {letter * 64: day for letter, day in [("a", "2026-01-30"), ("b", "2026-01-31"), ("c", "2026-01-31")]}
    options.page(f"browser.storage.local.set({{dismissed: {json.dumps(hashes)}}})")
    until(lambda: "2 sentences dismissed" in text_of(options, "#dismissed"))
    click(options, "#dismissed button")
    until(lambda: options.page(STORED)["dismissed"] == {"a" * 64: "2026-01-30"})
    assert "Shown again" in until(lambda: text_of(options, "#stored-said"))


def type_site(browser, host, button):
    browser.page("document.querySelector('#host').select()")
    browser.type(host)
    browser.page("document.querySelector('#host').focus()")
    browser.press("Tab")
    if button == "never":
        browser.press("Tab")
    browser.press("Enter")


def test_a_site_can_be_barred_and_let_in_again(options):
    type_site(options, "https://example.org/a/page", "never")
    until(lambda: options.page(STORED).get("sites") == {"example.org": "never"})
    assert "Never read" in until(lambda: text_of(options, "#sites"))
    click(options, "#sites button:last-child")
    until(lambda: options.page(STORED)["sites"] == {})
    type_site(options, "no site", "never")
    assert "name of a site" in until(lambda: text_of(options, "#site-said"))


@pytest.mark.parametrize("answer", [True, False])
def test_the_browser_is_asked_from_the_click_and_its_answer_holds(options, answer):
    """The browser's own question is shown to nobody here: the test answers in its place."""
    options.page(f"""(() => {{ window.asked = [];
      browser.permissions.request = async ({{origins}}) => {{
        asked.push([...origins, navigator.userActivation.isActive]);
        return {json.dumps(answer)} }} }})()""")
    type_site(options, "example.org", "always")
    until(lambda: options.page("window.asked") == [["*://example.org/*", True]])
    tick = "(({left, top}) => [left + 5, top + 5])(document.querySelector('#health').getBoundingClientRect())"
    options.click(*options.page(tick))
    until(lambda: options.page("window.asked.length") == 2)
    assert options.page("window.asked[1]") == ["*://*/*", True]
    if answer:
        until(lambda: options.page(STORED).get("sites") == {"example.org": "always"} and options.page(STORED).get("healthPages"))
        return
    assert "not allowed to let Sidelight read all sites" in until(lambda: text_of(options, "#site-said"))
    assert not {"sites", "healthPages"} & options.page(STORED).keys()
    assert not options.page("document.querySelector('#health').checked")


@pytest.mark.parametrize("opened", ["firefox"], indirect=True)
def test_reading_without_a_click_is_granted_and_given_back(options):
    """In Firefox, whose answer to its own question can be set to yes; headless Chromium waits for one for ever."""
    type_site(options, "example.org", "always")
    until(lambda: options.page(STORED).get("sites") == {"example.org": "always"})
    granted = "browser.permissions.getAll().then(({origins}) => origins)"
    assert "*://example.org/*" in options.page(granted)
    options.click(*options.page("(({left, top}) => [left + 5, top + 5])(document.querySelector('#health').getBoundingClientRect())"))
    until(lambda: options.page(STORED).get("healthPages"))
    assert "*://*/*" in options.page(granted)
    click(options, "#delete")
    click(options, "#sure [value=delete]")
    until(lambda: options.page(STORED) == {})
    assert not {"*://*/*", "*://example.org/*"} & set(options.page(granted))


@pytest.fixture
def guarded(service):
    """The service behind something that asks for a token: its address."""
    relay = Relay(service.address)
    relay.token = TOKEN
    yield relay.address
    relay.stop()


def test_a_token_is_asked_for_and_sent(options, guarded, site):
    assert "wants another token" in set_address(options, guarded)
    options.page("document.querySelector('#token').focus()")
    options.type(TOKEN)
    options.press("Enter")
    until(lambda: "answers and is ready" in text_of(options, "#said"))
    read(options, f"{site}/strict")
    assert "1 with evidence here" in options.ui(STATUS)


def test_a_service_of_another_version_is_named(opened, service, tmp_path):
    folder = shutil.copytree(ROOT / "extension", tmp_path / "extension")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"version": "9.9.0"}), encoding="utf-8")
    newer = type(opened)(folder, tmp_path / "profile")
    try:
        assert "of another version" in set_address(newer, service.address)
        assert "/ 9.9.0" in text_of(newer, "#advice")
    finally:
        newer.close()


def test_nothing_serious_stands_in_the_way_of_assistive_technology(options):
    options.page("browser.storage.local.set({sites: {'example.org': 'never'}, dismissed: {['a'.repeat(64)]: '2026-01-30'}})")
    until(lambda: "example.org" in text_of(options, "#sites"))
    assert serious_problems(options) == []
    click(options, "#delete")
    assert serious_problems(options) == []

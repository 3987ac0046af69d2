"""What a screen reader is told without the focus moving: what goes on, what was found, that the page is cleared."""

import json

from .conftest import settings
from .firefox import FRONT_WINDOW
from .pages import STRICT, texts
from .test_extension import STATUS
from .waiting import until

# Announcements as Firefox hands them to assistive technology.
LISTEN = """(() => { const announced = [];
  const listener = { observe(subject) {
    const event = subject.QueryInterface(Ci.nsIAccessibleEvent);
    if (event.eventType === Ci.nsIAccessibleEvent.EVENT_ANNOUNCEMENT)
      announced.push(subject.QueryInterface(Ci.nsIAccessibleAnnouncementEvent).announcement) } };
  Services.obs.addObserver(listener, "accessible-event");
  %s.announced = announced })()"""
# Chromium shows them to no tool: what our half in the page asks for is written down instead.
RECORD = """(() => { globalThis.announced = [];
  Document.prototype.ariaNotify = (text) => announced.push(text) })()"""
HEAR = """(root) => { const status = root.querySelector("[role=status]");
  const heard = root.heard = [status.textContent];
  new MutationObserver(() => heard.push(status.textContent)).observe(status, {childList: true, characterData: true, subtree: true});
  return true }"""


def in_our_world(browser, expression):
    """The value of an expression where Chromium runs our half in the page."""
    devtools = browser.context.new_cdp_session(browser.now)
    worlds = []
    devtools.on("Runtime.executionContextCreated", lambda event: worlds.append(event["context"]))
    devtools.send("Runtime.enable")
    (ours,) = [world["id"] for world in worlds if world["origin"] == f"chrome-extension://{browser.id}"]
    answer = devtools.send("Runtime.evaluate", {"expression": expression, "contextId": ours, "returnByValue": True})
    devtools.detach()
    return answer["result"].get("value")


def listen(browser):
    if browser.name == "chromium":
        in_our_world(browser, RECORD)
    else:
        browser.names()  # Starts the accessibility service.
        browser.session.evaluate(browser.window, LISTEN % FRONT_WINDOW)


def announced(browser):
    if browser.name == "chromium":
        return in_our_world(browser, "announced")
    return json.loads(browser.session.evaluate(browser.window, f"JSON.stringify({FRONT_WINDOW}.announced)")["value"])


def test_what_goes_on_and_what_came_of_it_is_said_once_each(browser, service, relay, site):
    claims = service.annotate(texts(STRICT))["coverage"]["claims"]
    relay.delay = 3
    browser.open(f"{site}/strict")
    browser.toolbar()
    until(lambda: browser.ui(STATUS))
    browser.ui(HEAR)
    until(lambda: "claim" in browser.ui(STATUS))
    first, *others = browser.ui("(root) => root.heard")
    assert first == "Looking for evidence"
    assert [text.split(",")[0] for text in others if text != first] == [f"{claims} claims"]
    until(lambda: ("status", "") in browser.names() or ("statusbar", "") in browser.names())


def test_a_problem_is_an_alert(browser, service, site):
    settings(browser, address="http://127.0.0.1:1")
    try:
        browser.open(f"{site}/strict")
        browser.toolbar()
        until(lambda: browser.ui("(root) => root.querySelector('[role=alert] h3')?.innerText"))
        until(lambda: "alert" in {role for role, _ in browser.names()})
    finally:
        settings(browser, address=service.address)


def test_that_the_page_is_cleared_is_said_too(browser, site):
    browser.open(f"{site}/strict")
    browser.toolbar()
    until(lambda: "claim" in (browser.ui(STATUS) or ""))
    listen(browser)
    browser.toolbar()
    until(lambda: announced(browser) == ["Sidelight: page cleared"])
    assert browser.ui(STATUS) is None

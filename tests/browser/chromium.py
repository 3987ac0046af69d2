"""Debian's Chromium, driven by Playwright; what Playwright has no words for goes straight over the DevTools protocol."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, Worker, sync_playwright

from .waiting import until

EXECUTABLE = "/usr/bin/chromium"
HAS_TRIED = "!['', globalThis.sidelight?.words?.say('options_testing')].includes(document.querySelector('#said')?.textContent ?? '')"
"""In the welcome page: whether it has said what came of trying the service."""

users: list[object] = []


@cache
def started() -> Playwright:
    """Playwright, of which a process can have one only, until its last user has closed."""
    return sync_playwright().start()


class Chromium:
    """A headless Chromium with the extension loaded; what the tests need of a browser, in the words that Firefox shares."""

    name = "chromium"

    def __init__(self, extension: Path, profile: Path, *flags: str) -> None:
        users.append(self)
        self.context = started().chromium.launch_persistent_context(
            str(profile), executable_path=EXECUTABLE, headless=True, viewport={"width": 1280, "height": 900}, reduced_motion="reduce",
            args=[f"--disable-extensions-except={extension}", f"--load-extension={extension}", *flags],
        )  # fmt: skip
        self.id = self.worker.url.split("/")[2]
        assert self.context.browser
        self.devtools = self.context.browser.new_browser_cdp_session()
        self.errors: list[str] = []
        self.context.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        # The welcome page comes in front of whatever was opened before it, and an attempt to reach a service that does not run is an error
        # in the console, which must not be taken for one of the page that is tested.
        welcome = until(self.welcome)
        until(lambda: welcome.evaluate(HAS_TRIED))
        self.tab: Page | None = None
        self.desk: Page | None = None

    @property
    def worker(self) -> Worker:
        """The extension's service worker; another one after it was stopped."""
        workers = self.context.service_workers
        return workers[-1] if workers else self.context.wait_for_event("serviceworker")

    def welcome(self) -> Page | None:
        """The page that comes up by itself after an installation, once it has."""
        # Playwright takes notice of a new page only while it waits for an answer.
        self.devtools.send("Target.getTargets")
        return next((page for page in self.context.pages if page.url.endswith("/welcome.html")), None)

    @property
    def now(self) -> Page:
        assert self.tab, "open a page first"
        return self.tab

    def open(self, url: str) -> None:
        before, self.tab = self.tab, self.context.new_page()
        if before:
            before.close()
        self.now.goto(url)
        self.now.bring_to_front()
        self.errors.clear()

    def open_own(self, page: str) -> None:
        """One of the extension's own pages."""
        self.open(f"chrome-extension://{self.id}/{page}")

    def toolbar(self) -> None:
        # A tab closed just now, with the same page, may still be there.
        (target,) = until(lambda: len(found := self.tabs_here()) == 1 and found)
        self.devtools.send("Extensions.triggerAction", {"id": self.id, "targetId": target["targetId"]})

    def tabs_here(self) -> list[dict[str, Any]]:
        """The tabs that show the page in front."""
        targets = self.devtools.send("Target.getTargets", {"filter": [{"type": "tab"}]})["targetInfos"]
        return [target for target in targets if target["url"] == self.now.url]

    def command(self, name: str) -> None:
        # Keys that Playwright presses go to the page, never to the browser's own shortcuts.
        self.worker.evaluate("name => chrome.commands.onCommand.dispatch(name)", name)

    def choose_menu(self, selected: str) -> None:
        """The entry of the context menu, for selected text."""
        self.worker.evaluate(
            """selectionText => chrome.tabs.query({active: true, lastFocusedWindow: true}).then(([tab]) =>
              chrome.contextMenus.onClicked.dispatch({menuItemId: "check-selection", selectionText}, tab))""",
            selected,
        )

    def stop_background(self) -> None:
        """What the browser does to an idle service worker."""
        target = next(t for t in self.devtools.send("Target.getTargets")["targetInfos"] if t["type"] == "service_worker")
        self.devtools.send("Target.closeTarget", {"targetId": target["targetId"]})

    def page(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self.now.evaluate(expression)

    def own(self, expression: str) -> Any:
        """The value of an expression in a page of the extension's own, in a tab behind the page."""
        if not self.desk:
            self.desk = self.context.new_page()
            self.desk.goto(f"chrome-extension://{self.id}/options.html")
            self.now.bring_to_front()
        return self.desk.evaluate(expression)

    def ui(self, function: str) -> Any:
        """The value of a function of our closed shadow root; None while there is none."""
        devtools = self.context.new_cdp_session(self.now)
        try:
            root = shadow_root(devtools.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"])
            if root is None:
                return None
            handle = devtools.send("DOM.resolveNode", {"backendNodeId": root["backendNodeId"]})["object"]["objectId"]
            call = {"objectId": handle, "functionDeclaration": f"function() {{ return ({function})(this) }}", "returnByValue": True}
            answer = devtools.send("Runtime.callFunctionOn", {**call, "awaitPromise": True})
            assert "exceptionDetails" not in answer, answer
            return answer["result"].get("value")
        finally:
            devtools.detach()

    def names(self) -> list[tuple[str, str]]:
        """Role and name of everything in the accessibility tree."""
        devtools = self.context.new_cdp_session(self.now)
        nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
        devtools.detach()
        return [(node["role"]["value"], node["name"]["value"]) for node in nodes if "role" in node and "name" in node]

    def click(self, x: float, y: float) -> None:
        self.now.mouse.click(x, y)

    def press(self, key: str) -> None:
        self.now.keyboard.press(key)

    def type(self, text: str) -> None:
        self.now.keyboard.type(text)

    def media(self, color_scheme: str | None = None, forced_colors: str | None = None) -> None:
        """What the reader prefers, as the page's media queries see it; None is as it was."""
        self.now.emulate_media(color_scheme=color_scheme or "null", forced_colors=forced_colors or "null")

    def saved(self, start: Callable[[], object]) -> str:
        """The text of the file that `start` downloads."""
        with self.now.expect_download() as download:
            start()
        return Path(download.value.path()).read_text(encoding="utf-8")

    def scheme(self, name: str) -> None:
        """The reader's colours: "light" or "dark"."""
        self.now.emulate_media(color_scheme=name)

    def screenshot(self, path: Path) -> None:
        self.now.screenshot(path=path)

    def close(self) -> None:
        self.context.close()
        users.pop()
        if not users:
            started().stop()
            started.cache_clear()


def shadow_root(node: dict[str, Any]) -> dict[str, Any] | None:
    """The shadow root of our host element in a DevTools DOM tree."""
    if node.get("localName") == "sidelight-ui":
        return node["shadowRoots"][0]
    children = (shadow_root(child) for child in node.get("children", []))
    return next(filter(None, children), None)

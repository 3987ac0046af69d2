"""Firefox ESR, driven over WebDriver BiDi by a client of our own: no geckodriver, nothing to download."""

import base64
import json
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import websocket

from .waiting import until

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
ADDON = "sidelight@sidelight.invalid"
UUID = "51de1194-0000-4000-8000-000000000000"
PREFERENCES = {
    "extensions.webextensions.uuids": json.dumps({ADDON: UUID}),
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "ui.prefersReducedMotion": 1,
    # Permissions that the extension asks for are granted without a question, which a headless browser shows to nobody.
    "extensions.webextOptionalPermissionPrompts": False,
}
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Shift": "\ue008"}
FRONT_WINDOW = 'Services.wm.getMostRecentWindow("navigator:browser")'
TOOLBAR_CLICK = """(async () => {
  const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
  const { extension } = WebExtensionPolicy.getByID("%s");
  await ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(%s);
})()"""

ACCESSIBLE = """(() => {
  const service = Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService);
  const all = (node) => {
    const found = [[service.getStringRole(node.role), node.name]];
    for (let child = node.firstChild; child; child = child.nextSibling) found.push(...all(child));
    return found;
  };
  const page = service.getAccessibleFor(%s.gBrowser.selectedBrowser);
  return JSON.stringify(page ? all(page) : []);
})()"""
ROLES = {"pushbutton": "button"}


class Session:
    """One BiDi session: `call` sends a command and waits for its answer; console errors gather in `errors`."""

    def __init__(self, url: str) -> None:
        self.socket = websocket.create_connection(f"{url}/session", suppress_origin=True, timeout=60)
        self.last = 0
        self.errors: list[str] = []
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])

    def call(self, method: str, **params: Any) -> Any:
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.errors.append(message["params"]["text"])
            if message.get("id") == self.last:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]

    def evaluate(self, context: str, expression: str, **more: Any) -> Any:
        """The remote value of a JavaScript expression; a promise is waited for."""
        return self.value(self.call("script.evaluate", expression=expression, target={"context": context}, awaitPromise=True, **more))

    @staticmethod
    def value(result: Any) -> Any:
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return result["result"]


class Firefox:
    """A headless Firefox with the extension installed; what the tests need of a browser, in the words that Chromium shares."""

    name = "firefox"

    def __init__(self, extension: Path, profile: Path, **preferences: Any) -> None:
        profile.mkdir()
        self.downloads = profile / "downloads"
        saving = {"browser.download.folderList": 2, "browser.download.dir": str(self.downloads)}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in {**PREFERENCES, **saving, **preferences}.items()]
        (profile / "user.js").write_text("".join(lines))
        command = ["firefox-esr", "--headless", "--no-remote", "--width=1280", "--height=900", "--profile", str(profile)]
        # System access: for the extension's own pages, and for the real toolbar button, which lives in the browser's window.
        flags = ["--remote-debugging-port", "0", "--remote-allow-system-access"]
        self.process = subprocess.Popen([*command, *flags], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        assert self.process.stderr
        found = next(match for line in self.process.stderr if (match := LISTENING.search(line)))
        self.drain = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.drain.start()
        self.session = Session(found[1])
        self.session.call("webExtension.install", extensionData={"type": "path", "path": str(extension)})
        self.window = self.session.call("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"][0]["context"]
        # The welcome page comes in front of whatever was opened before it.
        until(lambda: any(tab["url"].endswith("/welcome.html") for tab in self.session.call("browsingContext.getTree")["contexts"]))
        self.tab = self.desk = ""

    @property
    def errors(self) -> list[str]:
        return self.session.errors

    def open(self, url: str) -> None:
        if self.tab:
            self.session.call("browsingContext.close", context=self.tab)
        self.tab = self.session.call("browsingContext.create", type="tab")["context"]
        self.session.call("browsingContext.navigate", context=self.tab, url=url, wait="complete")
        self.session.call("browsingContext.activate", context=self.tab)
        self.errors.clear()

    def open_own(self, page: str) -> None:
        """One of the extension's own pages."""
        self.open(f"moz-extension://{UUID}/{page}")

    def toolbar(self) -> None:
        self.session.evaluate(self.window, TOOLBAR_CLICK % (ADDON, FRONT_WINDOW))

    def command(self, name: str) -> None:
        self.session.evaluate(self.window, f"WebExtensionPolicy.getByID('{ADDON}').extension.shortcuts.onCommand('{name}')")

    def choose_menu(self, selected: str) -> None:
        """The entry of the context menu, for selected text."""
        info = json.dumps({"menuItemId": "check-selection", "selectionText": selected})
        extension = f"WebExtensionPolicy.getByID('{ADDON}').extension"
        self.session.evaluate(self.window, f"{extension}.emit('webext-menu-menuitem-click', {info}, {FRONT_WINDOW}.gBrowser.selectedTab)")

    def stop_background(self) -> None:
        """What the browser does to an idle background page."""
        self.session.evaluate(self.window, f"WebExtensionPolicy.getByID('{ADDON}').extension.terminateBackground()")

    def page(self, expression: str) -> Any:
        """The value of an expression in the page, through JSON."""
        return self.value_in(self.tab, expression)

    def value_in(self, context: str, expression: str) -> Any:
        found = self.session.evaluate(context, f"Promise.resolve({expression}).then(JSON.stringify)")
        return json.loads(found.get("value", "null"))

    def own(self, expression: str) -> Any:
        """The value of an expression in a page of the extension's own, in a tab behind the page."""
        if not self.desk:
            self.desk = self.session.call("browsingContext.create", type="tab", background=True)["context"]
            self.session.call("browsingContext.navigate", context=self.desk, url=f"moz-extension://{UUID}/options.html", wait="complete")
        return self.value_in(self.desk, expression)

    def ui(self, function: str) -> Any:
        """The value of a function of our closed shadow root, through JSON; None while there is none."""
        options = {"includeShadowTree": "all", "maxDomDepth": 0}
        host = self.session.evaluate(self.tab, "document.querySelector('sidelight-ui')", serializationOptions=options)
        if host["type"] == "null":
            return None
        root = {"sharedId": host["value"]["shadowRoot"]["sharedId"]}
        call = {"functionDeclaration": f"root => JSON.stringify(({function})(root))", "arguments": [root], "target": {"context": self.tab}}
        return json.loads(Session.value(self.session.call("script.callFunction", awaitPromise=True, **call)).get("value", "null"))

    def names(self) -> list[tuple[str, str]]:
        """Role and name of everything in the accessibility tree, once there is one: the first call starts it."""
        tree = json.loads(self.session.evaluate(self.window, ACCESSIBLE % FRONT_WINDOW)["value"])
        return [(ROLES.get(role, role), name or "") for role, name in tree]

    def click(self, x: float, y: float) -> None:
        move = {"type": "pointerMove", "x": round(x), "y": round(y)}
        actions = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.perform({"type": "pointer", "id": "mouse", "actions": actions})

    def press(self, key: str) -> None:
        names = [KEYS.get(part, part) for part in key.split("+")]
        downs = [{"type": "keyDown", "value": name} for name in names]
        self.perform({"type": "key", "id": "keys", "actions": [*downs, *({"type": "keyUp", "value": name} for name in reversed(names))]})

    def perform(self, action: dict[str, Any]) -> None:
        self.session.call("input.performActions", context=self.tab, actions=[action])

    def type(self, text: str) -> None:
        for character in text:
            self.press(character)

    def media(self, color_scheme: str | None = None, forced_colors: str | None = None) -> None:
        """What the reader prefers, as the page's media queries see it; None is as it was."""
        context = f"{FRONT_WINDOW}.gBrowser.selectedBrowser.browsingContext"
        overrides = {"prefersColorSchemeOverride": color_scheme, "forcedColorsOverride": forced_colors}
        for name, value in overrides.items():
            self.session.evaluate(self.window, f"void ({context}.{name} = {json.dumps(value or 'none')})")

    def saved(self, start: Callable[[], object]) -> str:
        """The text of the file that `start` downloads."""
        before = set(self.downloads.glob("*.json"))
        start()
        # Firefox writes to another name first.
        file = until(lambda: next((file for file in {*self.downloads.glob("*.json")} - before if file.stat().st_size), None))
        return file.read_text(encoding="utf-8")

    def scheme(self, name: str) -> None:
        """The reader's colours: "light" or "dark"."""
        value = {"dark": 0, "light": 1}[name]
        self.session.evaluate(self.window, f"Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', {value})")

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.session.call("browsingContext.captureScreenshot", context=self.tab)["data"]))

    def close(self) -> None:
        self.session.socket.close()
        self.process.terminate()
        self.process.wait(20)
        self.drain.join(5)
        assert self.process.stderr
        self.process.stderr.close()

"""The list beside the page, where each browser really shows it: Chromium's side panel, Firefox's sidebar."""

import json
from typing import Any

from .chromium import Chromium
from .firefox import ADDON, FRONT_WINDOW, Firefox
from .waiting import until

# Key codes that Chromium wants with the names of keys.
CODES = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Home": 36}
SIDEBAR = f"{ADDON.replace('@', '_').replace('.', '_')}-sidebar-action"
FRAME = f"{FRONT_WINDOW}.document.getElementById('sidebar').contentDocument.getElementById('webext-panels-browser')"
# Firefox's remote protocol has no words for its sidebar: a frame script looks into it.
IN_FRAME = """(() => { const { messageManager } = %s;
  const answer = new Promise((resolve) => messageManager.addMessageListener("answered", function heard({ data }) {
    messageManager.removeMessageListener("answered", heard);
    resolve(data);
  }));
  messageManager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(%s), false);
  return answer })()"""
VALUE = """(async () => { const box = new Components.utils.Sandbox(content, { sandboxPrototype: content, wantXrays: false });
  let value;
  try { value = await Components.utils.evalInSandbox(%s, box) } catch (error) { value = { failed: String(error) } }
  sendAsyncMessage("answered", JSON.stringify(value) ?? "null") })()"""
PRESS = """(() => { const typist = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
  typist.beginInputTransactionForTests(content);
  const key = new content.KeyboardEvent("", { key: %s, code: %s, keyCode: %s });
  typist.keydown(key);
  typist.keyup(key);
  sendAsyncMessage("answered", "null") })()"""


class SidePanel:
    """Chromium's side panel: a target that Playwright does not show, spoken to over DevTools."""

    schemes = ("dark", "light")

    def __init__(self, browser: Chromium) -> None:
        self.browser = browser
        browser.own("chrome.windows.getCurrent().then(({id}) => chrome.sidePanel.open({windowId: id}))")
        self.target = until(self.find)
        self.session = browser.devtools.send("Target.attachToTarget", {"targetId": self.target, "flatten": False})["sessionId"]
        self.answers: dict[int, Any] = {}
        browser.devtools.on("Target.receivedMessageFromTarget", self.heard)
        self.last = 0

    def find(self) -> str | None:
        targets = self.browser.devtools.send("Target.getTargets")["targetInfos"]
        return next((target["targetId"] for target in targets if target["url"].endswith("/sidepanel.html")), None)

    def heard(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        self.answers[message.get("id")] = message

    def call(self, method: str, **params: Any) -> Any:
        self.last += 1
        message = json.dumps({"id": self.last, "method": method, "params": params})
        self.browser.devtools.send("Target.sendMessageToTarget", {"sessionId": self.session, "message": message})
        while self.last not in self.answers:
            self.browser.now.wait_for_timeout(20)
        return self.answers.pop(self.last)["result"]

    def page(self, expression: str) -> Any:
        """The value of an expression in the list."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        names = {"key": key, "code": key, "windowsVirtualKeyCode": CODES[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", text="\r" if key == "Enter" else "", **names)
        self.call("Input.dispatchKeyEvent", type="keyUp", **names)

    def scheme(self, name: str) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def close(self) -> None:
        self.browser.devtools.send("Target.closeTarget", {"targetId": self.target})
        until(lambda: self.find() is None)


class Sidebar:
    """Firefox's sidebar, which has the colours of the browser's own theme."""

    schemes = ("light",)

    def __init__(self, browser: Firefox) -> None:
        self.browser = browser
        self.chrome(f"{FRONT_WINDOW}.SidebarController.show('{SIDEBAR}').then(() => 'shown')")
        until(lambda: self.chrome(f"{FRAME}?.currentURI.spec.endsWith('/sidepanel.html') && 'there'"))
        # As by a reader's click: Enter presses a button only where the focus is.
        self.chrome(f"({FRAME}.focus(), 'focused')")

    def chrome(self, expression: str) -> Any:
        return self.browser.session.evaluate(self.browser.window, expression).get("value")

    def frame(self, script: str) -> Any:
        return json.loads(self.chrome(IN_FRAME % (FRAME, json.dumps(script))))

    def page(self, expression: str) -> Any:
        """The value of an expression in the list."""
        value = self.frame(VALUE % json.dumps(expression))
        assert not (isinstance(value, dict) and "failed" in value), value
        return value

    def press(self, key: str) -> None:
        self.frame(PRESS % (json.dumps(key), json.dumps(key), CODES[key]))

    def scheme(self, name: str) -> None:
        assert name in self.schemes

    def close(self) -> None:
        self.chrome(f"{FRONT_WINDOW}.SidebarController.hide()")


def open_list(browser: Chromium | Firefox) -> SidePanel | Sidebar:
    """The list, shown beside the page in front."""
    return SidePanel(browser) if isinstance(browser, Chromium) else Sidebar(browser)

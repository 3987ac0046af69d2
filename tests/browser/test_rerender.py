"""A page that real React renders, again and again: our highlights follow, and React never meets a node that is not as it left it.

React comes from the Swagger UI bundle on PyPI, which hands its own React to plugins: the page's only layout is a plugin of ours.
"""

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import swagger_ui_bundle

from .conftest import SITE
from .pages import NMDA, html
from .probe import MUTATIONS
from .serving import serving
from .test_extension import PAINTED, read
from .waiting import until

BUNDLE = Path(swagger_ui_bundle.swagger_ui_path) / "swagger-ui-bundle.js"
MEMORY = "Ketamine infusions erase patients' memories."
BLADDER = "Ketamine abuse can permanently damage the bladder."
APP = """<div id=app></div><script src="/react.js"></script><script>
const plugin = ({ React: { Component, createElement } }) => ({ components: { List: class extends Component {
  constructor(props) {
    super(props);
    window.app = this;
    this.state = { items: %s.map((text, id) => ({ id, text })) };
  }
  componentDidCatch(error) { window.caught = error }
  render() {
    const words = (text) => [text.slice(0, 8), createElement("b", { key: "rest" }, text.slice(8))];
    const row = ({ id, text }) => createElement("li", { key: id }, "Item ", String(id), ". ", words(text));
    return createElement("ul", null, this.state.items.map(row));
  } } } });
SwaggerUIBundle({ dom_id: "#app", spec: {}, layout: "List", plugins: [plugin] });
</script>"""
# What a page does to a list: each is the new items, made of the old ones.
RENDERS = {
    "another order": "items.toReversed()",
    "one more in front": "[{ id: 100, text: 'Nobody knew of this one.' }, ...items]",
    "new nodes for all": "items.map(({ id, text }) => ({ id: id + 1000, text }))",
    "one less": "items.slice(1)",
    "another text in the same node": "items.map((item, n) => n ? item : { ...item, text: 'Boats leave for the islands at noon.' })",
    "and back": f"items.map((item, n) => n ? item : {{ ...item, text: {NMDA!r} }})",
}  # fmt: skip
SHOWN = "[...document.querySelectorAll('li')].map((row) => row.textContent)"
STATE = "app.state.items.map(({ id, text }) => `Item ${id}. ${text}`)"


class App(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_code = self.path == "/react.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_code else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(BUNDLE.read_bytes() if is_code else html(APP % [NMDA, MEMORY, BLADDER]).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address():
    with serving(App) as port:
        yield f"http://{SITE}:{port}"


def standing(browser) -> list[str]:
    """The sentences that are painted, whatever their colour; a range whose node is gone has no text."""
    return sorted(text for texts in browser.page(PAINTED).values() for text in texts if text)


def test_highlights_follow_what_react_renders_anew(browser, service, address):
    read(browser, address)
    everything = standing(browser)
    assert NMDA in everything
    for name, items in RENDERS.items():
        texts = browser.page(
            f"(({{ items }}) => app.setState({{ items: {items} }}))(app.state) ?? app.state.items.map(({{ text }}) => text)"
        )
        wanted = sorted(a["text"] for a in service.annotate([f"Item 1. {text}" for text in texts])["annotations"])
        browser.page(MUTATIONS)
        until(lambda wanted=wanted: standing(browser) == wanted, 30)
        assert browser.page("mutations") == 0, name
        assert browser.page(SHOWN) == browser.page(STATE), name
        assert browser.page("document.querySelector('#app').textContent") == "".join(browser.page(STATE)), name
    assert browser.page("'caught' in window") is False
    assert browser.errors == []

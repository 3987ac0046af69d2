"""axe-core, run in a page of ours, and within our closed shadow root in any page."""

from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """axe.run(%s, {resultTypes: ["violations"]}).then(({violations, passes}) => [passes.length, violations
  .filter(({impact}) => ["serious", "critical"].includes(impact)).flatMap(({id, nodes}) => nodes.map(({html}) => [id, html]))])"""
# axe-core asks an element for its shadow root; a closed one is not told, so the test tells it.
TELL = "(root) => Object.defineProperty(root.host, 'shadowRoot', {value: root, configurable: true}) === root.host"


def serious_problems(browser, schemes=("dark", "light"), within="document") -> list[list[str]]:
    """(rule, element) of everything that axe-core finds serious or worse in the page as it is now, in each of the colour schemes."""
    browser.page(f"(() => {{ {AXE}; return true }})()")
    found = []
    for scheme in schemes:
        browser.scheme(scheme)
        assert browser.page(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        passed, problems = browser.page(RUN % within)
        assert passed > 5, "axe-core found next to nothing to look at"
        found += problems
    return found


def serious_problems_in_ui(browser) -> list[list[str]]:
    """The same of our own interface in a page: panel and card."""
    assert browser.ui(TELL)
    return serious_problems(browser, within="document.querySelector('sidelight-ui')")

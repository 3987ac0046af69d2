"""axe-core, run in a page of ours."""

from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations
  .filter(({impact}) => ["serious", "critical"].includes(impact)).flatMap(({id, nodes}) => nodes.map(({html}) => [id, html])))"""


def serious_problems(browser, schemes=("dark", "light")) -> list[list[str]]:
    """(rule, element) of everything that axe-core finds serious or worse in the page as it is now, in each of the colour schemes."""
    browser.page(f"(() => {{ {AXE}; return true }})()")
    found = []
    for scheme in schemes:
        browser.scheme(scheme)
        assert browser.page(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        found += browser.page(RUN)
    return found

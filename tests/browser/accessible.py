"""axe-core, run in a page of ours."""

from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations
  .filter(({impact}) => ["serious", "critical"].includes(impact)).flatMap(({id, nodes}) => nodes.map(({html}) => [id, html])))"""


def serious_problems(browser) -> list[list[str]]:
    """(rule, element) of everything that axe-core finds serious or worse in the page as it is now."""
    browser.page(f"(() => {{ {AXE}; return true }})()")
    return browser.page(RUN)

"""Takes the pictures of extension/README.md from the real extension over the real service: `python -m tests.browser.screenshots`."""

import base64
import tempfile
from pathlib import Path

from index.__main__ import rebuild
from index.store.files import Files

from .beside import SidePanel
from .chromium import Chromium
from .conftest import ROOT, SITE, Pages, Service, set_address
from .pages import NMDA
from .serving import serve
from .test_extension import POINT, read
from .waiting import until

FOLDER = ROOT / "extension" / "screenshots"
PAGE = {"width": 960, "height": 700}
THEMES = ("light", "dark")


def shoot(browser: Chromium, name: str) -> None:
    browser.now.screenshot(path=FOLDER / f"{name}.png")


def own_pages(browser: Chromium, theme: str) -> None:
    for name in ("options", "welcome"):
        browser.open_own(f"{name}.html")
        browser.scheme(theme)
        browser.now.set_viewport_size(PAGE)
        if name == "welcome":
            browser.page("document.querySelector('#show').click()")
            until(lambda: browser.page("CSS.highlights.get('sidelight-contradicted')?.size"))
            browser.page("document.querySelector('#sample').scrollIntoView({block: 'end'})")
        shoot(browser, f"{name}-{theme}")


def page(browser: Chromium, theme: str) -> None:
    browser.scheme(theme)
    browser.page("scrollTo(0, 0)")
    browser.click(*browser.page(POINT % NMDA))
    until(lambda: browser.ui("(root) => root.querySelector('.card') !== null"))
    shoot(browser, f"card-{theme}")
    browser.press("Escape")
    browser.ui("(root) => root.querySelector('[aria-controls=findings]').click()")
    shoot(browser, f"panel-{theme}")
    browser.ui("(root) => root.querySelector('[aria-controls=findings]').click()")


def beside(browser: Chromium) -> None:
    shown = SidePanel(browser)
    until(lambda: shown.page("document.querySelectorAll('#findings li').length"))
    shown.page(f"[...document.querySelectorAll('#findings button')].find((row) => row.innerText.includes({NMDA!r})).click()")
    shown.page("scrollTo(0, 0)")
    shown.page("Promise.all(document.getAnimations().map(({finished}) => finished)).then(() => true)")
    for theme in THEMES:
        shown.scheme(theme)
        taken = shown.call("Page.captureScreenshot", format="png")
        (FOLDER / f"list-{theme}.png").write_bytes(base64.b64decode(taken["data"]))
    shown.close()


def forced(browser: Chromium) -> None:
    browser.now.emulate_media(color_scheme="dark", forced_colors="active")
    shoot(browser, "forced-colours")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        rebuild(ROOT / "seeds", Files(folder / "index"))
        service = Service(folder / "index")
        server = serve(Pages)
        site = f"http://{SITE}:{server.server_port}"
        browser = Chromium(ROOT / "extension", folder / "profile", f"--host-resolver-rules=MAP {SITE} 127.0.0.1")
        try:
            set_address(browser, service.address)
            for theme in THEMES:
                own_pages(browser, theme)
            read(browser, f"{site}/article")
            browser.now.set_viewport_size(PAGE)
            for theme in THEMES:
                page(browser, theme)
            beside(browser)
            forced(browser)
        finally:
            browser.close()
            server.shutdown()
            service.stop()


if __name__ == "__main__":
    main()

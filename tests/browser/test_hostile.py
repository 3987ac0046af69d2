"""A service that asks for its token, over an index made from a hostile document: its markup is shown as text and nothing of it runs."""

import urllib.error
import urllib.request

import pytest

from api import bearer
from index.__main__ import rebuild
from index.store.files import Files

from .conftest import Service
from .pages import NMDA
from .test_extension import CARD, PAINTED, POINT, STATUS
from .test_page import check
from .waiting import until

OWNED = "document.title = 'owned'"
TITLE = f'<img src=x onerror="{OWNED}">Title'
PUBLISHER = f"<script>{OWNED}</script>House"
TEXT = f'In the brain, the drug ketamine blocks <img src=x onerror="{OWNED}"> the receptors for NMDA.'
PROBLEM = "(root) => root.querySelector('.problem')?.innerText ?? ''"


class Guarded(Service):
    """The service with a token, which the test gives the browser."""

    def __init__(self, index, token):
        self.token = token
        super().__init__(index)

    def is_ready(self):
        request = urllib.request.Request(f"{self.address}/readyz", headers={"Authorization": f"Bearer {self.token}"})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            error.close()
            return False

    def annotate(self, texts):
        """Asked by the browser alone."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "hostile.txt").write_text(TEXT, encoding="utf-8")
    (folder / "seeds" / "sources.toml").write_text(
        f"[[source]]\nid = 'hostile'\nfile = 'hostile.txt'\ntitle = '''{TITLE}'''\n"
        f"kind = 'journal_article'\npublisher = '''{PUBLISHER}'''\n"
        "language = 'en'\nkind_reason = 'Written for a test.'\n",
        encoding="utf-8",
    )
    rebuild(folder / "seeds", Files(folder / "index"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SIDELIGHT_TOKEN_FILE", str(folder / "token"))
        running = Guarded(folder / "index", bearer.new(folder / "token"))
    yield running
    running.stop()


def test_evidence_is_text_whatever_it_holds(opened, hostile):
    opened.open("about:blank")
    opened.open(f"{hostile.address}/#token={hostile.token}")
    until(lambda: opened.page("'ready' in document.documentElement.dataset"))
    assert opened.page("location.href") == f"{hostile.address}/"
    check(opened, NMDA)
    until(lambda: "1 with evidence here" in (opened.ui(STATUS) or ""))
    assert opened.page(PAINTED)["supported"] == [NMDA]
    opened.click(*opened.page(POINT % NMDA))
    card = until(lambda: opened.ui(CARD))
    assert TEXT in card
    assert TITLE in card
    assert PUBLISHER in card
    assert opened.ui("(root) => root.querySelectorAll('script, .card img').length") == 0
    assert opened.page("document.title") == "Sidelight"


def test_the_page_says_that_a_token_is_wanted(opened, hostile):
    opened.open("about:blank")
    opened.open(hostile.address)
    until(lambda: opened.page("'ready' in document.documentElement.dataset"))
    check(opened, NMDA)
    assert "wants another token" in until(lambda: opened.ui(PROBLEM))

"""The extension as a reader meets it: the toolbar button, the highlights, the card, the panel."""

from urllib.parse import urlsplit

import pytest

from .conftest import SITE, set_address
from .pages import ARTICLE, EMOJI, NMDA, STRICT, texts
from .waiting import until

PAINTED = """Object.fromEntries(["contradicted", "disputed", "supported"].map((verdict) =>
  [verdict, [...CSS.highlights.get("sidelight-" + verdict) ?? []].map((range) => range.toString().replace(/\\s+/g, " ")).sort()]))"""
POINT = """(() => { const ranges = [...CSS.highlights.get("sidelight-supported")];
  const {left, top, height} = ranges.find((range) => range.toString() === %r).getClientRects()[0];
  return [left + 12, top + height / 2] })()"""
STATUS = "(root) => root.querySelector('[role=status]').textContent"
CARD = "(root) => root.querySelector('.card')?.innerText ?? ''"
FOCUS = "(root) => root.activeElement && [root.activeElement.className, root.activeElement.innerText]"


def read(browser, url):
    """Open a page, click the toolbar button, wait until the panel has its coverage line."""
    browser.open(url)
    browser.toolbar()
    until(lambda: "claim" in (browser.ui(STATUS) or ""))


def expected(answer):
    """Verdict -> sentences, as the service annotated them."""
    return {v: sorted(a["text"] for a in answer["annotations"] if a["verdict"] == v) for v in ("contradicted", "disputed", "supported")}


def evidence_for(answer, text):
    return next(a for a in answer["annotations"] if a["text"] == text)["evidence"]


def test_the_right_words_are_highlighted_and_nothing_else_is_read(browser, service, site):
    answer = service.annotate(texts(ARTICLE))
    read(browser, f"{site}/article")
    assert browser.page(PAINTED) == expected(answer)
    assert NMDA in expected(answer)["supported"]
    # Had the navigation, the form or any other copy of the sentence been sent, there would be more claims than these.
    assert browser.ui(STATUS).startswith(f"{answer['coverage']['claims']} claims, {answer['coverage']['with_evidence']} with evidence here")
    assert browser.errors == []


def test_emoji_and_combining_marks_before_a_claim_do_not_shift_it(browser, service, site):
    answer = service.annotate(texts(EMOJI))
    read(browser, f"{site}/emoji")
    assert browser.page(PAINTED) == expected(answer)
    assert NMDA in browser.page(PAINTED)["supported"]


def test_click_opens_the_card_and_escape_gives_the_focus_back(browser, service, site):
    best = evidence_for(service.annotate(texts(ARTICLE)), NMDA)[0]
    read(browser, f"{site}/article")
    browser.click(*browser.page(POINT % NMDA))
    card = until(lambda: browser.ui(CARD))
    assert "Evidence here supports this" in card
    assert "Supports the sentence" in card
    assert best["text"] in card
    assert best["source"]["title"] in card
    assert best["source"]["publisher"] in card
    if best["source"]["commercial_interest"]:
        assert best["source"]["commercial_interest"] in card
    assert browser.ui(FOCUS)[0] == "card supported"
    browser.press("Escape")
    assert browser.ui(CARD) == ""
    assert browser.page("document.activeElement.localName") == "body"


def test_the_card_leaves_its_whole_sentence_in_view(browser, site):
    read(browser, f"{site}/strict")
    browser.page("void (document.querySelector('p').style.width = '180px')")
    browser.click(*browser.page(POINT % NMDA))
    card = until(lambda: browser.ui("(root) => root.querySelector('.card')?.getBoundingClientRect().toJSON()"))
    lines = browser.page("[...[...CSS.highlights.get('sidelight-supported')][0].getClientRects()].map((line) => [line.top, line.bottom])")
    assert len({top for top, _ in lines}) > 1
    assert all(bottom <= card["top"] or top >= card["bottom"] for top, bottom in lines)


def test_a_click_beside_the_card_closes_it(browser, site):
    read(browser, f"{site}/strict")
    browser.click(*browser.page(POINT % NMDA))
    until(lambda: browser.ui(CARD))
    browser.click(5, 5)
    assert browser.ui(CARD) == ""


def go(browser, command, text):
    """Give a shortcut's command and wait until the focus is on the finding with this text."""
    browser.ui("(root) => { root.activeElement?.blur(); return true }")
    browser.command(command)
    until(lambda: text in (browser.ui(FOCUS) or ("", ""))[1])


def test_keyboard_alone_reaches_a_card_and_comes_back(browser, service, site):
    annotations = service.annotate(texts(ARTICLE))["annotations"]
    read(browser, f"{site}/article")
    for annotation in [*annotations, annotations[0]]:
        go(browser, "next-finding", annotation["text"])
    go(browser, "previous-finding", annotations[-1]["text"])
    button = browser.ui(FOCUS)
    browser.press("Enter")
    assert until(lambda: browser.ui(FOCUS)[0].startswith("card"))
    assert annotations[-1]["evidence"][0]["text"] in browser.ui(CARD)
    browser.press("Escape")
    assert browser.ui(CARD) == ""
    assert browser.ui(FOCUS) == button


def tab_on(browser):
    """The name of what the next press of Tab reaches in our interface."""
    browser.press("Tab")
    return browser.ui("({activeElement}) => activeElement && (activeElement.ariaLabel ?? activeElement.innerText)")


def test_keyboard_alone_from_the_page_through_a_card_and_back_to_the_page(browser, site):
    browser.open(f"{site}/link")
    browser.press("Tab")
    assert browser.page("document.activeElement.localName") == "a"
    browser.toolbar()
    until(lambda: "claim" in (browser.ui(STATUS) or ""))
    browser.command("next-finding")
    button = until(lambda: browser.ui(FOCUS))
    browser.press("Enter")
    until(lambda: browser.ui(FOCUS)[0].startswith("card"))
    assert tab_on(browser) == "Close this card"
    names = []
    while (name := tab_on(browser)) != "Save a report":
        names.append(name)
        assert len(names) < 12, names
    assert names[-1] == "Dismiss this one"
    browser.press("Escape")
    assert browser.ui(FOCUS) == button
    for _ in range(3):
        if browser.ui("(root) => root.activeElement.ariaLabel") == "Clear Sidelight from this page":
            break
        browser.press("Shift+Tab")
    browser.press("Enter")
    until(lambda: browser.ui(STATUS) is None)
    assert browser.page("document.activeElement.localName") == "a"


def test_the_panel_is_reached_with_the_tab_key(browser, site):
    read(browser, f"{site}/strict")
    reached = []
    for _ in range(4):
        browser.press("Tab")
        reached.append((browser.ui(FOCUS) or ("", ""))[1])
    assert any("Findings" in name for name in reached), reached


def test_a_second_click_clears_everything(browser, site):
    read(browser, f"{site}/strict")
    browser.click(*browser.page(POINT % NMDA))
    until(lambda: browser.ui(CARD))
    browser.toolbar()
    until(lambda: browser.page("CSS.highlights.size") == 0)
    assert browser.ui(STATUS) is None
    browser.toolbar()
    until(lambda: NMDA in browser.page(PAINTED)["supported"])


def test_the_page_itself_is_never_written(browser, site):
    """All changes that the page can see are our one host element coming and going."""
    browser.open(f"{site}/article")
    browser.page("""(() => { window.changes = [];
      window.before = document.documentElement.outerHTML;
      const isOurs = (node) => node.localName === "sidelight-ui";
      new MutationObserver((records) => changes.push(...records.filter((record) =>
        record.type !== "childList" || ![...record.addedNodes, ...record.removedNodes].every(isOurs)).map((record) => record.type)))
        .observe(document, {subtree: true, childList: true, attributes: true, characterData: true}) })()""")
    browser.toolbar()
    until(lambda: NMDA in browser.page(PAINTED)["supported"])
    browser.click(*browser.page(POINT % NMDA))
    until(lambda: browser.ui(CARD))
    assert browser.page("""(() => { const copy = document.documentElement.cloneNode(true);
      copy.querySelector("sidelight-ui").remove();
      return copy.outerHTML === before })()""")
    assert browser.page("[...document.documentElement.children].map((child) => child.localName)") == ["head", "body", "sidelight-ui"]
    browser.press("Escape")
    browser.command("next-finding")
    browser.toolbar()
    until(lambda: browser.page("CSS.highlights.size") == 0)
    assert browser.page("changes") == []
    assert browser.page("document.documentElement.outerHTML === before")


def test_a_strict_policy_of_the_page_does_not_stop_it(browser, service, site):
    read(browser, f"{site}/strict")
    assert browser.page(PAINTED) == expected(service.annotate(texts(STRICT)))
    painted = "getComputedStyle(document.querySelector('p'), '::highlight(sidelight-supported)').textDecorationStyle"
    assert browser.page(painted) == "solid"
    browser.click(*browser.page(POINT % NMDA))
    until(lambda: browser.ui(CARD))
    assert browser.ui("(root) => getComputedStyle(root.querySelector('.card')).position") == "absolute"
    assert [error for error in browser.errors if "favicon" not in error] == []


def test_text_in_a_shadow_root_is_read_and_answers_to_a_click(browser, service, site):
    read(browser, f"{site}/shadow")
    assert browser.page(PAINTED) == expected(service.annotate(texts(STRICT)))
    browser.click(*browser.page(POINT % NMDA))
    assert "supports" in until(lambda: browser.ui(CARD))


def test_a_link_inside_a_claim_stays_a_link(browser, site):
    read(browser, f"{site}/link")
    browser.command("next-finding")
    until(lambda: browser.page("scrollY") > 1000)
    browser.click(*browser.page(POINT % NMDA))
    until(lambda: browser.page("location.hash") == "#there")
    assert browser.ui(CARD) == ""


def test_a_page_without_text_says_so(browser, site):
    browser.open(f"{site}/blank")
    browser.toolbar()
    assert "no text to read" in until(lambda: browser.ui("(root) => root.querySelector('.problem')?.innerText"))


def test_highlights_come_back_when_the_page_draws_itself_anew(browser, site):
    read(browser, f"{site}/article")
    browser.page("""(() => { const [heading, ...others] = document.body.children;
      others[0].innerHTML = others[0].innerHTML;
      others[2].remove();
      heading.after(Object.assign(document.createElement("p"), {textContent: "New here. " + others[0].textContent})) })()""")
    until(lambda: browser.page(PAINTED)["supported"].count(NMDA) == 2)


def test_panel_and_card_have_names_for_assistive_technology(browser, site):
    read(browser, f"{site}/strict")
    browser.command("next-finding")
    until(lambda: browser.ui(FOCUS))
    browser.press("Enter")
    until(lambda: browser.ui(CARD))
    expected_names = {
        ("region", "Sidelight: evidence for this page"),
        ("button", "Clear Sidelight from this page"),
        ("button", f"Supported: {NMDA}"),
        ("dialog", "Evidence here supports this"),
        ("button", "Close this card"),
    }
    until(lambda: not expected_names - set(browser.names()))


@pytest.fixture
def closed_address(service):
    """An address on this machine where nothing listens."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_service_that_is_down_is_named_with_what_to_do(browser, service, site, closed_address):
    assert "not running" in set_address(browser, closed_address)
    browser.open(f"{site}/article")
    browser.toolbar()
    problem = until(lambda: browser.ui("(root) => root.querySelector('.problem')?.innerText"))
    assert "Sidelight's service is not running" in problem
    assert closed_address in problem
    assert "make serve" in problem
    assert browser.page(PAINTED) == {"contradicted": [], "disputed": [], "supported": []}
    assert "answers and is ready" in set_address(browser, service.address)


def test_something_else_on_the_port_is_not_taken_for_the_service(browser, service, site):
    assert "Something else answers there" in set_address(browser, f"http://127.0.0.1:{urlsplit(site).port}")
    assert "on this machine" in set_address(browser, f"http://{SITE}:8747")
    assert "answers and is ready" in set_address(browser, service.address)

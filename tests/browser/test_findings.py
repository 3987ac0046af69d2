"""What is shown of what was found: by settings, after a dismissal, in the list beside the page, on the button, in the dark."""

import hashlib
import json

import pytest

from .conftest import settings
from .pages import ARTICLE, NMDA, texts
from .test_extension import CARD, FOCUS, PAINTED, POINT, STATUS, evidence_for, expected, read
from .waiting import until

TAB = "browser.tabs.query({active: true, lastFocusedWindow: true}).then(([tab]) => %s)"
PRESS = "(root) => [...root.querySelectorAll('.card .actions button')].find((one) => one.innerText === '%s').click()"
UNDO = "(root) => root.querySelector('.undo button')?.innerText"


def ask(browser, **message):
    """What the page answers to a message of the list beside it."""
    return browser.own(TAB % f"browser.tabs.sendMessage(tab.id, {json.dumps(message)})")


def badge(browser):
    return browser.own(TAB % "browser.action.getBadgeText({tabId: tab.id})")


@pytest.fixture
def article(browser, site):
    """The article, read with nothing set but the service; what a test sets is forgotten after it."""
    read(browser, f"{site}/article")
    address = browser.own("browser.storage.local.get('address')")
    yield browser
    browser.own("browser.storage.local.clear()")
    settings(browser, **address)


def test_settings_apply_to_an_open_page_at_once(article, service):
    everything = expected(service.annotate(texts(ARTICLE)))
    settings(article, verdicts=["contradicted", "disputed"])
    until(lambda: article.page(PAINTED) == {**everything, "supported": []})
    settings(article, verdicts=["supported"], minConfidence=1)
    until(lambda: article.page(PAINTED) == {"contradicted": [], "disputed": [], "supported": []})
    settings(article, verdicts=["supported", "disputed", "contradicted"], minConfidence=0)
    until(lambda: article.page(PAINTED) == everything)
    settings(article, highlights=False)
    until(lambda: article.page(PAINTED) == {"contradicted": [], "disputed": [], "supported": []})
    assert len(ask(article, type="findings")["findings"]) == sum(map(len, everything.values()))


def test_a_verdict_does_not_outlive_the_evidence_it_stands_on(article, service):
    answer = service.annotate(texts(ARTICLE))
    kinds = {evidence["source"]["kind"] for annotation in answer["annotations"] for evidence in annotation["evidence"]}
    settings(article, hiddenKinds=sorted(kinds))
    until(lambda: article.page(PAINTED) == {"contradicted": [], "disputed": [], "supported": []})
    shown = evidence_for(answer, NMDA)[0]["source"]["kind"]
    settings(article, hiddenKinds=sorted(kinds - {shown}))
    until(lambda: NMDA in article.page(PAINTED)["supported"])
    for finding in ask(article, type="findings")["findings"]:
        assert {evidence["source"]["kind"] for evidence in finding["evidence"]} == {shown}


def test_a_dismissed_claim_is_gone_until_undone_and_only_its_hash_is_kept(article):
    article.click(*article.page(POINT % NMDA))
    until(lambda: article.ui(CARD))
    article.ui(PRESS % "Dismiss this one")
    until(lambda: NMDA not in article.page(PAINTED)["supported"])
    words = "ketamine blocks the brain s nmda receptors"
    stored = article.own("browser.storage.local.get()")
    assert list(stored["dismissed"]) == [hashlib.sha256(words.encode()).hexdigest()]
    assert "etamine" not in json.dumps(stored)
    assert until(lambda: article.ui(UNDO)) == "Undo"
    assert article.ui(FOCUS)[1] == "Undo"
    assert ask(article, type="findings")["dismissed"] == 1
    article.press("Enter")
    until(lambda: NMDA in article.page(PAINTED)["supported"])
    assert article.own("browser.storage.local.get('dismissed')") == {"dismissed": {}}


def test_the_card_says_how_often_such_calls_were_right(article, service):
    measured = service.annotate(texts(ARTICLE))["models"]["evaluation"]["supports"]
    article.click(*article.page(POINT % NMDA))
    until(lambda: article.ui(CARD))
    assert f"{measured['right']} of {measured['of']} such calls were right" in article.ui("(root) => root.querySelector('.card').innerText")


def test_a_list_beside_the_page_is_told_everything_and_leads_to_the_sentence(article, service):
    answer = service.annotate(texts(ARTICLE))
    told = ask(article, type="findings")
    assert told["on"]
    assert not told["busy"]
    assert told["problem"] is None
    assert told["coverage"] == answer["coverage"]
    assert {finding["text"]: finding["verdict"] for finding in told["findings"]} == {a["text"]: a["verdict"] for a in answer["annotations"]}
    order = [(not finding["safety"], ["contradicted", "disputed", "supported"].index(finding["verdict"])) for finding in told["findings"]]
    assert order == sorted(order)
    contradicted = sum(finding["verdict"] == "contradicted" for finding in told["findings"])
    until(lambda: badge(article) == (str(contradicted) if contradicted else ""))
    last = told["findings"][-1]
    ask(article, type="open", key=last["key"])
    marked = "[...CSS.highlights.get('sidelight-active') ?? []].map((range) => range.toString().replace(/\\s+/g, ' '))"
    assert article.page(marked) == [last["text"]]
    ask(article, type="toggle")
    until(lambda: article.ui(STATUS) is None)
    until(lambda: badge(article) == "")
    assert not ask(article, type="findings")["on"]


def test_one_key_opens_the_card_and_closes_it(article):
    article.command("next-finding")
    until(lambda: article.ui(FOCUS))
    article.command("open-finding")
    until(lambda: article.ui(CARD))
    article.command("open-finding")
    until(lambda: article.ui(CARD) == "")


def test_a_report_is_a_file_on_this_machine(article):
    article.click(*article.page(POINT % NMDA))
    until(lambda: article.ui(CARD))
    report = json.loads(article.saved(lambda: article.ui(PRESS % "Save a report")))
    assert report["finding"]["text"] == NMDA
    assert report["finding"]["evidence"]
    assert report["models"]["stance"]
    assert "health.test" not in json.dumps(report)


def motion(browser, preference):
    if browser.name == "chromium":
        browser.now.emulate_media(reduced_motion=preference)
    else:
        value = int(preference == "reduce")
        browser.session.evaluate(browser.window, f"Services.prefs.setIntPref('ui.prefersReducedMotion', {value})")


def test_nothing_moves_for_a_reader_who_wants_less_motion(browser, relay, site):
    relay.delay = 60
    browser.open(f"{site}/strict")
    browser.toolbar()
    moving = "(root) => { const icon = root.querySelector('.busy .icon'); return icon && getComputedStyle(icon).animationName }"
    try:
        motion(browser, "no-preference")
        until(lambda: browser.ui(moving) == "breathe")
    finally:
        motion(browser, "reduce")
    until(lambda: browser.ui(moving) == "none")
    browser.toolbar()
    until(lambda: relay.given_up)


def test_patterns_hold_in_the_dark_and_with_forced_colours(article):
    pattern = "getComputedStyle(document.querySelector('p'), '::highlight(sidelight-%s)').textDecorationStyle"
    wanted = {"supported": "solid", "disputed": "dashed", "contradicted": "wavy"}
    paper = "(root) => getComputedStyle(root.querySelector('.panel')).backgroundColor"
    light = article.ui(paper)
    try:
        for media in ({"color_scheme": "dark"}, {"forced_colors": "active"}):
            article.media(**media)
            assert {verdict: article.page(pattern % verdict) for verdict in wanted} == wanted
            assert article.ui(paper) != light or "forced_colors" in media
        assert article.ui("(root) => getComputedStyle(root.querySelector('.panel')).borderTopWidth") == "2px"
    finally:
        article.media()

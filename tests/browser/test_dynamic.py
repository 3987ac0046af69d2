"""Pages that change, pages within pages, and a service or a background that is not always there."""

from .conftest import SITE
from .pages import ARTICLE, NMDA, STRICT, texts
from .test_extension import CARD, PAINTED, STATUS, expected, read
from .waiting import until

SAID = "(root) => root.querySelector('.said')?.innerText"
FRAME = "document.querySelector('iframe').contentWindow"
IN_FRAME = f"""[...{FRAME}.CSS.highlights.get("sidelight-supported") ?? []].map((range) => range.toString())"""
HOSTS = "{origins: ['http://127.0.0.1/*', 'http://localhost/*']}"
# As the reader does it in Firefox's own settings of the extension.
GRANT = """(async () => {
  const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
  const { extension } = WebExtensionPolicy.getByID("sidelight@sidelight.invalid");
  const origins = ["http://127.0.0.1/*", "http://localhost/*"];
  await ExtensionPermissions.add(extension.id, { permissions: [], origins }, extension);
})()"""


def add(browser, text):
    browser.page(f"""document.body.append(Object.assign(document.createElement("p"), {{textContent: {text!r}}}))""")


def until_painted(browser, times):
    """Wait until the one sentence is highlighted so many times."""
    until(lambda: browser.page(PAINTED)["supported"].count(NMDA) == times)


def withhold(browser):
    """The reader takes from the extension what it may reach, its own service included."""
    if browser.name == "firefox":
        browser.own(f"browser.permissions.remove({HOSTS})")
    else:
        chromium_access(browser, "ON_CLICK")


def give_back(browser):
    if browser.name == "firefox":
        browser.session.evaluate(browser.window, GRANT)
    else:
        chromium_access(browser, "ON_ALL_SITES")


def chromium_access(browser, access):
    browser.open("chrome://extensions")
    browser.page(f"chrome.developerPrivate.updateExtensionConfiguration({{extensionId: '{browser.id}', hostAccess: '{access}'}})")


def test_only_what_is_new_is_sent_when_a_page_changes(browser, relay, site):
    read(browser, f"{site}/article")
    assert sorted(relay.texts) == sorted(texts(ARTICLE))
    # What PRIVACY.md says is sent, and nothing beside it.
    assert {(*sorted(asked), *asked["page"].items()) for asked in relay.asked} == {("blocks", "page", ("host", SITE))}
    assert {tuple(sorted(block)) for asked in relay.asked for block in asked["blocks"]} == {("id", "text")}
    relay.asked.clear()
    browser.page(f"""(() => {{ const body = document.body;
      body.innerHTML = body.innerHTML;
      body.prepend(Object.assign(document.createElement("p"), {{textContent: "Nobody knew. {NMDA}"}})) }})()""")
    until(lambda: browser.page(PAINTED)["supported"].count(NMDA) == 2)
    assert relay.texts == [f"Nobody knew. {NMDA}"]


def test_paragraphs_that_come_by_scrolling_are_read(browser, site):
    read(browser, f"{site}/strict")
    for more in (1, 2):
        add(browser, f"More, {more}. {NMDA}")
        until_painted(browser, 1 + more)


def test_a_page_that_becomes_another_one_is_counted_anew(browser, service, site):
    read(browser, f"{site}/article")
    browser.page(f"""(() => {{ history.pushState({{}}, "", "/strict");
      const body = document.createElement("body");
      body.append(...{texts(STRICT)!r}.map((text) => Object.assign(document.createElement("p"), {{textContent: text}})));
      document.body.replaceWith(body) }})()""")
    coverage = service.annotate(texts(STRICT))["coverage"]
    until(lambda: browser.ui(STATUS).startswith(f"{coverage['claims']} claim"))
    assert browser.page(PAINTED)["supported"] == [NMDA]


def test_a_frame_of_the_same_site_is_read_and_answers_to_a_click(browser, relay, site):
    browser.open(f"{site}/framed")
    browser.toolbar()
    until(lambda: browser.page(IN_FRAME) == [NMDA])
    assert sorted(relay.texts) == sorted(["Two frames", *texts(STRICT)])
    assert "1 frame of another site was not read." in until(lambda: (said := browser.ui(SAID)) and "claim" in said and said)
    painted = f"getComputedStyle({FRAME}.document.querySelector('p'), '::highlight(sidelight-supported)').textDecorationStyle"
    assert browser.page(painted) == "solid"
    x, y = browser.page(f"""(() => {{ const [range] = {FRAME}.CSS.highlights.get("sidelight-supported");
      const [box, frame] = [range.getClientRects()[0], document.querySelector("iframe").getBoundingClientRect()];
      return [frame.left + box.left + 14, frame.top + box.top + 2 + box.height / 2] }})()""")
    browser.click(x, y)
    assert NMDA in until(lambda: browser.ui(CARD))
    # The card hangs on the sentence, not where the frame's own coordinates would put it.
    top = browser.ui("(root) => root.querySelector('.anchor').getBoundingClientRect().top")
    assert abs(top + 9 - y) < 12
    browser.toolbar()
    until(lambda: browser.page(IN_FRAME) == [])


def test_a_closed_shadow_root_is_read(browser, service, site):
    read(browser, f"{site}/closed")
    # The page itself cannot look into it either.
    assert [len(found) for found in browser.page(PAINTED).values()] == [0, 0, 1]


def test_an_answer_nobody_waits_for_is_given_up(browser, relay, site):
    relay.delay = 30
    browser.open(f"{site}/article")
    browser.toolbar()
    until(lambda: relay.asked)
    browser.page("void location.assign('/strict')")
    until(lambda: relay.given_up == 1)


def test_a_service_that_takes_more_than_half_a_minute_is_waited_for(browser, relay, site):
    relay.delay = 32
    browser.open(f"{site}/strict")
    browser.toolbar()
    until(lambda: NMDA in browser.page(PAINTED)["supported"], 90)


def test_a_background_that_was_stopped_is_not_missed(browser, site):
    read(browser, f"{site}/strict")
    browser.stop_background()
    add(browser, f"Again. {NMDA}")
    until_painted(browser, 2)
    browser.stop_background()
    browser.toolbar()
    until(lambda: browser.page("CSS.highlights.size") == 0)


def test_a_background_that_is_stopped_while_it_is_asked_is_asked_again(browser, relay, site):
    relay.delay = 20
    browser.open(f"{site}/strict")
    browser.toolbar()
    until(lambda: relay.asked)
    relay.delay = 0
    browser.stop_background()
    until(lambda: NMDA in browser.page(PAINTED)["supported"])
    assert len(relay.asked) == 2


def test_a_permission_withheld_for_the_service_is_no_hindrance(browser, service, site):
    """The service answers extensions by CORS, so that a reader who allows nothing is served too."""
    withhold(browser)
    try:
        assert not browser.own("browser.permissions.contains({origins: ['http://127.0.0.1/*']})")
        read(browser, f"{site}/strict")
        assert browser.page(PAINTED) == expected(service.annotate(texts(STRICT)))
    finally:
        give_back(browser)


def test_a_very_long_page_is_cut_and_says_so(browser, relay, site):
    read(browser, f"{site}/long")
    assert sum(map(len, relay.texts)) <= 600_000
    said = browser.ui(SAID)
    assert f"Only the first {len(relay.texts)} of 150 paragraphs were read: the page is very long." in said


def test_sentences_in_another_language_are_counted_as_not_judged(browser, site):
    read(browser, f"{site}/strict")
    assert "another language" not in browser.ui(SAID)
    add(browser, "Ketamin blockiert die Rezeptoren im Gehirn und wirkt gegen Depressionen.")
    until(lambda: "1 sentence in another language was not judged." in browser.ui(SAID))
    add(browser, "Das ist aber noch nicht alles.")
    until(lambda: "2 sentences in another language were not judged." in browser.ui(SAID))


def test_a_hidden_part_that_opens_is_read(browser, site):
    read(browser, f"{site}/strict")
    browser.page(
        f"""document.body.append(Object.assign(document.createElement("p"), {{id: "more", hidden: true, textContent: {NMDA!r}}}))"""
    )
    browser.page("void (document.querySelector('#more').hidden = false)")
    until_painted(browser, 2)

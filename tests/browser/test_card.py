"""The card and the panel in full, over a small collection of the test's own: two sources say opposite things, a third copies the first."""

import pytest

from index.__main__ import rebuild
from index.store.files import Files

from .accessible import serious_problems_in_ui
from .conftest import Service, settings
from .pages import NMDA, STRICT, texts
from .test_extension import CARD, PAINTED, read
from .waiting import until

TEXTS = {
    "trial": "Ketamine in the brain\n\nWe looked at the brain. Ketamine blocks NMDA receptors. The effect lasts for an hour.",
    "copy": "Words of others\n\nKetamine blocks NMDA receptors.",
    "clinic": "Our view\n\nMany people ask us. Ketamine activates NMDA receptors. Talk to a doctor first.",
}
RECORDS = """
[[source]]
id = "trial"
file = "trial.txt"
title = "Ketamine and receptors"
kind = "peer_reviewed_abstract"
publisher = "A Journal"
url = "https://journal.example/trial"
date = "2024-03"
language = "en"
kind_reason = "Written for a test."

[[source]]
id = "copy"
file = "copy.txt"
title = "All about receptors"
kind = "content_site"
publisher = "A Site"
url = "https://site.example/receptors"
language = "en"
retracted = "2025-06"
commercial_interest = "Sells a course."
kind_reason = "Written for a test."

[[source]]
id = "clinic"
file = "clinic.txt"
title = "What we think of ketamine"
kind = "treatment_provider"
publisher = "A Clinic"
date = "2025"
language = "en"
commercial_interest = "Sells another treatment."
kind_reason = "Written for a test."
"""
OPEN = """(() => { const [range] = CSS.highlights.get("sidelight-disputed");
  const {left, top, height} = range.getClientRects()[0];
  return [left + 12, top + height / 2] })()"""
LINKS = "(root) => [...root.querySelectorAll('.card .supports a.title')].map(({href}) => href)"
ALSO = "(root) => [...root.querySelectorAll('.card .also')].map((line) => line.innerText)"
ALSO_SAID = "Also said by: All about receptors (Content site) Has a stake: Sells a course. Retracted."
SAID = [
    "Supports the sentence",
    "We looked at the brain. Ketamine blocks NMDA receptors. The effect lasts for an hour.",
    "March 2024",
    "Contradicts the sentence",
    "Ketamine activates NMDA receptors.",
    "Treatment provider's own page",
    "Has a stake: Sells another treatment.",
    "Abstract of a peer-reviewed article: 1 for",
    "Treatment provider's own page: 1 against",
]
PARTS = {
    ("region", "Sidelight: evidence for this page"),
    ("button", "Findings"),
    ("button", "Clear Sidelight from this page"),
    ("button", f"Disputed: {NMDA}"),
    ("dialog", "Evidence here disagrees about this"),
    ("heading", "Evidence here disagrees about this"),
    ("button", "Close this card"),
    ("link", "Ketamine and receptors"),
    ("link", "All about receptors"),
    ("list", "By kind of source"),
    ("button", "Dismiss this one"),
    ("button", "Save a report"),
}


@pytest.fixture(scope="module")
def divided(tmp_path_factory):
    """The service over the two texts."""
    folder = tmp_path_factory.mktemp("divided")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "sources.toml").write_text(RECORDS, encoding="utf-8")
    rebuild(folder, Files(folder / "index"))
    running = Service(folder / "index")
    yield running
    running.stop()


@pytest.fixture
def card(browser, divided, service, site):
    """A page whose one claim is disputed, with its card and the list of the panel open."""
    browser.open("about:blank")
    settings(browser, address=divided.address)
    read(browser, f"{site}/strict")
    browser.ui("(root) => root.querySelector('[aria-controls=findings]').click()")
    browser.click(*browser.page(OPEN))
    until(lambda: browser.ui(CARD))
    yield browser
    settings(browser, address=service.address)


def test_both_sides_are_quoted_in_context_with_who_says_it(card, divided):
    (finding,) = (answer := divided.annotate(texts(STRICT)))["annotations"]
    assert finding["verdict"] == "disputed"
    assert card.page(PAINTED) == {"contradicted": [], "disputed": [NMDA], "supported": []}
    painted = "getComputedStyle(document.querySelector('p'), '::highlight(sidelight-disputed)').textDecorationStyle"
    assert card.page(painted) == "dashed"
    shown = card.ui(CARD)
    for said in SAID:
        assert said in shown
    for evidence in finding["evidence"]:
        assert all(note in shown for note in evidence["notes"])
    measured = answer["models"]["evaluation"]
    for counts in (measured["supports"], measured["contradicts"]):
        assert f"{counts['right']} of {counts['of']}" in shown


def test_the_link_leads_to_the_quoted_words(card):
    there = "#:~:text=Ketamine%20blocks%20NMDA%20receptors."
    assert card.ui(LINKS) == [f"https://journal.example/trial{there}", f"https://site.example/receptors{there}"]


def test_another_source_of_the_same_words_stands_beside_the_first_and_does_not_count_again(card, divided):
    ((other,),) = [e["also_from"] for e in divided.annotate(texts(STRICT))["annotations"][0]["evidence"] if "also_from" in e]
    assert other["id"] == "copy"
    assert card.ui(ALSO) == [ALSO_SAID]
    assert card.ui("(root) => [...root.querySelectorAll('.card .tally li')].map((row) => row.innerText)") == SAID[-2:]


def test_another_source_is_hidden_by_its_own_kind(card):
    settings(card, hiddenKinds=["content_site"])
    try:
        read(card, card.page("location.href"))
        card.click(*card.page(OPEN))
        assert "Ketamine and receptors" in until(lambda: card.ui(CARD))
        assert card.ui(ALSO) == []
    finally:
        settings(card, hiddenKinds=[])


def test_all_of_it_is_in_the_accessibility_tree_and_nothing_to_press_is_nameless(card):
    until(lambda: not PARTS - set(card.names()))
    assert not [role for role, name in card.names() if role in {"button", "link", "dialog", "checkbox"} and not name]
    # Icons repeat what words say, and stay out of it.
    assert not {"image", "graphic", "img"} & {role for role, _ in card.names()}


def test_nothing_serious_stands_in_the_way_of_assistive_technology(card):
    assert serious_problems_in_ui(card) == []

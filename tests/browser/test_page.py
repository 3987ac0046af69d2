"""The page at `/`: the same reading as in the extension, without it."""

from .pages import ARTICLE, NMDA, texts
from .test_extension import CARD, PAINTED, POINT, STATUS, expected
from .waiting import until


def open_page(browser, service):
    browser.open(service.address)
    until(lambda: browser.page("'ready' in document.documentElement.dataset"))


def check(browser, text):
    browser.page(f"document.querySelector('#text').value = {text!r}")
    browser.page("document.querySelector('#ask button').click()")


def test_pasted_text_is_annotated_with_cards_and_coverage(browser, service):
    answer = service.annotate(texts(ARTICLE))
    open_page(browser, service)
    check(browser, "\n\n".join(texts(ARTICLE)))
    until(lambda: "claim" in (browser.ui(STATUS) or ""))
    assert browser.page(PAINTED) == expected(answer)
    assert browser.ui(STATUS).startswith(f"{answer['coverage']['claims']} claims, {answer['coverage']['with_evidence']} with evidence here")
    browser.click(*browser.page(POINT % NMDA))
    assert "Evidence here supports this" in until(lambda: browser.ui(CARD))
    browser.press("Escape")
    assert browser.ui(CARD) == ""
    browser.page("document.querySelector('#back').click()")
    assert browser.page("[CSS.highlights.size, document.activeElement.id]") == [0, "text"]
    assert browser.errors == []


def test_no_text_is_answered_with_a_hint(browser, service):
    open_page(browser, service)
    check(browser, "  ")
    assert "Paste some text" in until(lambda: browser.page("document.querySelector('#hint').textContent"))


def test_a_file_keeps_its_structure_but_none_of_its_code(browser, service):
    open_page(browser, service)
    browser.page(f"""(() => {{
      const html = `<title>T</title><h2 onclick="x()">Head</h2><p style="color: red">{NMDA}</p>
        <script>x()</` + `script><img src=x onerror="x()">`;
      const files = new DataTransfer();
      files.items.add(new File([html], "page.html"));
      const input = document.querySelector("#file");
      input.files = files.files;
      input.dispatchEvent(new Event("change")) }})()""")
    until(lambda: "claim" in (browser.ui(STATUS) or ""))
    assert browser.page("document.querySelector('#read').innerHTML.trim()") == f"<h2>Head</h2><p>{NMDA}</p>"
    assert browser.page(PAINTED)["supported"] == [NMDA]

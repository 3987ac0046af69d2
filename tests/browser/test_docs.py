"""The API's page at `/docs`, to which our error messages point."""

from .waiting import until

ROUTES = "[...document.querySelectorAll('.opblock-summary-path')].map((path) => path.textContent.replaceAll('\\u200b', ''))"
ASKED = "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin)"


def test_it_lists_the_routes_and_asks_no_other_server(browser, service):
    browser.open(f"{service.address}/docs")
    assert "/v1/annotate" in until(lambda: browser.page(ROUTES))
    assert set(browser.page(ASKED)) == {service.address}
    assert browser.errors == []

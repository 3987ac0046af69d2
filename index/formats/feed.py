"""RSS and Atom: the fact checks of a feed whose items hold ClaimReview; and which .xml is a feed, which an article."""

from collections.abc import Iterator
from pathlib import Path

from index.formats import jats
from index.formats.claimreview import shown_review
from index.formats.found import Shown, Unreadable, content, require_kind
from index.formats.markup import Element, html, xml
from index.formats.page import embedded_reviews

_CONTENT = ("encoded", "content", "description", "summary")


def read(path: Path) -> Iterator[Shown | Unreadable]:
    """The articles of a .xml file in JATS, or the reviews of one that is a feed."""
    data = content(path)
    require_kind(data, "XML")
    root = xml(data)
    if root.tag in ("rss", "feed", "RDF"):
        yield from _reviews(root)
    else:
        yield from jats.articles(root, data)


def _reviews(root: Element) -> Iterator[Shown | Unreadable]:
    for number, item in enumerate(root.iter("item", "entry"), start=1):
        place = f"item {number}"
        markup = "".join("".join(part.itertext()) for part in item if part.tag in _CONTENT)
        found = list(embedded_reviews(html(f"<html>{markup}</html>")))
        if not found:
            yield Unreadable("holds no ClaimReview", "give the page itself as .html", place)
        yield from (shown_review(review, place) for review in found)

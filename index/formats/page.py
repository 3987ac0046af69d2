"""HTML: the main text of a page by trafilatura, and what the page's head says of it in so many words."""

import json
import re
from codecs import lookup
from collections.abc import Callable, Iterator
from pathlib import Path

from index.formats.blocks import Block, laid_out, raised
from index.formats.claimreview import own_words, rating, reviews
from index.formats.found import Shown, Unreadable, address, content, day, decoded, digest, doi, field, require_kind, retracted_by_title
from index.formats.markup import Element, html, text_of

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([a-z0-9_:-]+)", re.IGNORECASE)
_LATIN = frozenset({"iso8859-1", "ascii"})  # what browsers read as windows-1252 (WHATWG Encoding)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DROPPED = "script style noscript template iframe svg math button select textarea form nav del s".split()
_MARK = re.compile(r"\s*\[?[\d,\s–-]+\]?\s*")

TITLE = ("citation_title", "dc.title", "og:title")
DATE = ("citation_publication_date", "citation_online_date", "article:published_time", "dc.date", "datepublished", "date")
PUBLISHER = ("citation_journal_title", "og:site_name", "citation_publisher", "dc.publisher")
DOI = ("citation_doi", "dc.identifier", "doi")
"""Names of meta elements, best first. Dates are never guessed from a page's text: the guess was wrong on one page of three that had one."""


def read(path: Path) -> Iterator[Shown]:
    """The one document of a .html or .htm file. Of a page that reviews a claim only the reviewer's own findings are kept."""
    data = content(path)
    require_kind(data, "HTML", "XML")
    yield shown(unicode(data), digest(data))


def shown(markup: str, sha256: str) -> Shown:
    """A page's main text and what it says of itself."""
    root = html(markup)
    about = {
        (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower(): meta.get("content") for meta in root.iter("meta")
    }
    title = _first(about, TITLE, field) or field(text_of(root.find(".//title")))
    canonical = next((link.get("href") for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical"), None)
    checks = list(embedded_reviews(root))
    _clean(root)
    text = laid_out(_main(root))
    if checks:
        text = own_words(text, [str(check.get("claimReviewed", "")) for check in checks])
    return Shown(
        text,
        sha256,
        title=title,
        url=address(canonical) or address(about.get("og:url")),
        date=_first(about, DATE, day),
        doi=_first(about, DOI, doi),
        publisher=_first(about, PUBLISHER, field),
        language=field(root.get("lang")),
        retracted=retracted_by_title(title),
        notes=tuple(f"is a fact check, rated {rating(check)!r} by its publisher" for check in checks),
        silent=bool(checks),
    )


def unicode(data: bytes) -> str:
    """The page as text: by its byte order mark, then by the encoding that it names, then as UTF-8; never by a guess."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        name = "utf-8-sig"
    else:
        named = _CHARSET.search(data[:4096])
        name = named[1].decode("ascii") if named else "utf-8"
    try:
        codec = lookup(name).name
        return data.decode("windows-1252" if codec in _LATIN else codec)
    except LookupError:
        raise Unreadable(f"names an encoding that is unknown here ({name})", "save the page as UTF-8") from None
    except UnicodeDecodeError as error:
        try:
            return decoded(data)
        except Unreadable:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(f"byte 0x{data[error.start]:02x} is not {name}", "save the page as UTF-8", f"line {line}") from None


def _first(about: dict[str, str | None], names: tuple[str, ...], form: Callable[[object], str | None]) -> str | None:
    return next((found for name in names if (found := form(about.get(name)))), None)


def embedded_reviews(root: Element) -> Iterator[dict[str, object]]:
    """The ClaimReviews that a page holds as JSON-LD; JSON that is broken holds none."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                yield from map(dict, reviews(json.loads(script.text or "")))
            except (ValueError, RecursionError):
                continue


def _clean(root: Element) -> None:
    """Take out what nobody sees, and write superscripts so that they do not run into the number before them."""
    for element in list(root.iter(*_DROPPED)) + [e for e in root.iter() if _unseen(e)]:
        if element.getparent() is not None:
            element.drop_tree()
    for sup in list(root.iter("sup")):
        text = text_of(sup)
        before = (sup.getprevious().tail if sup.getprevious() is not None else sup.getparent().text) or ""
        mark = _MARK.fullmatch(text) and (sup.find(".//a") is not None or text.startswith("[") or before.rstrip()[-1:] in set(".,;:!?)”"))
        # Renamed, not dropped: to drop thousands of siblings copies what stands before each of them again.
        for child in list(sup):
            sup.remove(child)
        sup.tag, sup.text = "span", "" if mark else raised(text)


def _unseen(element: Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in ("html", "body"):
        return False
    return "hidden" in element.attrib or element.get("aria-hidden") == "true" or bool(_HIDDEN.search(element.get("style") or ""))


def _main(root: Element) -> Iterator[Block]:
    # Imported here: it takes half a second, which only a rebuild with pages needs to pay.
    from trafilatura import bare_extraction

    found = bare_extraction(root, include_comments=False, include_tables=False, with_metadata=False)
    body = getattr(found, "body", None)
    for element in body if body is not None else ():
        yield from _blocks(element)


def _blocks(element: Element) -> Iterator[Block]:
    if element.tag == "head":
        level = (element.get("rend") or "h2").removeprefix("h")
        yield Block(_words(element), int(level) if level.isdigit() else 2)
    elif element.tag == "list":
        for item in element:
            yield Block(_words(item))
    elif element.tag == "p":
        yield Block(_words(element))


def _words(element: Element) -> str:
    """The words of a block; a line break inside it is a blank, a quotation or code inside it is left out."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in ("quote", "code", "del"):
            parts.append(f" {_words(child)}" if child.tag in ("lb", "item", "p") else _words(child))
        parts.append(child.tail or "")
    return "".join(parts)

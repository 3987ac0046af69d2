"""JATS, the XML of journal articles (PubMed Central's .nxml): abstract and sections, what the article is, and whether it stands."""

import re
from collections.abc import Iterator
from pathlib import Path

from index.formats.blocks import Block, laid_out, raised
from index.formats.found import Shown, Unreadable, content, day, digest, doi, field, require_kind, retracted_by_title
from index.formats.markup import Element, serialised, text_of, xml
from index.retractions import UNDATED

RETRACTING = frozenset({"retraction", "partial-retraction", "withdrawal", "removal"})
"""`article-type` of a notice that takes another article back (JATS4R, "Retractions and corrections"; PMC's tagging guidelines)."""

RETRACTED = frozenset({"retracted-article", "retracted-publication"})
"""`article-type` of an article that was taken back."""

TAKES_BACK = frozenset({"retracted-article", "partial-retraction", "withdrawn-article", "removed-article"})
"""`related-article-type` by which a notice names what it takes back."""

TAKEN_BACK = frozenset({"retraction", "retraction-forward", "retraction-notice", "retracted-by", "withdrawal-forward", "removal-forward"})
"""`related-article-type` by which an article names the notice that takes it back."""

_INLINE_SKIPPED = frozenset(
    """table-wrap table-wrap-group fig fig-group disp-formula disp-formula-group tex-math graphic inline-graphic media
    supplementary-material ref-list fn fn-group label disp-quote speech verse-group code preformat list def-list boxed-text""".split()
)
_NESTED = frozenset("list list-item def-list def-item def boxed-text statement".split())
_APART = frozenset("supplementary-material data-availability coi-statement COI-statement display-objects ack".split())
_SHORT_ABSTRACTS = frozenset("graphical teaser toc web-summary video".split())
_EMPTIED = re.compile(r"(?<!\s)\s*[\[(][\s,;–-]*[\])]")
_BLANK_BEFORE_STOP = re.compile(r"(?<!\s)\s+(?=[.,;:](?:\s|$))")


def read(path: Path) -> Iterator[Shown | Unreadable]:
    """The article of a file, or each of a `pmc-articleset` or an OAI answer. Unreadable where there is none."""
    data = content(path)
    require_kind(data, "XML")
    yield from articles(xml(data), data)


def articles(root: Element, data: bytes) -> Iterator[Shown | Unreadable]:
    """The articles under a root that was read from `data`. Unreadable where there is none."""
    found = [root] if root.tag == "article" else [element for element in root.iter("article") if element.find("front") is not None]
    if not found:
        raise Unreadable(
            f"holds no JATS article: its outermost element is <{root.tag}>", "give articles as JATS, or the ending of what it is"
        )
    for article in found:
        several = len(found) > 1
        meta = article.find("front/article-meta")
        if meta is None:
            yield Unreadable(
                "is a JATS article without <article-meta>", "get the file anew", f"line {article.sourceline}" if several else ""
            )
        else:
            yield _shown(article, meta, digest(serialised(article) if several else data), several)


def _shown(article: Element, meta: Element, sha256: str, several: bool) -> Shown:
    title = text_of(meta.find("title-group/article-title"))
    kind = article.get("article-type", "")
    ids = {entry.get("pub-id-type", ""): text_of(entry) for entry in meta.findall("article-id")}
    own = doi(ids.get("doi"))
    journal = article.find("front/journal-meta")
    retracted, retracts = _retracted(meta, kind, title), tuple(_taken_back(meta, kind))
    notes = [f"article type: {kind}"] if kind else []
    notes += [f"retracted by its own record ({retracted})"] if retracted else []
    return Shown(
        laid_out(_blocks_of(article, meta)),
        sha256,
        key=(ids.get("pmcid") or ids.get("pmc") or ids.get("pmid") or own or sha256[:12]) if several else "",
        title=field(title),
        url=f"https://doi.org/{own}" if own else None,
        date=_published(meta),
        doi=own,
        publisher=field(journal is not None and (text_of(journal.find(".//journal-title")) or text_of(journal.find(".//publisher-name")))),
        language=field(article.get("{http://www.w3.org/XML/1998/namespace}lang")),
        retracted=retracted,
        retracts=retracts,
        notes=tuple(notes),
        silent=bool(retracted),
    )  # fmt: skip


def _related(meta: Element, kinds: frozenset[str]) -> list[Element]:
    return [entry for entry in meta.findall("related-article") if entry.get("related-article-type", "") in kinds]


def _taken_back(meta: Element, kind: str) -> Iterator[str]:
    """The DOIs that a notice takes back. A correction that happens to name a retracted article takes nothing back."""
    for entry in _related(meta, TAKES_BACK) if kind in RETRACTING else ():
        found = doi(entry.get("{http://www.w3.org/1999/xlink}href") or text_of(entry))
        if found:
            yield found


def _retracted(meta: Element, kind: str, title: str) -> str | None:
    """The date of the retraction, `unknown` without one, None for an article that stands. A notice counts too: it is no evidence."""
    if kind in RETRACTING:
        return _published(meta) or UNDATED
    dates = [entry for entry in (*meta.iter("pub-date"), *meta.iter("date")) if "retract" in _type(entry)]
    events = [event for event in meta.iter("event") if "retract" in event.get("event-type", "")]
    subjects = {text_of(subject).lower() for subject in meta.findall("article-categories//subject")}
    if not (
        kind in RETRACTED or dates or events or _related(meta, TAKEN_BACK) or subjects & {"retracted", "retracted article", "retraction"}
    ):
        return retracted_by_title(title)
    dated = (_iso(entry) for entry in (*dates, *(date for event in events for date in event.iter("date"))))
    return next((date for date in dated if date), UNDATED)


def _type(date: Element) -> str:
    return str(date.get("date-type") or date.get("pub-type") or "")


def _published(meta: Element) -> str | None:
    """The earliest way of appearing that is given: online, then in print."""
    order = ("pub", "epub", "ppub", "collection")
    dates = sorted(
        (entry for entry in meta.findall("pub-date") if "retract" not in _type(entry)),
        key=lambda entry: order.index(_type(entry)) if _type(entry) in order else len(order),
    )
    return next((date for date in map(_iso, dates) if date), None)


def _iso(date: Element) -> str | None:
    if date.get("iso-8601-date"):
        return day(date.get("iso-8601-date"))
    year, *rest = (text_of(date.find(part)) for part in ("year", "month", "day"))
    while rest and not rest[-1].isdigit():
        rest.pop()
    return day("-".join([year, *(part.zfill(2) for part in rest)])) or day(year)


def _blocks_of(article: Element, meta: Element) -> Iterator[Block]:
    for abstract in meta.findall("abstract"):
        if abstract.get("abstract-type") not in _SHORT_ABSTRACTS:
            yield from _blocks(abstract, 1)
    body = article.find("body")
    if body is not None:
        yield from _blocks(body, 1)


def _blocks(part: Element, level: int) -> Iterator[Block]:
    for child in part:
        if child.tag == "title":
            yield Block(_words(child), max(level - 1, 1))
        elif child.tag == "sec" and child.get("sec-type") not in _APART:
            yield from _blocks(child, level + 1)
        elif child.tag == "p":
            yield Block(_EMPTIED.sub("", _words(child)))
            for nested in child:
                if nested.tag in _NESTED:
                    yield from _blocks(nested, level + 1)
        elif child.tag in _NESTED:
            yield from _blocks(child, level + 1)


def _words(element: Element) -> str:
    """The words of a paragraph without citation numbers, captions, tables and displayed formulas."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "sup":
            parts.append(raised(_words(child)))
        elif child.tag not in _INLINE_SKIPPED and not (child.tag == "xref" and not re.search("[A-Za-z]", text_of(child))):
            parts.append(_words(child))
        parts.append(child.tail or "")
    return _BLANK_BEFORE_STOP.sub("", "".join(parts))

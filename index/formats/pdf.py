"""PDF: its text by pypdf, put back into paragraphs. A page knows where glyphs stand, not what a heading or a paragraph is."""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from index.formats.blocks import Block, laid_out
from index.formats.found import Shown, Unreadable, content, digest, doi, field, retracted_by_title
from index.sentences import is_heading

MOST_PAGES = 2000
REPEATED = 0.3
"""Share of pages on which a first or last line stands, figures aside, from which on it is a running title."""
EDGE = 2
"""Lines at the top and at the bottom of a page where running titles and page numbers stand."""
FULL = 0.8
"""Share of the usual width from which on a line is full, so that its paragraph goes on."""

_STOP = re.compile(r"[.!?:][\"'”’)\]]*$")
_HYPHENATED = re.compile(r"(?<=[a-z])[-\u00ad]$")
_FILE_NAME = re.compile(r"(?i)untitled|microsoft word|\.(?:docx?|tex|indd|pdf|dvi|qxd|rtf)\b")


def read(path: Path) -> Iterator[Shown]:
    """The one document of a .pdf file. Unreadable where it is protected, broken, or holds pictures of text only."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    data = content(path)
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("is no PDF by its first bytes, whatever its name says", "give it the ending of what it is, or get it anew")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every small flaw that it mends
    try:
        with path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted and not reader.decrypt(""):
                raise Unreadable("is protected by a password", "save a copy without it")
            if len(reader.pages) > MOST_PAGES:
                raise Unreadable(f"has {len(reader.pages)} pages, more than the {MOST_PAGES} that are read", "split it")
            pages = [page.extract_text().splitlines() for page in reader.pages]
            about: Any = reader.metadata or {}
    except Unreadable:
        raise
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError, ImportError) as error:
        # A broken file breaks the library in many places; what it raises says little to a reader.
        raise Unreadable(
            f"cannot be read as PDF ({type(error).__name__}: {str(error)[:150]})", "get it anew, or print it to PDF again"
        ) from None
    text = laid_out(_blocks(pages))
    if not text:
        raise Unreadable("holds no text, perhaps pictures of pages", "run text recognition (OCR) over it")
    yield _shown(text, digest(data), about)


def _shown(text: str, sha256: str, about: Any) -> Shown:
    title = field(about.get("/Title"))
    title = None if title and _FILE_NAME.search(title) else title
    opening = text[:300]
    retracted = retracted_by_title(title) or next((found for line in opening.splitlines() if (found := retracted_by_title(line))), None)
    # A file's creation date says when it was made, not when it was published.
    return Shown(text, sha256, title=title, doi=doi(about.get("/doi") or about.get("/WPS-ARTICLEDOI")), retracted=retracted)


def _blocks(pages: Sequence[Sequence[str]]) -> Iterator[Block]:
    lines = [_clean(line) for page in _without_running_titles(pages) for line in page]
    width = median([len(line) for line in lines if len(line) > 20] or [0])
    paragraph = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if not line or _is_table(line):
            if paragraph and not line:
                yield Block(paragraph)
                paragraph = ""
            continue
        fresh = not paragraph or _STOP.search(paragraph)
        if fresh and is_heading(line) and len(line) < FULL * max(width, 60) and not following[:1].islower():
            yield from (Block(paragraph), Block(line, 1))
            paragraph = ""
            continue
        joined = (
            f"{_HYPHENATED.sub('', paragraph)}{line}" if _HYPHENATED.search(paragraph) and line[:1].islower() else f"{paragraph} {line}"
        )
        paragraph = joined.strip()
        if _STOP.search(line) and len(line) < FULL * width:
            yield Block(paragraph)
            paragraph = ""
    yield Block(paragraph)


def _clean(line: str) -> str:
    # Half of a surrogate pair is what pypdf makes of some broken fonts; it can be neither stored nor shown.
    return " ".join(line.encode("utf-8", "replace").decode().replace("\0", " ").split())


def _is_table(line: str) -> bool:
    """Whether a line is a row of figures, a page number or a rule: more figures than words."""
    found = line.split()
    return sum(not re.search("[A-Za-z]{2}", word) for word in found) > len(found) / 2


def _without_running_titles(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    edges = Counter(key for page in pages for key in {_edge_key(line) for line in [*page[:EDGE], *page[-EDGE:]]})
    repeated = {key for key, count in edges.items() if key and count >= max(3, REPEATED * len(pages))}
    kept = []
    for page in pages:
        inside = range(EDGE, len(page) - EDGE)
        kept.append([line for place, line in enumerate(page) if place in inside or _edge_key(line) not in repeated])
    return kept


def _edge_key(line: str) -> str:
    return re.sub(r"\d+", "", " ".join(line.split()))

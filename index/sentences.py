"""Text -> sentences in their place, with exact code-point offsets. The same code reads seed documents and page blocks.

sentencex (Wikimedia's splitter) proposes the ends of sentences. It was chosen by trying it on the seeds and on 375 PubMed abstracts
against nupunkt and syntok: it alone splits glued text ("insomnia.We asked"), keeps a quoted passage whole, and is the fastest.
What it cannot know is settled here: lines, bullets, headings, citation marks, and a few abbreviations of medical prose.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sentencex

from index.english import has_finite_verb, words
from index.types import Sentence, Span

_BLANK = " \t\r\n\f\v\u00a0\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200E)))
_BLANKS = re.compile(f"[{_BLANK}]*")
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_BULLET = re.compile(rf"(?:[-–—*•◦▪‣·●○►✓✔➤][{_BLANK}]+|\(?\d{{1,2}}[.)][{_BLANK}]+(?=\S))+")
_STOPPED = re.compile(r"[.!?:;…。!?][\"'”’)\]]*$")
_CITATION = re.compile(r"(?<=[a-z)\]%][.!?])(?:\s?\[\d[\d,\s–-]*\]|\d{1,3}(?:[,–-]\s?\d{1,3})*)(?=\s+[A-Z“\"(]|$)")
_LOWER = re.compile(r"[a-z]+\b(?![A-Z])")
# Abbreviations after which sentencex stops although the sentence goes on.
_ABBREVIATED = re.compile(
    r"\b(?:approx|biol|ca|clin|incl|invest|resp|suppl|vol|b\.i\.d|i\.m|i\.v|p\.o|q\.d|s\.c|t\.i\.d)\.$", re.IGNORECASE
)

LONGEST_ABBREVIATION = 10
"""Characters at the end of a sentence that are looked at for one: a text whose sentences all go on would be searched again at each stop."""

HEADING_WORDS = 14
"""The longest line taken for a heading, in words; the longest in the seeds has 13."""

TITLED = 0.6
"""Share of words of four letters or more that start with a capital above which a line is a title."""

WINDOW = 10_000
"""Characters given to sentencex at a time: its time grows with the square of a text full of quotation marks that never close."""


@dataclass(frozen=True, slots=True)
class _Piece:
    span: Span
    heading: bool


def split(text: str) -> list[Sentence]:
    """All sentences of one text, headings among them, each with the heading above it and its neighbours."""
    return split_blocks([text])[0]


def split_blocks(texts: Sequence[str]) -> list[list[Sentence]]:
    """The sentences of each text, offsets into that text; headings and neighbours reach over from one text to the next.

    A page's blocks are such texts: its headings come as blocks of their own.
    """
    blocks = [list(_pieces(text)) for text in texts]
    placed = iter(_in_place([piece for block in blocks for piece in block]))
    return [[next(placed) for _ in block] for block in blocks]


def is_heading(line: str) -> bool:
    """Whether a whole line is a heading or a label: short, without a full stop, and a question, a title or no sentence at all."""
    found = words(line)
    if not found or len(found) > HEADING_WORDS:
        return not found
    if line.endswith("?"):
        return True
    if _STOPPED.search(line) and not line.endswith(":"):
        return False
    long = [word for word in found if len(word) > 3]
    titled = sum(word[0].isupper() for word in long) > TITLED * len(long)
    return titled or len(found) <= 3 or not has_finite_verb(line)


def _in_place(pieces: Sequence[_Piece]) -> list[Sentence]:
    """Give every piece its heading and neighbours; a neighbour is never a heading, nor beyond one."""
    found: list[Sentence] = []
    heading = ""
    for position, piece in enumerate(pieces):
        if piece.heading:
            heading = piece.span.text
            found.append(Sentence(piece.span))
        else:
            found.append(Sentence(piece.span, heading, _neighbour(pieces, position - 1), _neighbour(pieces, position + 1)))
    return found


def _neighbour(pieces: Sequence[_Piece], position: int) -> str:
    inside = 0 <= position < len(pieces) and not pieces[position].heading
    return pieces[position].span.text if inside else ""


def _pieces(text: str) -> Iterator[_Piece]:
    for line in _lines(text):
        if is_heading(line.text):
            yield _Piece(line, heading=True)
        else:
            yield from (_Piece(span, heading=False) for span in _sentences(text, line))


def _lines(text: str) -> Iterator[Span]:
    """Lines that say something, without their bullets; a line wrapped by hand is joined with the next."""
    start = end = 0
    for match in _LINE.finditer(text):
        line = _trimmed(text, match.start(), match.end())
        if not line.text:
            continue
        if not _wraps(text, start, end, line):
            if start < end:
                yield _without_bullet(text, start, end)
            start = line.start
        end = line.end
    if start < end:
        yield _without_bullet(text, start, end)


def _wraps(text: str, start: int, end: int, line: Span) -> bool:
    """Whether what stands from start to end goes on in this line: it has no stop yet, and the next line starts in lower case."""
    goes_on = start < end and _LOWER.match(line.text) and not _STOPPED.search(text, max(start, end - 5), end)
    return bool(goes_on) and len(_BREAK.findall(text, end, line.start)) == 1


def _without_bullet(text: str, start: int, end: int) -> Span:
    bullet = _BULLET.match(text, start, end)
    return _trimmed(text, bullet.end() if bullet else start, end)


def _trimmed(text: str, start: int, end: int) -> Span:
    cut = text[start:end].lstrip(_BLANK)
    begin = end - len(cut)
    cut = cut.rstrip(_BLANK)
    return Span(begin, begin + len(cut), cut)


def _sentences(text: str, line: Span) -> Iterator[Span]:
    """The line's sentences; citation marks that stand between two of them belong to neither."""
    cursor = line.start
    for mark in _CITATION.finditer(text, line.start, line.end):
        yield from _between(text, cursor, mark.start())
        cursor = mark.end()
    yield from _between(text, cursor, line.end)


def _between(text: str, start: int, end: int) -> Iterator[Span]:
    opened = start
    for stop in [*_stops(text, start, end), end]:
        span = _trimmed(text, opened, stop)
        if span.text and not _goes_on(text, span, stop, end):
            yield span
            opened = stop


def _goes_on(text: str, span: Span, stop: int, end: int) -> bool:
    """Whether the sentence was cut too early: after an abbreviation, or before a word in lower case."""
    blanks = _BLANKS.match(text, stop, end)
    rest = blanks.end() if blanks else stop
    if rest == end:
        return False
    abbreviated = _ABBREVIATED.search(span.text, max(0, len(span.text) - LONGEST_ABBREVIATION))
    return bool(abbreviated) or (span.text.endswith(".") and bool(_LOWER.match(text, rest, end)))


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentencex ends a sentence, as offsets into the text.

    Its pieces are looked up in the text, so whatever it does to blanks cannot move a span; one that is not there ends the search.
    """
    cursor = start
    while cursor < end:
        window = min(cursor + WINDOW, end)
        pieces = sentencex.segment("en", text[cursor:window])
        for piece in pieces[:-1] if window < end and len(pieces) > 1 else pieces:  # the last may be cut: it starts the next window
            at = text.find(piece, cursor, end)
            if at < 0:
                return
            cursor = at + len(piece)
            yield cursor

"""What every reader hands back: a document as its file shows it, or why it cannot be read. Also the bytes and limits they share."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from index.retractions import UNDATED, normal_doi

MIB = 1024 * 1024
LARGEST_FILE = 32 * MIB
"""Bytes of a file that is read as a whole. The longest open-access articles as XML have about 5 MiB; more is a book or a mistake."""

LONGEST_FIELD = 500
"""Characters of a title, publisher or address; what is longer was cut from the wrong place."""

_ADDRESS = re.compile(r"https?://\S+")
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?![\d-])")
_RETRACTED_TITLE = re.compile(
    r"\W*(?:retract(?:ed|ion)(?: (?:article|paper|publication|note|notice|statement))?|withdrawn)\s*(?::|-|–|—|\])", re.I
)

_SIGNATURES = (
    (b"%PDF-", "PDF"), (b"PK\x03\x04", "ZIP (as Word and EPUB files are)"), (b"\x1f\x8b", "gzip"), (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"\xd0\xcf\x11\xe0", "old Word"), (b"{\\rtf", "RTF"),
    (b"<!doctype html", "HTML"), (b"<html", "HTML"),
    (b"<?xml", "XML"), (b"SQLite format 3", "SQLite"), (b"\x7fELF", "program"),
)  # fmt: skip


class Unreadable(Exception):
    """A file, or one place of it, that gives no document: the reason, and what to do. Readers raise it for a file, yield it for a place."""

    def __init__(self, reason: str, remedy: str, place: str = "") -> None:
        super().__init__(f"{reason}: {remedy}")
        self.reason, self.remedy, self.place = reason, remedy, place


@dataclass(frozen=True, slots=True)
class Shown:
    """One document and what it says of itself, None where it says nothing.

    `sha256` is that of the bytes it was read from; `key` names it within a file that holds several. `retracted` as in `Source`;
    `retracts` are the DOIs that this document, a notice, takes back. `notes` are for the report alone. `silent` says that the text may be
    empty: the document is worth listing although it asserts nothing.
    """

    text: str
    sha256: str
    key: str = ""
    title: str | None = None
    url: str | None = None
    date: str | None = None
    doi: str | None = None
    publisher: str | None = None
    language: str | None = None
    retracted: str | None = None
    retracts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    silent: bool = False


def field(value: object) -> str | None:
    """A value as one line of text; None where there is none, or far too much."""
    text = " ".join(str(value).split()) if isinstance(value, str | int) else ""
    return text if 0 < len(text) <= LONGEST_FIELD else None


def address(value: object) -> str | None:
    """An http address, or None."""
    text = field(value)
    return text if text and _ADDRESS.fullmatch(text) else None


def day(value: object) -> str | None:
    """An ISO date as exact as it stands at the start of the value (a time may follow), or None."""
    found = _DATE.match((field(value) or "").replace("/", "-"))
    return found[0] if found else None


def doi(value: object) -> str | None:
    """A bare DOI, or None."""
    return normal_doi(field(value) or "")


def retracted_by_title(title: str | None) -> str | None:
    """`unknown` where a title opens with the words by which publishers mark a retracted article or its notice ("RETRACTED: …")."""
    return UNDATED if title and _RETRACTED_TITLE.match(title) else None


def digest(content: bytes) -> str:
    """The SHA-256 of what a document was read from."""
    return hashlib.sha256(content).hexdigest()


def size(count: int) -> str:
    """Bytes in words."""
    return f"{count / MIB:.0f} MiB" if count >= MIB else f"{count} bytes"


def content(path: Path) -> bytes:
    """The bytes of a file. Unreadable where it is empty or over `LARGEST_FILE`, which is found out without reading it."""
    length = path.stat().st_size
    if length > LARGEST_FILE:
        raise Unreadable(f"has {size(length)}, more than the {size(LARGEST_FILE)} that are read", "split it, or leave it out")
    found = path.read_bytes()
    if not found.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Unreadable("is empty", "fill it, or take it and its record away")
    return found


def kind_of(content: bytes) -> str | None:
    """What a file is by its first bytes, where they tell."""
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((name for signature, name in _SIGNATURES if start.startswith(signature.lower())), None)


def require_kind(content: bytes, *allowed: str | None) -> None:
    """Unreadable where the first bytes are those of another format than the file's name says."""
    kind = kind_of(content)
    if kind is not None and kind not in allowed:
        raise Unreadable(f"is {kind} by its first bytes, not what its name says", "give it the ending of what it is, or convert it")


def decoded(content: bytes) -> str:
    """UTF-8 text exactly as it stands: line ends and a byte order mark stay, so that offsets into a file stay true."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("is UTF-16", "save the file as UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"byte 0x{content[error.start]:02x} is not UTF-8", "save the file as UTF-8", f"line {line}") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable("holds a NUL, so it is no text", "convert it to text first", f"line {line}")
    return text

"""Lines of JSON, plain or gzipped: every line is a document and a source of its own. Read line by line, never as a whole."""

import gzip
import json
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import BinaryIO, cast

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from index.formats.found import MIB, Shown, Unreadable, address, day, digest, doi, field, require_kind, retracted_by_title, size

LONGEST_LINE = 4 * MIB
"""Bytes of one document; an article's text has a tenth of it."""

UNPACKED = 1024 * MIB
"""Bytes of all lines together. A gzip of a few MiB can unpack to any size: reading ends here, and says so."""


class Line(BaseModel):
    """What is read of a line, by any of the usual names; what else it holds is ignored."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field("", validation_alias=AliasChoices("doc_id", "_id", "id", "pmid", "pmcid"))
    title: str | None = None
    abstract: str | list[str] | None = None
    text: str | list[str] | None = Field(None, validation_alias=AliasChoices("text", "body", "contents", "content"))
    url: str | None = None
    date: str | None = Field(None, validation_alias=AliasChoices("date", "published", "publication_date", "year"))
    doi: str | None = None
    publisher: str | None = Field(None, validation_alias=AliasChoices("publisher", "journal", "venue"))
    retracted: bool | str | None = None


def read(path: Path) -> Iterator[Shown | Unreadable]:
    """The documents of a .jsonl or .jsonl.gz, and each line that is none with its number."""
    packed = path.suffix.lower() == ".gz"
    with path.open("rb") as file:
        require_kind(file.read(64), "gzip" if packed else None)
    if path.stat().st_size == 0:
        raise Unreadable("is empty", "fill it, or take it and its record away")
    with gzip.open(path) if packed else path.open("rb") as stream:
        yield from _documents(cast(BinaryIO, stream))


def _documents(stream: BinaryIO) -> Iterator[Shown | Unreadable]:
    total = 0
    for number in count(1):
        try:
            line = stream.readline(LONGEST_LINE + 1)
            total += len(line)
            if long := len(line) > LONGEST_LINE:
                total += _rest_of_line(stream, UNPACKED - total)
        except (OSError, EOFError, zlib.error) as error:
            yield Unreadable(f"cannot be unpacked ({error})", "get the file anew", f"from line {number} on")
            return
        if total > UNPACKED:
            yield Unreadable(f"there is more than the {size(UNPACKED)} that are read of a file", "split it", f"from line {number} on")
            return
        if not line:
            return
        if long:
            yield Unreadable(f"is longer than the {size(LONGEST_LINE)} that are read", "split the document", f"line {number}")
        elif line.strip():
            yield _document(line, f"line {number}")


def _rest_of_line(stream: BinaryIO, room: int) -> int:
    passed = 0
    while passed <= room and (piece := stream.readline(LONGEST_LINE)):
        passed += len(piece)
        if piece.endswith(b"\n"):
            break
    return passed


def _document(line: bytes, place: str) -> Shown | Unreadable:
    try:
        read = Line.model_validate(json.loads(line.decode("utf-8-sig" if place == "line 1" else "utf-8")))
    except UnicodeDecodeError as error:
        return Unreadable(f"byte 0x{line[error.start]:02x} is not UTF-8", "save the file as UTF-8", place)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "the line"
        return Unreadable(f"{name}: {first['msg']}", "mend the line: {doc_id, title, abstract or text, url …}", place)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"is not JSON ({error})", "mend the line", place)
    text = "\n\n".join(part.strip() for part in (_joined(read.abstract), _joined(read.text)) if part.strip())
    if not text:
        return Unreadable("has neither an abstract nor a text", "fill it, or take the line away", place)
    return Shown(
        text,
        digest(line.strip()),
        key=field(read.id) or digest(line.strip())[:12],
        title=field(read.title),
        url=address(read.url),
        date=day(read.date),
        doi=doi(read.doi),
        publisher=field(read.publisher),
        retracted=_retraction(read) or retracted_by_title(read.title),
    )


def _joined(parts: str | list[str] | None) -> str:
    return parts if isinstance(parts, str) else "\n".join(parts or ())


def _retraction(read: Line) -> str | None:
    if isinstance(read.retracted, bool):
        return "unknown" if read.retracted else None
    return (day(read.retracted) or "unknown") if read.retracted and read.retracted.strip() else None

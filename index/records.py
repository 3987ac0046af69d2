"""sources.toml: what is known of each source. A record stands for one file, or for all that match a pattern or stand in a collection."""

import hashlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import BadSeed
from index.formats.readers import COLLECTIONS, ending
from index.kinds import KINDS

RECORDS = "sources.toml"

LONGEST_SLUG = 80


class Record(BaseModel):
    """One [[source]] of sources.toml; what a document does not show is left out rather than guessed.

    `title` and `publisher` may be left out only where the record stands for many documents: each then has its own.
    """

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    file: str = Field(min_length=1)
    title: str | None = Field(default=None, min_length=1)
    kind: str
    kind_reason: str = Field(min_length=1)
    publisher: str | None = Field(default=None, min_length=1)
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    date: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    commercial_interest: str | None = Field(default=None, min_length=1)
    doi: str | None = Field(default=None, pattern=r"^(?i:https?://(dx\.)?doi\.org/|doi:)?10\.\d{4,9}/\S+$")
    retracted: str | None = Field(default=None, pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?|unknown)$")


def read_records(folder: Path) -> list[Record]:
    """The records of a seeds folder, in order. BadSeed names the record at fault and says what to do."""
    path = folder / RECORDS
    try:
        return parsed(path, path.read_bytes())
    except FileNotFoundError:
        raise BadSeed(f"{path} is missing: give --seeds a folder with documents and a {RECORDS} that describes each of them") from None
    except OSError as error:
        raise BadSeed(f"{path} cannot be read: {error.strerror}. Give --seeds a folder that can be read") from None


def parsed(path: Path, content: bytes) -> list[Record]:
    """The records in a sources.toml with this content; `path` names it in messages. BadSeed as `read_records`."""
    try:
        loaded = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSeed(f"{path} cannot be read as TOML: {error}. Mend it and rebuild") from None
    entries = loaded.pop("source", [])
    if loaded or not isinstance(entries, list) or not entries:
        raise BadSeed(f"{path} must hold [[source]] records and nothing else: write each source under its own [[source]] line")
    records = [_record(path, number, entry) for number, entry in enumerate(entries, start=1)]
    _require_unique(path, "id", [record.id for record in records])
    _require_unique(path, "file", [record.file for record in records])
    return records


def is_pattern(file: str) -> bool:
    """Whether a record's `file` is a pattern, should no file have this very name."""
    return any(sign in file for sign in "*?[")


def for_many(file: str) -> bool:
    """Whether a record stands for all documents that a pattern matches, or that a collection holds."""
    return is_pattern(file) or ending(file) in COLLECTIONS


def derived_id(record: str, document: str) -> str:
    """The id of one of a record's many documents: the record's, then the document's own name as a slug.

    A name that the slug does not give back whole is told apart by its hash: the id depends on nothing but the two names.
    """
    plain = unicodedata.normalize("NFKD", document).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    whole = slug == document.lower()
    mark = () if whole else (hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest()[:8],)
    return "-".join((record, *filter(None, (slug,)), *mark))


def _record(path: Path, number: int, entry: object) -> Record:
    try:
        record = Record.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the record"
        raise BadSeed(f"{path}, source {number}{_named(entry)}: {field}: {first['msg']}. Mend the record and try again") from None
    if record.kind not in KINDS:
        raise BadSeed(f"{path}, source {number} ({record.id}): kind {record.kind!r} is unknown: use one of {', '.join(KINDS)}")
    for field in ("title", "publisher"):
        if getattr(record, field) is None and not for_many(record.file):
            raise BadSeed(f"{path}, source {number} ({record.id}): {field}: Field required. Mend the record and try again")
    return record


def _named(entry: object) -> str:
    return f" ({entry['id']})" if isinstance(entry, dict) and "id" in entry else ""


def _require_unique(path: Path, field: str, values: Sequence[str]) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise BadSeed(f"{path}: {count} records have {field} = {value!r}: give each source its own")

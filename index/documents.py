"""A folder of seeds -> Documents: the texts, byte for byte, and what is known of each source (sources.toml)."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import BadSeed
from index.types import Document, Source

RECORDS = "sources.toml"

KINDS: Mapping[str, str] = {
    "guideline": "Guideline",
    "journal_article": "Journal article",
    "peer_reviewed_abstract": "Abstract of a peer-reviewed article",
    "fact_check": "Fact check",
    "content_site": "Content site",
    "treatment_provider": "Treatment provider",
    "referral_or_advertising": "Referral or advertising site",
    "other": "Other",
}
"""Every kind of source with its display name. The list is open: a new kind is a line here; order is for display, not a rank of trust."""

SELLERS = frozenset({"treatment_provider", "referral_or_advertising"})
"""The kinds that sell what they speak of, or are paid by those who do."""


class Record(BaseModel):
    """One [[source]] of sources.toml; what a document does not show is left out rather than guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    file: str = Field(min_length=1)
    title: str = Field(min_length=1)
    kind: str
    kind_reason: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    date: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    commercial_interest: str | None = Field(default=None, min_length=1)
    doi: str | None = Field(default=None, pattern=r"^(?i:https?://(dx\.)?doi\.org/|doi:)?10\.\d{4,9}/\S+$")
    retracted: str | None = Field(default=None, pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?|unknown)$")


def read_folder(folder: Path) -> list[Document]:
    """All documents of a seeds folder, by source id. BadSeed names the file or record at fault and says what to do."""
    sources = _sources(folder)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")} - {
        RECORDS
    }
    for name in sorted(files - {source.file for source in sources}):
        raise BadSeed(f"{folder / name} has no record: add a [[source]] with file = {name!r} to {folder / RECORDS}, or move the file away")
    return [_document(folder, source) for source in sorted(sources, key=lambda source: source.id)]


def _sources(folder: Path) -> list[Source]:
    records = folder / RECORDS
    try:
        loaded = tomllib.loads(records.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSeed(f"{records} is missing: give --seeds a folder with documents and a {RECORDS} that describes each of them") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSeed(f"{records} cannot be read as TOML: {error}. Mend it and rebuild") from None
    entries = loaded.pop("source", [])
    if loaded or not isinstance(entries, list) or not entries:
        raise BadSeed(f"{records} must hold [[source]] records and nothing else: write each source under its own [[source]] line")
    sources = [_source(records, number, entry) for number, entry in enumerate(entries, start=1)]
    _require_unique(records, "id", [source.id for source in sources])
    _require_unique(records, "file", [source.file for source in sources])
    return sources


def _source(records: Path, number: int, entry: object) -> Source:
    try:
        record = Record.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the record"
        raise BadSeed(f"{records}, source {number}{_named(entry)}: {field}: {first['msg']}. Mend the record and rebuild") from None
    if record.kind not in KINDS:
        raise BadSeed(f"{records}, source {number} ({record.id}): kind {record.kind!r} is unknown: use one of {', '.join(KINDS)}")
    return Source(**{field.name: getattr(record, field.name) for field in fields(Source)})


def _named(entry: object) -> str:
    return f" ({entry['id']})" if isinstance(entry, dict) and "id" in entry else ""


def _require_unique(records: Path, field: str, values: Sequence[str]) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise BadSeed(f"{records}: {count} records have {field} = {value!r}: give each source its own")


def _document(folder: Path, source: Source) -> Document:
    path = folder / source.file
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BadSeed(f"{path}: {path.suffix or 'a file without ending'} is not a format that can be read: use one of {', '.join(READERS)}")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BadSeed(f"{folder / RECORDS} ({source.id}): file {source.file!r} is outside the seeds folder: copy it in")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadSeed(
            f"{path} ({source.id}) cannot be read: {error.strerror}. Put the file back, or take its record out of {RECORDS}"
        ) from None
    return Document(source, reader(path, content), hashlib.sha256(content).hexdigest())


def _plain_text(path: Path, content: bytes) -> str:
    """The file's text as it stands: line ends and a byte order mark stay, so that offsets stay true."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadSeed(f"{path}, line {line}: byte 0x{content[error.start]:02x} is not UTF-8: save the file as UTF-8") from None
    if "\0" in text:
        raise BadSeed(
            f"{path}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}: holds a NUL, so it is no text: convert it to text first"
        )
    if not text.strip("\ufeff \t\r\n"):
        raise BadSeed(f"{path} is empty: fill it, or take it and its record away")
    return text


READERS: Mapping[str, Callable[[Path, bytes], str]] = {".txt": _plain_text}
"""How each format becomes text, by file ending."""

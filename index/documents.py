"""A folder of seeds -> Documents, with what could not be read beside them. One bad file never stops the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any, overload

from index.folder import Refusal, assigned, regular, shown
from index.formats.found import Shown, Unreadable, retracted_by_title
from index.formats.readers import read
from index.records import Record, derived_id, read_records
from index.retractions import UNDATED, mark
from index.types import Document, Progress, Source, silent


@dataclass(frozen=True, slots=True)
class Reading(Sequence[Document]):
    """The documents of a folder, by source id; what was refused; and by source id what a document says that its record cannot hold."""

    documents: tuple[Document, ...]
    refused: tuple[Refusal, ...]
    noted: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.documents)

    @overload
    def __getitem__(self, place: int) -> Document: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Document]: ...
    def __getitem__(self, place: int | slice) -> Document | Sequence[Document]:
        return self.documents[place]


def read_folder(folder: Path, progress: Progress = silent) -> Reading:
    """All documents of a seeds folder. BadSeed where sources.toml cannot be used; every other fault is a refusal."""
    plan, refused = assigned(folder, read_records(folder))
    reader = _Reader(folder, refused)
    for number, (file, record) in enumerate(plan, start=1):
        reader.read(file, record)
        progress("files read", number, len(plan))
    return reader.reading()


class _Reader:
    """Collects what the files of a folder give, one after the other."""

    def __init__(self, folder: Path, refused: Sequence[Refusal]) -> None:
        self.folder, self.refused = folder, list(refused)
        self.documents: dict[str, Document] = {}
        self.places: dict[str, str] = {}
        self.noted: dict[str, tuple[str, ...]] = {}
        self.retracts: dict[str, str] = {}

    def read(self, file: str, record: Record) -> None:
        """Take in the documents of one file, or its refusal."""
        if reason := regular(self.folder, file):
            remedy = "copy it in" if "outside" in reason else f"put the file back, or take the record of {record.id} away"
            self.refused.append(Refusal(file, reason, remedy))
            return
        try:
            for found in read_whole(self.folder / file):
                self.take(file, record, found)
        except Unreadable as refusal:
            self.refuse(file, refusal)

    def take(self, file: str, record: Record, found: Shown | Unreadable) -> None:
        """Make a document of what was found, unless something is wrong with it."""
        if isinstance(found, Unreadable):
            self.refuse(file, found)
            return
        try:
            source = _source(record, file, found)
            self.require_new(source, file, found)
        except Unreadable as refusal:
            self.refuse(file, refusal)
            return
        self.documents[source.id] = Document(source, found.text, found.sha256)
        self.places[found.sha256] = f"{shown(file)}{f' ({found.key})' if found.key else ''}"
        if found.notes:
            self.noted[source.id] = found.notes
        self.retracts.update(dict.fromkeys(found.retracts, found.retracted or UNDATED))

    def require_new(self, source: Source, file: str, found: Shown) -> None:
        """Unreadable for what is there already, by its bytes or by its id."""
        if found.sha256 in self.places:
            raise Unreadable(f"is a duplicate, byte for byte, of {self.places[found.sha256]}", "take one of the two away", found.key)
        if source.id in self.documents:
            other = shown(self.documents[source.id].source.file)
            raise Unreadable(f"has the id {source.id}, which {other} has already", "give one of the two another name", found.key)

    def refuse(self, file: str, why: Unreadable) -> None:
        """Note a refusal."""
        self.refused.append(Refusal(file, why.reason, why.remedy, why.place))

    def reading(self) -> Reading:
        """Everything, in the order of ids; what one document takes back is marked in the others."""
        sources = mark({key: document.source for key, document in self.documents.items()}, self.retracts)
        documents = (replace(self.documents[key], source=sources[key]) for key in sorted(sources))
        return Reading(tuple(documents), tuple(self.refused), self.noted)


def read_whole(path: Path) -> Iterator[Shown | Unreadable]:
    """What a file gives. Unreadable for the file as a whole, also for whatever breaks in a library over it."""
    try:
        for one in read(path):
            yield _checked(one) if isinstance(one, Shown) else one
    except Unreadable:
        raise
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror or error})", "let this user read it, or put it back") from None
    except Exception as error:
        raise Unreadable(f"cannot be read ({type(error).__name__}: {str(error)[:150]})", "get it anew, or convert it to text") from error


def _checked(found: Shown) -> Shown | Unreadable:
    """What was found, unless its text is empty or cannot be stored."""
    if not found.text.strip("\ufeff \t\r\n") and not found.silent:
        return Unreadable("holds no text", "fill it, or take it and its record away", found.key)
    for text in (found.text, found.key, found.title or "", found.publisher or "", found.url or "", found.doi or ""):
        if "\0" in text or text != text.encode("utf-8", "replace").decode():
            return Unreadable("holds a NUL or half of a surrogate pair, so it is no text", "convert it to text first", found.key)
    return found


def _source(record: Record, file: str, found: Shown) -> Source:
    """What the record says; where it says nothing, what the document says. A document without any title goes by its own name."""
    known: dict[str, Any] = {field.name: getattr(record, field.name, None) for field in fields(Source)} | {"file": file}
    if file != record.file or found.key:
        known["id"] = derived_id(record.id, _name(record, file, found.key))
    for name in ("title", "url", "date", "doi", "publisher", "retracted"):
        known[name] = known[name] or getattr(found, name)
    known["retracted"] = known["retracted"] or retracted_by_title(record.title)
    known["title"] = known["title"] or found.key or PurePosixPath(file).name
    if not known["publisher"]:
        raise Unreadable("shows no publisher", f"give publisher = … in its record ({record.id}), or give it a record of its own", found.key)
    return Source(**known)


def _name(record: Record, file: str, key: str) -> str:
    """What tells a document from the others of its record: its path from the part of the pattern that is fixed, and its key."""
    if file == record.file:
        return key
    name, pattern = PurePosixPath(file), PurePosixPath(record.file)
    fixed = list(takewhile(lambda pair: pair[0] == pair[1], zip(name.parts[:-1], pattern.parts, strict=False)))
    name = PurePosixPath(*name.parts[len(fixed) :])
    name = name.with_suffix("") if name.suffix == pattern.suffix else name
    return "-".join(filter(None, (name.as_posix(), key)))

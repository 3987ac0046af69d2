"""`sidelight add`: what is to be done for each document, and what its record says and lacks. `placing.py` does it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.documents import read_whole
from index.errors import BadSeed
from index.folder import shown
from index.formats.found import Shown, Unreadable, digest
from index.kinds import KINDS, SELLERS
from index.placing import alone, place, toml
from index.records import RECORDS, Record, derived_id, for_many, parsed

REQUIRED = ("title", "kind", "kind_reason", "publisher", "language")
OPTIONAL = ("url", "date", "doi")
HOW = {
    "kind": f"--kind, one of {', '.join(KINDS)}",
    "kind_reason": "--kind-reason, a sentence on what shows that it is of this kind",
    "commercial_interest": "--commercial-interest, what the publisher sells of what it speaks of, or who pays it",
    "doi": "--doi, for the retraction lists",
}
"""How each missing field is given, where the option's name does not say it."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one document: the file in the seeds folder, its record's id, whether it is new, and what its record still lacks."""

    file: str
    id: str
    new: bool
    missing: tuple[str, ...]


def add(seeds: Path, paths: Sequence[Path], given: Mapping[str, str]) -> list[Added]:
    """Add documents; `given` are the fields of the record that the user gives. BadSeed says what is wrong, and then nothing is added.

    Every document is read and every record made before the first is copied. What is there already by its bytes is left alone.
    """
    if not seeds.is_dir():
        raise BadSeed(f"There is no folder {seeds}: make it, or give --seeds another")
    twice = [name for name, count in Counter(path.name for path in paths).items() if count > 1]
    if twice:
        raise BadSeed(f"Several of the documents are named {shown(twice[0])}: give each another name")
    with alone(seeds):
        records, planned = _records(seeds), []
        for path in paths:
            record, done = _planned(seeds, path, given, records)
            records += [record] if record else []
            planned.append((path, record, done))
        for path, record, _ in planned:
            if record:
                place(seeds, path, record)
        return [done for _, _, done in planned]


def _records(seeds: Path) -> list[Record]:
    path = seeds / RECORDS
    return parsed(path, path.read_bytes()) if path.exists() else []


def _planned(seeds: Path, path: Path, given: Mapping[str, str], records: Sequence[Record]) -> tuple[Record | None, Added]:
    """What is to be done for one document: the record to append, or None where it is there already with one."""
    name = shown(str(path))
    if not path.is_file():
        raise BadSeed(f"{name} is no file: give documents, for a folder {name}/*")
    if path.name.startswith(".") or path.name == RECORDS or path.name != path.name.strip():
        raise BadSeed(f"{name}: a name that starts with a dot or a blank, or ends with one, is not read: give the file another name")
    same = _same_bytes(seeds, path)
    file = same or path.name
    owner = next((record for record in records if record.file == file), None)
    if same and owner:
        return None, Added(same, owner.id, False, tuple(_missing(owner)))
    if same is None and (seeds / file).exists():
        raise BadSeed(f"{name}: {seeds} holds another {shown(file)} with other bytes: give one of the two another name")
    if owner:
        raise BadSeed(f"{name}: {RECORDS} has a record for {shown(file)} already ({owner.id}), but the file is gone: put that file back")
    record = _record(path, file, given, {record.id for record in records})
    return record, Added(file, record.id, True, tuple(_missing(record)))


def _same_bytes(seeds: Path, path: Path) -> str | None:
    size, wanted = path.stat().st_size, ""
    for other in sorted(seeds.rglob("*")):
        if other.is_file() and not other.name.startswith(".") and other.stat().st_size == size:
            wanted = wanted or digest(path.read_bytes())
            if digest(other.read_bytes()) == wanted:
                return other.relative_to(seeds).as_posix()
    return None


def _record(path: Path, file: str, given: Mapping[str, str], taken: set[str]) -> Record:
    """The record: what is given, then what the document shows of itself."""
    document = _document(path)
    many = for_many(file)
    shows = {} if many else {name: getattr(document, name) for name in (*OPTIONAL, "title", "publisher")}
    language = (document.language or "en").lower().partition("-")[0]
    fields = {"id": _free_id(path, taken), "language": language if re.fullmatch("[a-z]{2,3}", language) else "en"}
    fields |= {name: value for name, value in shows.items() if value} | dict(given) | {"file": file}
    missing = [name for name in REQUIRED if name not in fields and not (many and name in ("title", "publisher"))]
    if missing:
        known = "; ".join(f"{name}: {fields[name]}" for name in ("title", "publisher", *OPTIONAL) if name in fields) or "nothing"
        wanted = "; ".join(HOW.get(name, f"--{name}") for name in missing)
        raise BadSeed(f"{shown(str(path))} is not added: its record lacks {', '.join(missing)}. Give {wanted}. The document shows {known}")
    if fields["id"] in taken:
        raise BadSeed(f"{RECORDS} has a record with the id {fields['id']} already: give another --id")
    return parsed(Path(RECORDS), toml(fields).encode())[0]


def _document(path: Path) -> Shown:
    """The first document of a file, as a rebuild would read it. BadSeed where it would be refused."""
    first: Unreadable | None = None
    try:
        for found in read_whole(path):
            if isinstance(found, Shown):
                return found
            first = first or found
    except Unreadable as refusal:
        first = refusal
    place = f", {first.place}" if first and first.place else ""
    raise BadSeed(f"{shown(str(path))}{place}: {first or 'it holds no document'}. Nothing is added")


def _free_id(path: Path, taken: set[str]) -> str:
    name = path.name.removesuffix(".gz")
    slug = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")
    key = slug if slug else derived_id("document", path.name)
    return key if key not in taken else derived_id(key, path.name)


def _missing(record: Record) -> Iterator[str]:
    """What a record may have and lacks, with how it is given."""
    if record.kind in SELLERS and not record.commercial_interest:
        yield HOW["commercial_interest"]
    if not for_many(record.file):
        yield from (HOW.get(name, f"--{name}") for name in OPTIONAL if not getattr(record, name))

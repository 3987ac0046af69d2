"""A document and its record into the seeds folder: both or neither.

    seeds/.adding-…       the copy, until its record is ready; left behind only by a process that was killed, cleared by the next
    seeds/paper.pdf       linked into place: never over another file
    seeds/sources.toml    replaced as a whole by itself with the record at its end, so that its comments stay

Killed between the last two steps, the document lies there without a record: a rebuild refuses it by name, and adding it again mends that.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from index.durable import sync
from index.errors import BadSeed
from index.folder import shown
from index.records import RECORDS, Record, parsed

ASIDE = ".adding-"


@contextmanager
def alone(seeds: Path) -> Iterator[None]:
    """Hold the folder against another `add`; the system lets go when this process ends, however it ends. BadSeed while another holds it."""
    descriptor = os.open(seeds, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for leftover in seeds.glob(f"{ASIDE}*"):
            leftover.unlink()
        yield
    except BlockingIOError:
        raise BadSeed(f"Another `sidelight add` works in {seeds}: wait until it ends") from None
    finally:
        os.close(descriptor)


def place(seeds: Path, path: Path, record: Record) -> None:
    """Copy a document to the record's file, unless it is there, and append the record. BadSeed where the disk refuses; nothing is left."""
    aside, target = seeds / f"{ASIDE}{os.getpid()}", seeds / record.file
    placed = not target.exists()
    try:
        if placed:
            shutil.copyfile(path, aside)
            sync(aside)
            os.link(aside, target)
        _append(seeds, toml(record.model_dump(exclude_none=True)))
    except BaseException as error:
        if placed and aside.exists() and target.exists() and target.samefile(aside):
            target.unlink()
        if isinstance(error, OSError):
            what = f"{shown(record.file)} is not added, {seeds} cannot be written ({error.strerror})"
            raise BadSeed(f"{what}: make room there, or let this user write") from None
        raise
    finally:
        aside.unlink(missing_ok=True)


def toml(fields: Mapping[str, str]) -> str:
    """A [[source]] record with these fields, in the order in which people read them."""
    order = ("id", "file", "title", "kind", "publisher", "url", "date", "doi", "language", "commercial_interest", "kind_reason")
    lines = (f"{name} = {_quoted(fields[name])}" for name in order if fields.get(name))
    return "[[source]]\n" + "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    # A JSON string is a TOML string, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _append(seeds: Path, record: str) -> None:
    """Replace sources.toml by itself with the record at its end, once that is proved to be read; its mode stays."""
    path = (seeds / RECORDS).resolve()
    before = path.read_bytes() if path.exists() else b""
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    after = before + gap + record.encode()
    parsed(path, after)
    beside = path.with_name(f"{ASIDE}{os.getpid()}.toml")
    try:
        beside.write_bytes(after)
        if before:
            shutil.copymode(path, beside)
        sync(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)

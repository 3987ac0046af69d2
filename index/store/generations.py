"""Generations of an index in one folder: built aside, published by replacing a small pointer, pruned later.

    var/index/current.json          which generation answers, and the hash of its file
    var/index/generation-000007.db  a closed database file that nobody writes any more
    var/index/generation-000008.db.part  one being built; left behind only by a rebuild that was killed
    var/index/lock                  held by the rebuild that runs; the system lets go of it when that process ends, however it ends

A database under readers is never replaced or written: SQLite would serve old rows or call it corrupt (a WAL file beside it, a handle
on a renamed file). Only the pointer moves, and `os.replace` moves it at once or not at all.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from index.durable import sync
from index.errors import IndexBusy, IndexMismatch, IndexMissing, IndexProblem, IndexUnwritable

POINTER = "current.json"
KEPT = 2
"""Generations kept: the one that answers, and the one before it, for readers that are just opening it and to see what changed."""

_NAME = re.compile(r"generation-(\d{6,})\.db")


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation answers: its file's name in the folder, and the SHA-256 of that file."""

    file: str
    sha256: str


def current(folder: Path) -> Pointer:
    """The published generation. IndexMissing where none was published yet, IndexMismatch for a pointer that makes no sense."""
    try:
        return Pointer(**json.loads((folder / POINTER).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise IndexMissing(f"There is no index at {folder}: run `sidelight rebuild`") from None
    except (OSError, ValueError, TypeError) as error:
        raise IndexMismatch(f"The index at {folder} cannot be read ({error}): run `sidelight rebuild`") from None


def part(folder: Path) -> Path:
    """Where the next generation is to be built."""
    clear(folder)
    return folder / f"generation-{max(_numbered(folder), default=0) + 1:06}.db.part"


def clear(folder: Path) -> None:
    """Remove what rebuilds that failed or were killed left behind; only the holder of the lock may call it."""
    for leftover in folder.glob("*.part*"):
        leftover.unlink()
    try:
        published = current(folder).file
    except IndexProblem:
        return
    for number, path in _numbered(folder).items():
        if number > _number(published):
            path.unlink()


def _number(name: str) -> int:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def _numbered(folder: Path) -> dict[int, Path]:
    return {number: path for path in folder.iterdir() if (number := _number(path.name))}


def publish(built: Path) -> Path:
    """Make a finished, closed database the one that answers, and prune older ones. Durable when it returns."""
    final = built.with_suffix("")
    pointer = Pointer(final.name, file_hash(built))
    sync(built)
    built.rename(final)
    sync(final.parent)
    beside = final.parent / f"{POINTER}.part"
    beside.write_text(json.dumps(asdict(pointer)), encoding="utf-8")
    sync(beside)
    beside.replace(final.parent / POINTER)
    sync(final.parent)
    _prune(final.parent)
    return final


def file_hash(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prune(folder: Path) -> None:
    generations = _numbered(folder)
    for number in sorted(generations)[:-KEPT]:
        generations[number].unlink()


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the folder's only writer's place; IndexBusy names the process that holds it, IndexUnwritable says why there is none."""
    with _lock_file(folder) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().decode() or "another process"
            raise IndexBusy(
                f"The index at {folder} is being rebuilt by {holder}: wait until it ends, or end it, and rebuild again"
            ) from None
        file.truncate(0)
        _note(file, f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        yield


def _lock_file(folder: Path) -> BinaryIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Append mode makes the file; it must not be emptied before the lock is held. Unbuffered: nothing is left to write at the end.
        file = (folder / "lock").open("a+b", buffering=0)
        file.seek(0)
    except OSError as error:
        raise IndexUnwritable(f"The index folder {folder} cannot be written ({error.strerror}): give --index another folder") from error
    return cast(BinaryIO, file)


def _note(file: BinaryIO, holder: str) -> None:
    # Best effort: on a full disk the lock holds without its note, and writing the index will say what is wrong.
    with suppress(OSError):
        file.write(holder.encode())

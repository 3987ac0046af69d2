"""The files of a seeds folder: which there are, which record stands for each, and which cannot be taken."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from index.errors import BadSeed
from index.records import RECORDS, Record, is_pattern


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, or one place of it, that gives no document: why, and what to do.

    `lost` counts the documents of it that the published index still has; the next index will not.
    """

    file: str
    reason: str
    remedy: str
    place: str = ""
    lost: int = 0

    def __str__(self) -> str:
        return f"{shown(self.file)}{f', {self.place}' if self.place else ''}: {self.reason}: {self.remedy}"


def shown(name: str) -> str:
    """A file's name as it can be printed: control characters and bytes that are no UTF-8 are written out."""
    whole = name.encode("utf-8", "backslashreplace").decode()
    return whole if whole.isprintable() else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in whole)


def assigned(folder: Path, records: Sequence[Record]) -> tuple[list[tuple[str, Record]], list[Refusal]]:
    """(file, record) for every file to read, in the order of the records, and what is refused. Files are relative, with slashes."""
    files, refused = _files(folder)
    named = {record.file for record in records}
    owners: dict[str, list[Record]] = {}
    for record in records:
        matched = [record.file] if record.file in files or not is_pattern(record.file) else _matches(folder, record) & (files - named)
        if not matched:
            refused.append(Refusal(record.file, "matches no file that has no record of its own", f"mend or remove it in {RECORDS}"))
        for file in sorted(matched):
            owners.setdefault(file, []).append(record)
    known = {refusal.file for refusal in refused}
    for file in sorted(files - owners.keys() - known):
        refused.append(Refusal(file, "has no record", f"run `sidelight add`, add a [[source]] with its file to {RECORDS}, or move it away"))
    for file, of_file in owners.items():
        if len(of_file) > 1:
            ids = ", ".join(record.id for record in of_file)
            refused.append(Refusal(file, f"matches several records ({ids})", "give it a record of its own, or make the patterns narrower"))
    return [(file, of_file[0]) for file, of_file in owners.items() if len(of_file) == 1 and file not in known], refused


def regular(folder: Path, file: str) -> str | None:
    """Why a file may not be opened, or None: outside the folder, not there, or no regular file (a pipe would never end)."""
    path = folder / file
    if ".." in PurePath(file).parts or not path.resolve().is_relative_to(folder.resolve()):
        return "is outside the seeds folder"
    try:
        return None if stat.S_ISREG(path.stat().st_mode) else "is no regular file"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _matches(folder: Path, record: Record) -> set[str]:
    try:
        return {path.relative_to(folder).as_posix() for path in folder.glob(record.file)}
    except (ValueError, NotImplementedError, OSError, IndexError) as error:
        raise BadSeed(f"{folder / RECORDS} ({record.id}): file {record.file!r} is no pattern: {error}. Mend it and rebuild") from None


def _files(folder: Path) -> tuple[set[str], list[Refusal]]:
    """All files that are not hidden, and what keeps others from being found: folders that cannot be opened, and links to folders."""
    refused: list[Refusal] = []

    def relative(path: str) -> str:
        return PurePath(path).relative_to(folder).as_posix()

    def unopened(error: OSError) -> None:
        refused.append(Refusal(relative(error.filename), f"cannot be opened ({error.strerror})", "let this user read it, or move it away"))

    def walk() -> Iterator[str]:
        for place, folders, names in os.walk(folder, onerror=unopened):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in folders:
                if os.path.islink(os.path.join(place, name)):
                    refused.append(Refusal(relative(os.path.join(place, name)), "is a link to a folder", "copy the folder in"))
            yield from (relative(os.path.join(place, name)) for name in names if not name.startswith("."))

    files = set(walk()) - {RECORDS}
    unnamed = {file for file in files if file.encode("utf-8", "replace").decode() != file}
    refused += [Refusal(file, "has a name that is not UTF-8", "rename it") for file in sorted(unnamed)]
    return files - unnamed, refused

"""The embedded store: one SQLite file for each generation, read as a whole into memory. The one place that names sqlite_utils.

`documents` has a row for each with all that was made from it alone; a rebuild copies those of unchanged documents. `words` has the
BM25 arrays over all of them. Numbers are little-endian arrays as numpy keeps them, claims are packed JSON.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from index.context import RECIPE
from index.errors import IndexMismatch, IndexMissing, IndexProblem, IndexUnwritable
from index.store import generations
from index.store.bm25 import Bm25
from index.store.contents import Collapsed, Contents, columns, part_of, record
from index.store.snapshot import Shelf, Snapshot
from index.types import IndexInfo, Source

WORD_ARRAYS = {"bounds": np.int64, "rows": np.int32, "impacts": np.float32}
"""The arrays of `Bm25` with their types, in the order of its fields."""


def open_store(folder: Path, model: str) -> Snapshot:
    """The index published in a folder, in memory. IndexMissing without one; IndexMismatch for another model or rules, or damage."""
    for _ in range(3):  # a rebuild may prune the generation between reading its name and opening it
        pointer = generations.current(folder)
        try:
            store = read(folder / pointer.file, pointer.sha256)
        except FileNotFoundError:
            continue
        _require(folder, "embedding model", store.info.model, model)
        _require(folder, "rules", store.info.rules, RECIPE)
        return store
    raise IndexMissing(f"The index at {folder} names a generation that is not there: run `sidelight rebuild`")


def published(folder: Path) -> str | None:
    """Which generation a folder has published, cheaply; None where there is none that could be opened."""
    try:
        pointer = generations.current(folder)
    except IndexProblem:
        return None
    return f"{pointer.file} {pointer.sha256}"


def published_contents(folder: Path, model: str) -> Contents | None:
    """All that the published generation holds, for the next to take over; None where there is none, or none that fits."""
    try:
        pointer = generations.current(folder)
        path = folder / pointer.file
        contents = read_contents(path) if generations.file_hash(path) == pointer.sha256 else None
    except (IndexMissing, IndexMismatch, OSError):
        return None
    return contents if contents and (contents.info.model, contents.info.rules) == (model, RECIPE) else None


def stored_files(folder: Path) -> dict[str, str]:
    """The file of each source of the published generation, by source id; none where there is no index that can be read."""
    try:
        with _opened(folder / generations.current(folder).file) as database:
            return {row["id"]: row["file"] for row in database["sources"].rows}
    except (IndexMissing, IndexMismatch, OSError, sqlite3.Error, KeyError):
        return {}


def _require(folder: Path, what: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise IndexMismatch(
            f"The index at {folder} was built with the {what} {found!r}, this installation has {wanted!r}: run `sidelight rebuild`"
        )


def read(path: Path, sha256: str) -> Snapshot:
    """A generation's file as a snapshot. IndexMismatch where its hash is another, or it is no index of ours."""
    if generations.file_hash(path) != sha256:
        raise IndexMismatch(f"The index file {path} is damaged: run `sidelight rebuild`")
    with _opened(path) as database:
        info, sources = _info(database), _sources(database)
        rows = list(database.query("select source_id, claims, twins from documents order by number"))
        twins = np.frombuffer(b"".join(row["twins"] for row in rows), dtype=np.int64)
        starts = np.cumsum([0, *(len(row["twins"]) // 8 for row in rows)])
        shelf = Shelf([row["source_id"] for row in rows], [row["claims"] for row in rows], starts)
        collapsed = Collapsed.of(twins)
        return Snapshot.on(info, sources, shelf, collapsed, _matrix(database, info.dimensions, collapsed), _words(database, info.claims))


def read_contents(path: Path) -> Contents:
    """All that a generation's file holds. IndexMismatch where it is no index of ours."""
    with _opened(path) as database:
        rows = list(database.query("select * from documents order by number"))
        info = _info(database)
        hashes = {row["source_id"]: row["sha256"] for row in rows}
        parts = {row["source_id"]: part_of(row) for row in rows}
        return Contents(info, _sources(database), hashes, parts, _words(database, info.claims))


def seals(path: Path) -> list[str]:
    """The seals that the parts were written with, in the order of the index."""
    with _opened(path) as database:
        return [row["seal"] for row in database.query("select seal from documents order by number")]


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    # Immutable: SQLite looks for no journal and takes no lock. Our own connection, or sqlite-utils may pick another SQLite library.
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            yield Database(connection)
    except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
        raise IndexMismatch(f"The index file {path} is not of this version ({error}): run `sidelight rebuild`") from error


def _info(database: Database) -> IndexInfo:
    meta = {row["key"]: row["value"] for row in database["meta"].rows}
    return IndexInfo(**json.loads(meta["info"]))


def _sources(database: Database) -> dict[str, Source]:
    return {row["id"]: Source(**row) for row in database["sources"].rows}


def _matrix(database: Database, dimensions: int, collapsed: Collapsed) -> NDArray[np.float16]:
    """A vector for each row, read into its place: a second copy of a million would not be small."""
    named, matrix, place = collapsed.named(), np.empty((len(collapsed.first), dimensions), dtype=np.float16), 0
    for row in database.query("select vectors from documents order by number"):
        vectors = np.frombuffer(row["vectors"], dtype=np.float16).reshape(-1, dimensions)
        rows = named[place : place + len(vectors)]
        matrix[rows[rows >= 0]] = vectors[rows >= 0]
        place += len(vectors)
    return matrix


def _words(database: Database, size: int) -> Bm25:
    stored = {row["name"]: row["value"] for row in database["words"].rows}
    terms = {term: number for number, term in enumerate(stored["terms"].decode().split())}
    numbers = (np.frombuffer(stored[name], dtype=kind) for name, kind in WORD_ARRAYS.items())
    return Bm25(size, terms, *numbers)


def write(path: Path, contents: Contents) -> None:
    """Write a generation's database. IndexUnwritable where the disk refuses."""
    try:
        _write(path, contents)
    except sqlite3.OperationalError as error:
        raise IndexUnwritable(
            f"The new index {path} cannot be written ({error}): make room there, or give --index another folder"
        ) from error


def _write(path: Path, contents: Contents) -> None:
    with closing(sqlite3.connect(path)) as connection:
        # Without a journal: nobody reads this file yet, and one that was cut short is thrown away.
        connection.executescript("pragma journal_mode = off; pragma synchronous = off;")
        database = Database(connection)
        _create_tables(database)
        database["sources"].insert_all(record(source) for source in contents.sources.values())
        database["documents"].insert_all(_row(number, contents, source_id) for number, source_id in enumerate(contents.parts))
        arrays = {"terms": "\n".join(contents.words.terms).encode()}
        arrays |= {name: getattr(contents.words, name).tobytes() for name in WORD_ARRAYS}
        database["words"].insert_all({"name": name, "value": value} for name, value in arrays.items())
        database["meta"].insert({"key": "info", "value": json.dumps(asdict(contents.info))})
        connection.commit()


def _create_tables(database: Database) -> None:
    database["sources"].create({field.name: str for field in fields(Source)}, pk="id")
    made = {"sentences": int, "left_out": str, "claims": bytes, "twins": bytes, "vectors": bytes}
    words = {"terms": str, "sizes": bytes, "ids": bytes, "counts": bytes}
    named = {"number": int, "source_id": str, "sha256": str, "key": str, "seal": str}
    database["documents"].create(named | made | words, pk="number", foreign_keys=[("source_id", "sources")])
    database["words"].create({"name": str, "value": bytes}, pk="name")
    database["meta"].create({"key": str, "value": str}, pk="key")


def _row(number: int, contents: Contents, source_id: str) -> dict[str, object]:
    part = contents.parts[source_id]
    named = {"number": number, "source_id": source_id, "sha256": contents.hashes[source_id], "seal": part.seal()}
    return named | columns(part)

"""The embedded store: one SQLite file for each generation, read as a whole into memory. The one place that names sqlite_utils."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from index.context import FIELD_WEIGHTS, FIELDS, RECIPE, lexical_fields, unit
from index.errors import IndexMismatch, IndexMissing, IndexProblem, IndexUnwritable
from index.store import generations
from index.store.bm25 import Bm25
from index.store.contents import Contents
from index.store.snapshot import Snapshot
from index.store.words import TOKENIZER, content_words
from index.types import Claim, IndexInfo, Sentence, Source, Span, Vectors


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


def stored_vectors(folder: Path, model: str) -> dict[str, bytes]:
    """The published generation's vectors by the key of what they embed; none where there is nothing that fits."""
    try:
        pointer = generations.current(folder)
        with _opened(folder / pointer.file) as database:
            info = json.loads(_meta(database)["info"])
            if (info["model"], info["rules"]) != (model, RECIPE) or generations.file_hash(folder / pointer.file) != pointer.sha256:
                return {}
            return {row["key"]: row["vector"] for row in database["vectors"].rows}
    except (IndexMissing, IndexMismatch, OSError, sqlite3.Error, ValueError, KeyError):
        return {}


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
    try:
        with _opened(path) as database:
            info = IndexInfo(**json.loads(_meta(database)["info"]))
            sources = {row["id"]: Source(**row) for row in database["sources"].rows}
            claims = [_claim(row) for row in database["claims"].rows_where(order_by="row")]
            return Snapshot(info, sources, claims, _matrix(database, info.dimensions), _words(database, len(claims)))
    except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
        raise IndexMismatch(f"The index file {path} is not of this version ({error}): run `sidelight rebuild`") from error


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    # Immutable: SQLite looks for no journal and takes no lock. Our own connection, or sqlite-utils may pick another SQLite library.
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield Database(connection)


def _meta(database: Database) -> dict[str, str]:
    return {row["key"]: row["value"] for row in database["meta"].rows}


def _claim(row: Mapping[str, object]) -> Claim:
    span = Span(int(str(row["start"])), int(str(row["end"])), str(row["text"]))
    return Claim(str(row["id"]), str(row["source_id"]), Sentence(span, str(row["heading"]), str(row["before"]), str(row["after"])))


def _matrix(database: Database, dimensions: int) -> Vectors:
    blobs = b"".join(row["vector"] for row in database["vectors"].rows_where(order_by="row"))
    matrix = np.frombuffer(blobs, dtype=np.float16).reshape(-1, dimensions).astype(np.float32)
    # Half precision leaves rows a little off unit length: made exact again, so that a cosine is one.
    return unit(matrix)


def _words(database: Database, size: int) -> Bm25:
    database.execute("create virtual table temp.words using fts5vocab('main', 'claims_fts', 'instance')")
    weights = dict(zip(FIELDS, FIELD_WEIGHTS, strict=True))
    found = database.execute("select term, doc, col, count(*) from temp.words group by term, doc, col")
    return Bm25.from_counts(((term, row, weights[column] * count) for term, row, column, count in found), size)


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
        database["sources"].insert_all(asdict(document.source) for document in contents.documents)
        database["documents"].insert_all({"source_id": document.source.id, "sha256": document.sha256} for document in contents.documents)
        database["claims"].insert_all(_row(number, claim) for number, claim in enumerate(contents.claims))
        blobs = (vector.tobytes() for vector in contents.vectors.astype(np.float16))
        rows = enumerate(zip(contents.keys, blobs, strict=True))
        database["vectors"].insert_all({"row": row, "key": key, "vector": blob} for row, (key, blob) in rows)
        _write_words(database, contents)
        database["meta"].insert({"key": "info", "value": json.dumps(asdict(contents.info))})
        connection.commit()


def _create_tables(database: Database) -> None:
    database["sources"].create({field.name: str for field in fields(Source)}, pk="id")
    database["documents"].create({"source_id": str, "sha256": str}, pk="source_id", foreign_keys=[("source_id", "sources")])
    place = {"row": int, "id": str, "source_id": str, "start": int, "end": int}
    database["claims"].create(
        place | dict.fromkeys(("text", "heading", "before", "after"), str), pk="row", foreign_keys=[("source_id", "sources")]
    )
    database["claims"].create_index(["id"], unique=True)
    database["vectors"].create({"row": int, "key": str, "vector": bytes}, pk="row", foreign_keys=[("row", "claims")])
    database["passages"].create({"row": int} | dict.fromkeys(FIELDS, str), pk="row", foreign_keys=[("row", "claims")])
    database["meta"].create({"key": str, "value": str}, pk="key")


def _row(number: int, claim: Claim) -> dict[str, object]:
    sentence = claim.sentence
    place = {"row": number, "id": claim.id, "source_id": claim.source_id, "start": sentence.span.start, "end": sentence.span.end}
    return place | {"text": claim.text, "heading": sentence.heading, "before": sentence.before, "after": sentence.after}


def _write_words(database: Database, contents: Contents) -> None:
    titles = {document.source.id: document.source.title for document in contents.documents}
    placed = (lexical_fields(claim, titles[claim.source_id]) for claim in contents.claims)
    passages = ({"row": row} | dict(zip(FIELDS, map(content_words, texts), strict=True)) for row, texts in enumerate(placed))
    database["passages"].insert_all(passages)
    database.execute(
        f"create virtual table claims_fts using fts5({', '.join(FIELDS)}, content='passages', content_rowid='row', tokenize='{TOKENIZER}')"
    )
    database.execute("insert into claims_fts(claims_fts) values ('rebuild')")

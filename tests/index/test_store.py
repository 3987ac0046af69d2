"""What holds of an index in SQLite files alone; `test_stores.py` has what holds of every index."""

import dataclasses
import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from conftest import TEXTS
from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.errors import IndexMismatch, IndexMissing
from index.store import generations, proof, sqlite
from index.store.files import Files
from index.store.sqlite import open_store


def verify(path: Path) -> None:
    proof.verify(sqlite.read_contents(path), sqlite.seals(path), str(path))


def test_the_file_can_be_read_by_other_tools(toy_index: Path) -> None:
    with closing(sqlite3.connect(toy_index / generations.current(toy_index).file)) as connection:
        rows = connection.execute("select title, claims, length(vectors) from documents join sources on id = source_id order by number")
        ((_, _, _), (title, claims, size)) = rows.fetchall()
        assert (title, size) == ("Honey", 2 * 64 * 2), "half precision"
        assert json.loads(zlib.decompress(claims))[0][3] == "Honey eases a cough at night."
        assert connection.execute("pragma foreign_key_check").fetchall() == []


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_a_damaged_file_is_refused_and_mended_by_a_rebuild(toy_index: Path, toy: ToyEmbedder, write_seeds, damage: str) -> None:
    path = toy_index / generations.current(toy_index).file
    content = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes({"flip": content, "cut": content[:5000], "empty": b""}[damage])
    with pytest.raises((IndexMismatch, IndexMissing), match="run `sidelight rebuild`"):
        open_store(toy_index, "toy")
    report = build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))
    assert (report.embedded, report.reused) == (4, 0)
    assert len(open_store(toy_index, "toy").claims) == 4


@pytest.mark.parametrize("content", ["", "{", "[]", '{"file": 1}', '{"file": "a.db", "sha256": "0", "more": 1}'])
def test_a_damaged_pointer_is_refused_and_mended_by_a_rebuild(toy_index: Path, toy: ToyEmbedder, write_seeds, content: str) -> None:
    (toy_index / generations.POINTER).write_text(content)
    with pytest.raises((IndexMismatch, IndexMissing), match="run `sidelight rebuild`"):
        open_store(toy_index, "toy")
    build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))
    assert len(open_store(toy_index, "toy").claims) == 4


def test_a_database_that_is_no_index_of_ours_is_refused(toy_index: Path) -> None:
    path = toy_index / "generation-000009.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table something (else_)")
    pointer = generations.Pointer(path.name, generations.file_hash(path))
    (toy_index / generations.POINTER).write_text(json.dumps(dataclasses.asdict(pointer)))
    with pytest.raises(IndexMismatch, match="not of this version"):
        open_store(toy_index, "toy")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("update documents set twins = substr(twins, 9) where source_id = 'honey'", "claims"),
        ("delete from documents where source_id = 'honey'", "claims"),
        ("delete from sources where id = 'honey'", "sources"),
        ("update documents set vectors = zeroblob(length(vectors)) where source_id = 'honey'", "unit length"),
        ("update documents set terms = replace(terms, 'cough', 'toothach') where source_id = 'honey'", "words in step"),
        ("update words set value = zeroblob(length(value)) where name = 'impacts'", "words in step"),
        ("update documents set claims = (select claims from documents where source_id = 'aspirin')", "fingerprint"),
        ("update documents set sha256 = 'other' where source_id = 'honey'", "fingerprint"),
        ("update documents set sentences = 99 where source_id = 'honey'", "part as it was made"),
    ],
)
def test_verification_finds_what_is_wrong(toy_index: Path, change: str, what: str) -> None:
    path = toy_index / generations.current(toy_index).file
    verify(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    with pytest.raises(IndexMismatch, match=what):
        verify(path)


def test_opening_leaves_no_file_open(toy_index: Path) -> None:
    open_store(toy_index, "toy")
    assert not [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink() and str(toy_index) in str(link.readlink())]

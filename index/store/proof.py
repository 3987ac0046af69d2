"""Proof that a generation just written is whole, before anybody depends on it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from index.errors import IndexMismatch
from index.store import generations, sqlite
from index.store.contents import fingerprint

HALF_PRECISION = 2e-3
"""How far half precision may leave a row from unit length: each number is off by at most 2^-11 of itself."""


def verify(path: Path) -> None:
    """Read a written generation back and prove it whole before anybody depends on it. IndexMismatch says what is wrong."""
    store = sqlite.read(path, generations.file_hash(path))
    info = store.info
    with closing(sqlite3.connect(path)) as connection:
        hashes = dict(connection.execute("select source_id, sha256 from documents"))
        rows = [np.frombuffer(blob, dtype=np.float16).astype(np.float32) for (blob,) in connection.execute("select vector from vectors")]
        in_step = _words_in_step(connection, len(store.claims))
    checks = {
        "as many claims as it says": info.claims == len(store.claims) == len(rows),
        "as many sources as it says": info.sources == len(store.sources) == len(hashes),
        "vectors of unit length": all(abs(float(np.linalg.norm(row)) - 1) < HALF_PRECISION for row in rows),
        "its words in step with its claims": in_step,
        "the contents that its fingerprint names": fingerprint(info.model, info.rules, store.sources, hashes, store.claims)
        == info.fingerprint,
    }
    for what, holds in checks.items():
        if not holds:
            raise IndexMismatch(f"The new index {path} does not have {what}, and the old one still answers: run `sidelight rebuild` again")


def _words_in_step(connection: sqlite3.Connection, size: int) -> bool:
    try:
        connection.execute("insert into claims_fts(claims_fts, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.rollback()
    return bool(connection.execute("select count(*) from passages").fetchone()[0] == size)

"""Proof that a generation just written is whole, before anybody depends on it."""

from collections.abc import Callable, Sequence

import numpy as np

from index.errors import IndexMismatch
from index.store.bm25 import Bm25
from index.store.contents import Contents, Part, collapsed, fingerprint

HALF_PRECISION = 2e-3
"""How far half precision may leave a row from unit length: each number is off by at most 2^-11 of itself."""
PARTS_AT_ONCE = 512


def verify(contents: Contents, seals: Sequence[str], where: str) -> None:
    """Prove that a generation, read back from `where`, is what was written. IndexMismatch says what is wrong.

    `seals` are those that its parts were written with, in their order.
    """
    parts = list(contents.parts.values())
    rows = collapsed(parts)
    info = contents.info
    checks: dict[str, Callable[[], bool]] = {
        "as many claims as it says": lambda: info.claims == len(rows.first) and _counts_agree(parts, info.dimensions),
        "as many sources as it says": lambda: info.sources == len(contents.sources) == len(parts),
        "vectors of unit length": lambda: _unit_length(parts, info.dimensions),
        "its words in step with its claims": lambda: contents.words.same(Bm25.of([part.words for part in parts], rows.named())),
        "the contents that its fingerprint names": lambda: _fingerprint(contents) == info.fingerprint,
        "each document's part as it was made": lambda: seals == [part.seal() for part in parts],
    }
    for what, holds in checks.items():  # in this order: each takes what those before it proved for granted
        if not holds():
            raise IndexMismatch(f"The new index {where} does not have {what}, and the old one still answers: run `sidelight rebuild` again")


def _counts_agree(parts: Sequence[Part], dimensions: int) -> bool:
    return all(part.size == len(part.words.sizes) == len(part.vectors) / (2 * dimensions) for part in parts)


def _unit_length(parts: Sequence[Part], dimensions: int) -> bool:
    for start in range(0, len(parts), PARTS_AT_ONCE):
        blob = b"".join(part.vectors for part in parts[start : start + PARTS_AT_ONCE])
        rows = np.frombuffer(blob, dtype=np.float16).reshape(-1, dimensions).astype(np.float32)
        if not np.all(np.abs(np.linalg.norm(rows, axis=1) - 1) < HALF_PRECISION):
            return False
    return True


def _fingerprint(contents: Contents) -> str:
    info = contents.info
    return fingerprint(info.model, info.rules, contents.sources, contents.hashes, contents.parts)

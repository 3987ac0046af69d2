"""What a generation holds, whichever engine keeps it, and the fingerprint that names it."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import Bm25
from index.store.words import Words
from index.types import Claim, IndexInfo, Rows, Sentence, Source, Span

_FIELDS = [field.name for field in fields(Source)]


@dataclass(frozen=True, slots=True)
class Part:
    """All that one document gives the index, made from it alone, so that a rebuild takes it over while the document stays as it is.

    `key` names what it was made from. Claims are `packed`; twins have 8 bytes and vectors `dimensions` half-precision numbers for each.
    """

    key: str
    sentences: int
    left_out: Mapping[str, int]
    claims: bytes
    twins: bytes
    vectors: bytes
    words: Words

    @property
    def size(self) -> int:
        """How many claims the document makes."""
        return len(self.twins) // 8

    def seal(self) -> str:
        """A hash of everything in it."""
        digest = hashlib.sha256(f"{self.key} {self.sentences} {json.dumps(self.left_out)}".encode())
        words = self.words
        numbers = (words.sizes.tobytes(), words.ids.tobytes(), words.counts.tobytes())
        for part in (self.claims, self.twins, self.vectors, "\n".join(words.terms).encode(), *numbers):
            digest.update(len(part).to_bytes(8, "little") + part)
        return digest.hexdigest()


def columns(part: Part) -> dict[str, Any]:
    """A part as every engine keeps it, by column: numbers as little-endian arrays, its words one a line."""
    words = part.words
    made = {"key": part.key, "sentences": part.sentences, "left_out": json.dumps(part.left_out)}
    blobs = {"claims": part.claims, "twins": part.twins, "vectors": part.vectors, "terms": "\n".join(words.terms)}
    return made | blobs | {"sizes": words.sizes.tobytes(), "ids": words.ids.tobytes(), "counts": words.counts.tobytes()}


def part_of(row: Mapping[str, Any]) -> Part:
    """The part that `columns` put away."""
    words = Words(
        row["terms"].split(),
        np.frombuffer(row["sizes"], dtype=np.uint32),
        np.frombuffer(row["ids"], dtype=np.uint32),
        np.frombuffer(row["counts"], dtype=np.float32),
    )
    return Part(row["key"], row["sentences"], json.loads(row["left_out"]), row["claims"], row["twins"], row["vectors"], words)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything to be written: sources, file hashes and parts by source id, in the order of the index, and the words of all."""

    info: IndexInfo
    sources: Mapping[str, Source]
    hashes: Mapping[str, str]
    parts: Mapping[str, Part]
    words: Bm25


@dataclass(frozen=True, slots=True)
class Collapsed:
    """Which places are one claim: `row` has the row of each place, `first` the place that names each row."""

    row: Rows
    first: Rows

    @classmethod
    def of(cls, twins: NDArray[np.int64]) -> "Collapsed":
        """Places with equal keys become one row, in the order of their first places."""
        _, first, inverse = np.unique(twins, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return cls(rank[inverse], first[order])

    def named(self) -> Rows:
        """The row of each place that names one, -1 for the copies."""
        own = np.full(len(self.row), -1, dtype=np.int64)
        own[self.first] = np.arange(len(self.first))
        return own


def collapsed(parts: Sequence[Part]) -> Collapsed:
    """The rows of an index with these parts."""
    return Collapsed.of(np.frombuffer(b"".join(part.twins for part in parts), dtype=np.int64))


def packed(claims: Sequence[Claim]) -> bytes:
    """The claims of one source in the fewest bytes: neighbours repeat one another, so they shrink to a quarter."""
    rows = [
        (c.id, c.sentence.span.start, c.sentence.span.end, c.text, c.sentence.heading, c.sentence.before, c.sentence.after) for c in claims
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpacked(source_id: str, claims: bytes) -> list[Claim]:
    """The claims that `packed` put away."""
    return [
        Claim(claim_id, source_id, Sentence(Span(start, end, text), heading, before, after))
        for claim_id, start, end, text, heading, before, after in json.loads(zlib.decompress(claims))
    ]


def record(source: Source) -> dict[str, str | None]:
    """What is known of a source, by field; many times faster than `asdict`, which copies deeply."""
    return {name: getattr(source, name) for name in _FIELDS}


def fingerprint(model: str, rules: str, sources: Mapping[str, Source], hashes: Mapping[str, str], parts: Mapping[str, Part]) -> str:
    """A short name for what an index says: the same for the same seeds, model and rules, however and wherever it was built.

    Vectors are left out, because two machines differ in their last bits; time and generation are left out too.
    """
    digest = hashlib.sha256(json.dumps([model, rules]).encode())
    for key in sorted(sources):
        digest.update(json.dumps([record(sources[key]), hashes[key]]).encode())
        digest.update(hashlib.sha256(zlib.decompress(parts[key].claims)).digest())
    return digest.hexdigest()[:16]

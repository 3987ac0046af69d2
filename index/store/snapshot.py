"""A generation in memory: what every engine's file becomes when it is opened, and what search reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from index.context import FIELD_WEIGHTS, lexical_fields
from index.store.bm25 import Bm25
from index.store.words import stems
from index.types import Claim, IndexInfo, Source, Vectors


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`index.types.ClaimStore` in memory: no file is open, no lock is needed and nothing changes, so any thread may read."""

    info: IndexInfo
    sources: Mapping[str, Source]
    claims: Sequence[Claim]
    matrix: Vectors
    words: Bm25

    @classmethod
    def of(cls, info: IndexInfo, sources: Mapping[str, Source], claims: Sequence[Claim], vectors: Vectors) -> Self:
        """A snapshot straight from its parts, without a file; `vectors` has one unit row for each claim."""
        placed = [lexical_fields(claim, sources[claim.source_id].title) for claim in claims]
        fields = [stems(texts) for texts in zip(*placed, strict=True)] or [[] for _ in FIELD_WEIGHTS]
        return cls(info, sources, claims, vectors, Bm25.from_fields(fields, FIELD_WEIGHTS))

    def dense(self, vectors: Vectors, /) -> Vectors:
        """Cosines, shape (queries, claims)."""
        cosines: Vectors = vectors @ self.matrix.T
        return cosines

    def lexical(self, texts: Sequence[str], limit: int, /) -> list[dict[int, float]]:
        """For each text the best `limit` claims by BM25, as claim row -> score."""
        return [self.words.best(terms, limit) for terms in stems(texts)]

"""What flows through Sidelight, and the seams between its parts. Imports nothing of ours."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, dim); every row has unit length, so a dot product is a cosine."""

Progress = Callable[[str, int, int], None]
"""Told now and then how far a long task is: what is counted ("files read"), how many are done, of how many."""


def silent(what: str, done: int, of: int) -> None:
    """A Progress that tells nobody."""


Rows = NDArray[np.int64]
"""Numbers of claims in an index."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: `text == whole[start:end]`, offsets in code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it. `kind` is one of `index.kinds.KINDS`; `date` is ISO 8601, as exact as it is known.

    `retracted` is the date of a retraction that stands, `unknown` where only the retraction itself is known.
    """

    id: str
    title: str
    kind: str
    kind_reason: str
    publisher: str
    file: str
    language: str
    url: str | None = None
    date: str | None = None
    commercial_interest: str | None = None
    doi: str | None = None
    retracted: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A seed as read. The text of a .txt is the file's, so that offsets into one are offsets into the other; of other formats it is what
    was extracted. `sha256` is that of the file's bytes, or of the line, where every line is a document."""

    source: Source
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in its place: the heading above it and the sentences beside it, empty where there are none."""

    span: Span
    heading: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An indexed sentence that asserts something checkable. `id` is stable: source, start offset, text hash."""

    id: str
    source_id: str
    sentence: Sentence

    @property
    def text(self) -> str:
        """The claim as it stands in the seed file."""
        return self.sentence.span.text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim stands: the sentence in one document, and who says it there."""

    claim: Claim
    source: Source


@dataclass(frozen=True, slots=True)
class Evidence:
    """An indexed claim found for a query. `similarity` is the cosine, in -1..1; `score` is the fused rank score, in 0..1.

    `also` has one place for each other source that says the same in the same words.
    """

    claim: Claim
    source: Source
    similarity: float
    score: float
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A sentence to find evidence for, with what names its subject when it does not: heading and sentence before."""

    text: str
    heading: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an index was made from: enough to refuse it when it does not match, and to say which one answered."""

    fingerprint: str
    model: str
    rules: str
    dimensions: int
    sources: int
    claims: int
    built_at: str


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model's id, as recorded in the index."""
        ...

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One unit row for each text, in order."""
        ...


class ClaimStore(Protocol):
    """One published index, read only and immutable once opened: safe to share between threads.

    A claim is a row, 0 to `info.claims` - 1; copies of one claim share its row. Everything is asked for many at once.

    `kinds` leaves only the claims that are of one of these kinds of source, None all. A claim is of a kind if any source that makes it
    is. What is left out takes nobody's place: a search by kind never returns fewer than `limit` where there are as many of these kinds.
    """

    @property
    def info(self) -> IndexInfo:
        """What this index was made from."""
        ...

    @property
    def sources(self) -> Mapping[str, Source]:
        """All sources, by id."""
        ...

    def naming(self, sources: Mapping[str, Source], /) -> Self:
        """The same index with other records for its sources."""
        ...

    def nearest(self, vectors: Vectors, limit: int, kinds: Collection[str] | None = None, /) -> tuple[Rows, Vectors]:
        """For each query the `limit` rows of highest cosine, best first, and these cosines; all rows (of `kinds`) where there are fewer."""
        ...

    def cosines(self, vectors: Vectors, rows: Sequence[Rows], /) -> list[Vectors]:
        """For each query its cosines with the rows given for it."""
        ...

    def lexical(self, texts: Sequence[str], limit: int, kinds: Collection[str] | None = None, /) -> list[dict[int, float]]:
        """For each text the best `limit` claims (of `kinds`) by BM25, as claim row -> score (higher is better).

        Only claims that share a word with the text have a score, and it is the same whatever `kinds` says.
        """
        ...

    def vectors(self, rows: Rows, /) -> Vectors:
        """The rows' own vectors."""
        ...

    def places(self, rows: Sequence[int], /) -> list[list[Claim]]:
        """For each row the claim in every place where it stands, in the order of the index; the first names the row."""
        ...

    def rows_of(self, source_id: str, /) -> Rows:
        """The rows of the claims that a source makes, its shared ones included, ascending."""
        ...

    def find(self, claim_id: str, /) -> Claim | None:
        """The claim with an id, in its place."""
        ...

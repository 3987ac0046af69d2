"""An engine whose parts say how long they took: the same protocols, passed on under `stage`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.check import Engine
from api.metrics import stage
from api.types import Pair, Scores, StanceModel
from index.types import Claim, ClaimStore, Embedder, IndexInfo, Source, Vectors


@dataclass(frozen=True, slots=True)
class TimedEmbedder:
    """An `Embedder`."""

    inner: Embedder

    @property
    def name(self) -> str:
        """The model's id."""
        return self.inner.name

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One unit row for each text, in order."""
        with stage("embed"):
            return self.inner.embed(texts)


@dataclass(frozen=True, slots=True)
class TimedStore:
    """A `ClaimStore`."""

    inner: ClaimStore

    @property
    def info(self) -> IndexInfo:
        """What this index was made from."""
        return self.inner.info

    @property
    def sources(self) -> Mapping[str, Source]:
        """All sources, by id."""
        return self.inner.sources

    @property
    def claims(self) -> Sequence[Claim]:
        """All claims."""
        return self.inner.claims

    @property
    def matrix(self) -> Vectors:
        """The claims' own vectors, shape (claims, dim)."""
        return self.inner.matrix

    def dense(self, vectors: Vectors, /) -> Vectors:
        """Cosines, shape (queries, claims)."""
        with stage("search"):
            return self.inner.dense(vectors)

    def lexical(self, texts: Sequence[str], limit: int, /) -> list[dict[int, float]]:
        """For each text the best `limit` claims by BM25, as claim row -> score."""
        with stage("search"):
            return self.inner.lexical(texts, limit)


@dataclass(frozen=True, slots=True)
class TimedStance:
    """A `StanceModel`."""

    inner: StanceModel

    @property
    def name(self) -> str:
        """The model's id and weights hash."""
        return self.inner.name

    def judge(self, pairs: Sequence[Pair], /) -> list[Scores]:
        """One result for each pair, in order."""
        with stage("stance"):
            return self.inner.judge(pairs)


def timed(engine: Engine) -> Engine:
    """The engine with every part timed."""
    return Engine(TimedStore(engine.store), TimedEmbedder(engine.embedder), TimedStance(engine.stance))

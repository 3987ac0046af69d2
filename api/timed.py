"""An engine whose models say how long they took: the same protocols, passed on under `stage`."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.check import Engine
from api.metrics import stage
from api.types import Pair, Scores, StanceModel
from index.types import Embedder, Vectors


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
    """The engine with its models timed."""
    return Engine(engine.store, TimedEmbedder(engine.embedder), TimedStance(engine.stance))

"""How long one request may work, and whether anybody still waits for it: asked between chunks of model work, never inside one."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from api.check import Engine
from api.problems import Problem
from api.types import Pair, Scores, StanceModel
from index.types import Embedder, Vectors

PAIRS = 64
"""Pairs between two looks at the budget: 1 to 2.5 seconds on two cores or one."""
TEXTS = 512
"""Texts between two looks: about as long. The embedder sorts what it gets at once by length, so fewer would cost more padding."""
T = TypeVar("T")


class Budget:
    """Some seconds from now on, which end early when the client goes away. Safe to share between threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.ends = seconds, time.monotonic() + seconds
        self.unwanted = threading.Event()

    def left(self) -> float:
        """Seconds left; negative when they are over."""
        return self.ends - time.monotonic()

    def stop(self) -> None:
        """Nobody waits any more."""
        self.unwanted.set()

    def check(self) -> None:
        """Go on, or raise Problem."""
        if self.unwanted.is_set():
            raise Problem(503, "Nobody waits", "The client went away, so the work was stopped.")
        if self.left() < 0:
            raise self.problem()

    def problem(self) -> Problem:
        """The error of a request that took too long."""
        detail = f"One request may take {self.seconds:g} seconds. Send the page in parts, or raise SIDELIGHT_MAX_SECONDS."
        return Problem(503, "Took too long", detail, limit="max_seconds", value=self.seconds)

    def chunks(self, items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
        """The items in chunks, at least one, with a look at the budget before each. Raises Problem when it is spent."""
        for start in range(0, max(len(items), 1), size):
            self.check()
            yield items[start : start + size]


@dataclass(frozen=True, slots=True)
class BoundedStance:
    """A stance model that looks at the budget between chunks. Pairs are judged each by itself, so chunks change no answer."""

    model: StanceModel
    budget: Budget

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.model.name

    def judge(self, pairs: Sequence[Pair], /) -> list[Scores]:
        """One result for each pair, in order. Raises Problem when the budget is spent."""
        scores: list[Scores] = []
        for chunk in self.budget.chunks(pairs, PAIRS):
            scores += self.model.judge(chunk)
        return scores


@dataclass(frozen=True, slots=True)
class BoundedEmbedder:
    """An embedder that looks at the budget between chunks."""

    model: Embedder
    budget: Budget

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.model.name

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One row for each text, in order. Raises Problem when the budget is spent."""
        return np.concatenate([self.model.embed(chunk) for chunk in self.budget.chunks(texts, TEXTS)])


def bounded(engine: Engine, budget: Budget) -> Engine:
    """The engine for one request: its models stop when the budget is spent."""
    return replace(engine, embedder=BoundedEmbedder(engine.embedder, budget), stance=BoundedStance(engine.stance, budget))

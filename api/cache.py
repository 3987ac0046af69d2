"""What the models said before, by what they were asked: in memory only, bounded in bytes, never a different answer.

An answer is a pure function of the model and the texts it reads, and these are its key (as a hash: no page text is kept). So it stays
right when another index is published, and a page that changes a little asks only for what is new. Nothing that depends on the index or
on the page's host is kept: verdicts, rules and the search itself are always derived anew.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from api.metrics import count
from api.types import Pair, Scores, StanceModel
from index.types import Embedder, Vectors

Question = tuple[str, ...]
"""The texts that a model reads for one answer."""
Answer = TypeVar("Answer")

ENTRY_BYTES = 400
"""What Python keeps for an entry beside its answer's own bytes: key, dictionary slots, objects (290 to 345 by tracemalloc)."""
SCORES_BYTES = 72
"""Three floats; the object that holds them is in ENTRY_BYTES."""


class Memo(Generic[Answer]):
    """Answers by question, the least recently used dropped past `max_bytes`; shared by threads, a question is asked once at a time."""

    def __init__(self, model: str, max_bytes: int, size: Callable[[Answer], int]) -> None:
        self.model = model
        self.kept: LRUCache[bytes, Answer] = LRUCache(max_bytes, getsizeof=lambda answer: size(answer) + ENTRY_BYTES)
        self.coming: dict[bytes, Future[Answer]] = {}
        self.lock = threading.Lock()

    def answers(self, questions: Sequence[Question], ask: Callable[[Sequence[Question]], Sequence[Answer]]) -> list[Answer]:
        """One answer for each question, in order: kept ones, ones that another thread is asking for, and the rest from one `ask`.

        Own questions are asked before waiting for another thread's, so two threads never wait for each other. What another thread failed
        to get is asked for here: its failure is its own.
        """
        keys = [self.key(question) for question in questions]
        mine: dict[bytes, Question] = {}
        others: dict[bytes, Future[Answer]] = {}
        found: dict[bytes, Answer] = {}
        with self.lock:
            for key, question in zip(keys, questions, strict=True):
                if key in self.kept:
                    found[key] = self.kept[key]
                elif key not in mine and key in self.coming:
                    others[key] = self.coming[key]
                elif key not in mine:
                    mine[key] = question
                    self.coming[key] = Future()
        asked = sum(key in mine for key in keys)
        count("cache", "miss", asked)
        count("cache", "hit", len(keys) - asked)
        found |= self.made(mine, ask)
        found |= {key: future.result() for key, future in others.items() if future.exception() is None}
        failed = {key: question for key, question in zip(keys, questions, strict=True) if key not in found}
        if failed:
            found |= dict(zip(failed, self.answers(list(failed.values()), ask), strict=True))
        return [found[key] for key in keys]

    def key(self, question: Question) -> bytes:
        """The hash of the model and the texts; as JSON no two lists of texts read alike."""
        return hashlib.sha256(json.dumps([self.model, *question]).encode()).digest()

    def made(self, questions: Mapping[bytes, Question], ask: Callable[[Sequence[Question]], Sequence[Answer]]) -> dict[bytes, Answer]:
        """The answers asked for now, kept and handed to whoever waits for them; a failure is handed on too, and raised."""
        if not questions:
            return {}
        try:
            found = dict(zip(questions, ask(list(questions.values())), strict=True))
        except BaseException as error:
            with self.lock:
                waited = [self.coming.pop(key) for key in questions]
            for future in waited:
                future.set_exception(error)
            raise
        with self.lock:
            for key, answer in found.items():
                if self.kept.getsizeof(answer) <= self.kept.maxsize:
                    self.kept[key] = answer
            waited = [self.coming.pop(key) for key in questions]
        for future, answer in zip(waited, found.values(), strict=True):
            future.set_result(answer)
        return found


class RememberingEmbedder:
    """An `Embedder` that embeds a text once."""

    def __init__(self, embedder: Embedder, max_bytes: int) -> None:
        self.embedder = embedder
        self.memo: Memo[NDArray[np.float32]] = Memo(embedder.name, max_bytes, lambda row: row.nbytes)

    @property
    def name(self) -> str:
        """The model's id."""
        return self.embedder.name

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One unit row for each text, in order."""
        if not texts:
            return self.embedder.embed([])
        return np.array(self.memo.answers([(text,) for text in texts], self.rows), np.float32)

    def rows(self, questions: Sequence[Question]) -> list[NDArray[np.float32]]:
        """The rows, each with memory of its own: a view would keep all the others alive."""
        return [row.copy() for row in self.embedder.embed([text for (text,) in questions])]


class RememberingStance:
    """A `StanceModel` that judges a pair once."""

    def __init__(self, stance: StanceModel, max_bytes: int) -> None:
        self.stance = stance
        self.memo: Memo[Scores] = Memo(stance.name, max_bytes, lambda _: SCORES_BYTES)

    @property
    def name(self) -> str:
        """The model's id and weights hash."""
        return self.stance.name

    def judge(self, pairs: Sequence[Pair], /) -> list[Scores]:
        """One result for each pair, in order."""
        return self.memo.answers([(pair.evidence, pair.claim) for pair in pairs], self.scores)

    def scores(self, questions: Sequence[Question]) -> list[Scores]:
        """The scores of pairs not yet judged."""
        return self.stance.judge([Pair(evidence, claim) for evidence, claim in questions])

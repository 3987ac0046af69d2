"""An engine small enough to work out by hand: given claims, given vectors, a stance model that answers from a table."""

import numpy as np

from api.check import Engine
from api.types import Scores
from index.store.snapshot import Snapshot
from index.types import Claim, IndexInfo, Sentence, Source, Span

NEUTRAL = Scores(0.05, 0.05, 0.9)


def against(probability):
    """Scores that contradict by so much."""
    return Scores((1 - probability) / 2, probability, (1 - probability) / 2)


def favour(probability):
    """Scores that support by so much."""
    return Scores(probability, (1 - probability) / 2, (1 - probability) / 2)


class TableStance:
    """Answers from `(evidence, claim) -> Scores`, neutral otherwise; remembers what it was asked."""

    name = "table"

    def __init__(self, table):
        self.table = table
        self.asked = []

    def judge(self, pairs):
        self.asked += [(pair.evidence, pair.claim) for pair in pairs]
        return [self.table.get((pair.evidence, pair.claim), NEUTRAL) for pair in pairs]


class OneDirection:
    """Every text lies in the same direction, so everything is near everything."""

    name = "one"

    def embed(self, texts):
        return np.tile(np.array([[1, 0]], np.float32), (len(texts), 1))


def unit(x, y):
    """A unit row."""
    return np.array([x, y], np.float32) / np.hypot(x, y)


def engine(claims, table, fingerprint="f1"):
    """`claims` is a list of (source id, text, vector) or (source id, text)."""
    texts = [(source, text, *(vector or (unit(1, 0),))) for source, text, *vector in claims]
    sources = {s: Source(s, f"Title of {s}", "other", "because", f"House of {s}", f"{s}.txt", "en") for s, _, _ in texts}
    made = [Claim(f"{s}-{n}", s, Sentence(Span(n, n + len(text), text))) for n, (s, text, _) in enumerate(texts)]
    info = IndexInfo(fingerprint, "one", "rules", 2, len(sources), len(made), "2026-01-01T00:00:00Z")
    vectors = np.stack([vector for *_, vector in texts]) if texts else np.empty((0, 2), np.float32)
    return Engine(Snapshot.of(info, sources, made, vectors), OneDirection(), TableStance(table))

"""The corpus judges itself: pairs of indexed claims that contradict each other, so that the keeper of the seeds sees them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from api.check import Engine
from api.premise import premise
from api.schemas import ClaimOut
from api.thresholds import AUDIT_BOTH_WAYS, AUDIT_NEIGHBOURS, AUDIT_SIMILARITY
from api.types import Pair
from api.verdict import letters
from index.types import Claim, ClaimStore, Evidence, Rows, Vectors

ROWS_AT_ONCE = 512
PAIRS_AT_ONCE = 128
"""Pairs judged between two words of progress."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two claims that contradict each other: `forward` is what the first says against the second, `backward` the other way."""

    first: Evidence
    second: Evidence
    forward: float
    backward: float

    @property
    def probability(self) -> float:
        """Of the weaker direction: contradiction goes both ways, so one direction alone proves little."""
        return min(self.forward, self.backward)


@dataclass(frozen=True, slots=True)
class Audit:
    """What the corpus says against itself, surest first, and how many pairs were compared."""

    disagreements: tuple[Disagreement, ...]
    compared: int


def audit(engine: Engine, progress: Callable[[str], None] = lambda _: None) -> Audit:
    """Compare each claim with its nearest neighbours, both ways."""
    pairs = list(neighbours(engine.store))
    found: list[Disagreement] = []
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        found += judge_pairs(engine, pairs[start : start + PAIRS_AT_ONCE])
        progress(f"{min(start + PAIRS_AT_ONCE, len(pairs))} of {len(pairs)} pairs compared")
    return Audit(tuple(sorted(found, key=lambda d: (-d.probability, -d.first.similarity))), len(pairs))


def neighbours(store: ClaimStore) -> Iterator[tuple[Evidence, Evidence]]:
    """Pairs of near claims, each once; copies of one sentence say nothing new and are left out."""
    seen: set[tuple[int, int]] = set()
    for source_id in store.sources:
        own = store.rows_of(source_id)
        for start in range(0, len(own), ROWS_AT_ONCE):
            yield from neighbours_of(store, own[start : start + ROWS_AT_ONCE], own, seen)


def neighbours_of(store: ClaimStore, rows: Rows, own: Rows, seen: set[tuple[int, int]]) -> Iterator[tuple[Evidence, Evidence]]:
    """The pairs of some rows of a source whose rows are `own`; `seen` grows by them."""
    vectors = store.vectors(rows)
    inside = vectors @ store.vectors(own).T
    # However many of the nearest are the source's own, enough others are left.
    around, cosines = store.nearest(vectors, len(own) + AUDIT_NEIGHBOURS)
    found: dict[tuple[int, int], float] = {}
    for row, within, outside, values in zip(rows.tolist(), inside, around, cosines, strict=True):
        others = ~np.isin(outside, own)
        # Apart, because claims of one document share its title and would crowd the others out.
        for other, near in (*nearest(own, within, row), *nearest(outside[others], values[others], row)):
            found.setdefault((min(row, other), max(row, other)), near)
    pairs = [pair for pair in found if pair not in seen]
    seen.update(pairs)
    claims = iter([places[0] for places in store.places([row for pair in pairs for row in pair])])
    for pair in pairs:
        first, second = next(claims), next(claims)
        if letters(first.text) != letters(second.text):
            yield placed(store, first, found[pair]), placed(store, second, found[pair])


def nearest(rows: Rows, near: Vectors, but: int) -> list[tuple[int, float]]:
    """The rows above the floor that are nearest to row `but`, with their cosines."""
    found = [(row, cosine) for row, cosine in zip(rows.tolist(), near.tolist(), strict=True) if row != but and cosine >= AUDIT_SIMILARITY]
    return sorted(found, key=lambda one: -one[1])[:AUDIT_NEIGHBOURS]


def placed(store: ClaimStore, claim: Claim, similarity: float) -> Evidence:
    """A claim as evidence about its neighbour."""
    return Evidence(claim, store.sources[claim.source_id], similarity, similarity)


def judge_pairs(engine: Engine, pairs: Sequence[tuple[Evidence, Evidence]]) -> list[Disagreement]:
    """The pairs of which each side contradicts the other."""
    both = [Pair(premise(a), b.claim.text) for first, second in pairs for a, b in ((first, second), (second, first))]
    scores = [score.contradicts for score in engine.stance.judge(both)]
    judged = [Disagreement(*pair, *ways) for pair, ways in zip(pairs, zip(scores[::2], scores[1::2], strict=True), strict=True)]
    return [d for d in judged if d.probability >= AUDIT_BOTH_WAYS]


def to_json(result: Audit) -> dict[str, Any]:
    """As one JSON document."""
    return {
        "disagreements": [
            {
                "probability": round(d.probability, 4),
                "forward": round(d.forward, 4),
                "backward": round(d.backward, 4),
                "similarity": round(d.first.similarity, 4),
                "first": ClaimOut.of(d.first.claim, d.first.source).model_dump(mode="json"),
                "second": ClaimOut.of(d.second.claim, d.second.source).model_dump(mode="json"),
            }
            for d in result.disagreements
        ],
        "compared": result.compared,
        "thresholds": {"similarity_floor": AUDIT_SIMILARITY, "neighbours": AUDIT_NEIGHBOURS, "both_ways": AUDIT_BOTH_WAYS},
    }


def lines(result: Audit) -> list[str]:
    """For people: each pair, then how often which sources disagree."""
    shown: list[str] = []
    for d in result.disagreements:
        shown.append(f"✗ {d.probability:.0%}")
        for side in (d.first, d.second):
            shown += [f"  “{side.claim.text}”", f"    {side.source.title}, {side.source.publisher} [{side.source.kind}]"]
        shown.append("")
    met = Counter(" and ".join(sorted({d.first.source.id, d.second.source.id})) for d in result.disagreements)
    shown += [f"{count} {'pair' if count == 1 else 'pairs'}: {sources}" for sources, count in met.most_common()]
    return [*shown, f"{len(result.disagreements)} of {result.compared} pairs compared contradict each other; a model's call, so read both"]

"""Numbers of the claim against numbers of the evidence, unit by unit: a difference takes "supports" away."""

from dataclasses import dataclass
from enum import StrEnum

from api.rules.quantities import COUNT, Quantity, quantities
from api.rules.words import is_negation, tokens


class Comparison(StrEnum):
    """How the quantities of two texts stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The outcome, with the two wordings that differ where they do."""

    comparison: Comparison
    claim: str = ""
    evidence: str = ""


def compare(claim: str, evidence: str) -> Numbers:
    """Compare what both texts give a number for; one number of the claim without its match is a difference."""
    theirs = quantities(evidence)
    denied = any(is_negation(word) for word in tokens(claim))
    outcome = Comparison.NOT_COMPARABLE
    for ours in quantities(claim):
        rivals = [other for other in theirs if comparable(ours, other)]
        # "Not for as long as six months" names no amount; "no misuse" does.
        if not rivals or (denied and ours.high > 0):
            continue
        if not any(overlap(ours, other) for other in rivals):
            return Numbers(Comparison.DIFFER, ours.said, rivals[0].said)
        outcome = Comparison.AGREE
    return Numbers(outcome)


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities measure the same: the same unit, and for counts the same thing counted."""
    return a.unit == b.unit and (a.unit != COUNT or bool(a.things & b.things))


def overlap(a: Quantity, b: Quantity) -> bool:
    """Whether one amount can satisfy both."""
    return a.low <= b.high and b.low <= a.high


def differ(claim: str, evidence: str) -> str | None:
    """The note that names both numbers, where they differ."""
    found = compare(claim, evidence)
    if found.comparison is not Comparison.DIFFER:
        return None
    return f"The numbers differ: “{found.claim}” on the page, “{found.evidence}” in the evidence."

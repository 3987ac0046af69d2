"""What flows through a check, worst first where there is an order. Imports only `index.types`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from index.types import Evidence, Sentence


class Stance(StrEnum):
    """What a piece of evidence says of a claim."""

    CONTRADICTS = "contradicts"
    SUPPORTS = "supports"
    NEUTRAL = "neutral"


class Verdict(StrEnum):
    """What the index as a whole says of a claim, worst first."""

    CONTRADICTED = "contradicted"
    DISPUTED = "disputed"
    SUPPORTED = "supported"
    NO_EVIDENCE = "no_evidence"


class Note(StrEnum):
    """What a reader should know beside a stance or verdict; the value is the sentence shown.

    Only the notes that code asks for are named here; a rule of `api.rules` makes its own sentence, with the values it found.
    """

    SAME_PUBLISHER = "From the page's own publisher: shown, but never counted as support."
    SAME_TEXT = "Nearly the same words as the page: a copy is not a second source."
    RETRACTED = "Retracted: shown, but never counted for or against."
    COMMERCIAL = "The source sells what it speaks of, or is paid by those who do."
    SAFETY_UNSURE = "It is a claim about safety, and what supports it may not go so far: not shown as supported."
    SELLERS_ALONE = "Only sources that sell this support it, and it is a claim about safety: not shown as supported."


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities of the three stances of one pair; they sum to 1."""

    supports: float
    contradicts: float
    neutral: float


@dataclass(frozen=True, slots=True)
class Pair:
    """What a stance model reads: an evidence text and the claim that it may speak to."""

    evidence: str
    claim: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A piece of evidence with its stance towards the claim; `probability` is that of this stance.

    `kinds` are the kinds of those of its sources that may count, each once: a copy is not a second piece of evidence.
    """

    evidence: Evidence
    stance: Stance
    probability: float
    notes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with what was found: verdict, the confidence in it in 0..1, the evidence that speaks to it, best first."""

    sentence: Sentence
    verdict: Verdict
    confidence: float
    judgements: tuple[Judgement, ...] = ()
    notes: tuple[str, ...] = ()
    tally: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class StanceModel(Protocol):
    """Decides the stance of pairs, always a whole batch."""

    @property
    def name(self) -> str:
        """The model's id and weights hash, as every answer reports it."""
        ...

    def judge(self, pairs: Sequence[Pair], /) -> list[Scores]:
        """One result for each pair, in order."""
        ...

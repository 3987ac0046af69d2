"""The wire: what HTTP requests and answers are made of. Pydantic stands here and nowhere further in."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api.annotate import Annotation
from api.check import Coverage as Covered
from api.types import Finding, Judgement
from index.types import Claim, Evidence, IndexInfo, Source

HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def whole(text: object) -> object:
    """A text whose halves of surrogate pairs are U+FFFD, as JavaScript's strings may hold them and UTF-8 may not; no offset moves."""
    return HALF_A_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text) if isinstance(text, str) else text


class Wire(BaseModel):
    """Base of what comes in: unknown fields are an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Block(Wire):
    """A block of the page: a paragraph, list item, heading … `GET /v1/limits` says how long it may be."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: Annotated[str, BeforeValidator(whole)]
    priority: Annotated[int, Field(description="In a streamed answer, blocks of lower priority come first, then in page order.")] = 0


class Page(Wire):
    """What is known of the page; its host lets evidence of the same publisher be told apart."""

    host: Annotated[str, StringConstraints(max_length=253)]


class AnnotateRequest(Wire):
    """The text of a page, in its blocks. `GET /v1/limits` says how many there may be."""

    blocks: list[Block]
    page: Page | None = None


class CheckRequest(Wire):
    """One claim to check."""

    claim: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), BeforeValidator(whole)]
    page: Page | None = None


class SourceOut(BaseModel):
    """Who says it."""

    id: str
    title: str
    kind: str
    publisher: str
    url: str | None
    commercial_interest: str | None
    date: str | None

    @classmethod
    def of(cls, source: Source) -> "SourceOut":
        """The source as it is shown beside evidence."""
        return cls(**{name: getattr(source, name) for name in cls.model_fields})


class SourceDetail(SourceOut):
    """A source with why it has its kind and how many claims it gave."""

    kind_reason: str
    language: str
    file: str
    claims: int = 0


class Context(BaseModel):
    """The sentences beside the evidence in its document."""

    before: str
    after: str


AlsoFrom = Annotated[list[SourceOut], Field(default_factory=list, exclude_if=lambda sources: not sources)]
"""The other sources that say the same in the same words; the field is left out where there are none."""


class ClaimOut(BaseModel):
    """An indexed claim in its place."""

    claim_id: str
    text: str
    heading: str
    context: Context
    source: SourceOut

    @classmethod
    def of(cls, claim: Claim, source: Source) -> "ClaimOut":
        """The claim as it is shown."""
        place = claim.sentence
        return cls(
            claim_id=claim.id,
            text=claim.text,
            heading=place.heading,
            context=Context(before=place.before, after=place.after),
            source=SourceOut.of(source),
        )


class Hit(ClaimOut):
    """A claim found by search."""

    similarity: float
    score: float
    also_from: AlsoFrom

    @classmethod
    def found(cls, evidence: Evidence) -> "Hit":
        """The search result as it is shown."""
        return cls(
            **ClaimOut.of(evidence.claim, evidence.source).model_dump(),
            similarity=round(evidence.similarity, 4),
            score=round(evidence.score, 4),
            also_from=[SourceOut.of(place.source) for place in evidence.also],
        )


class EvidenceOut(BaseModel):
    """A piece of evidence with its stance towards the claim."""

    claim_id: str
    text: str
    stance: Literal["supports", "contradicts", "neutral"]
    probability: float
    similarity: float
    context: Context
    source: SourceOut
    notes: list[str]
    also_from: AlsoFrom

    @classmethod
    def of(cls, judgement: Judgement) -> "EvidenceOut":
        """The judgement as it is shown."""
        evidence = judgement.evidence
        place = evidence.claim.sentence
        return cls(
            claim_id=evidence.claim.id,
            text=evidence.claim.text,
            stance=judgement.stance.value,
            probability=round(judgement.probability, 4),
            similarity=round(evidence.similarity, 4),
            context=Context(before=place.before, after=place.after),
            source=SourceOut.of(evidence.source),
            notes=[str(note) for note in judgement.notes],
            also_from=[SourceOut.of(place.source) for place in evidence.also],
        )


class Found(BaseModel):
    """What a finding says, wherever it stands."""

    verdict: Literal["contradicted", "disputed", "supported", "no_evidence"]
    confidence: float
    evidence: list[EvidenceOut]
    notes: list[str]
    tally: Mapping[str, Mapping[str, int]]


def found(finding: Finding) -> dict[str, object]:
    """The fields of `Found` for a finding."""
    return {
        "verdict": finding.verdict.value,
        "confidence": round(finding.confidence, 4),
        "evidence": [EvidenceOut.of(j) for j in finding.judgements],
        "notes": [str(note) for note in finding.notes],
        "tally": finding.tally,
    }


class AnnotationOut(Found):
    """A finding in its block: UTF-16 code-unit offsets, and the exact slice they cut."""

    block: str
    start: int
    end: int
    text: str

    @classmethod
    def of(cls, annotation: Annotation) -> "AnnotationOut":
        """The annotation as it is sent."""
        place = {"block": annotation.block, "start": annotation.start, "end": annotation.end, "text": annotation.finding.sentence.span.text}
        return cls.model_validate({**place, **found(annotation.finding)})


class Coverage(BaseModel):
    """How much of the page Sidelight could speak to."""

    sentences: int
    claims: int
    with_evidence: int
    outside_corpus: int
    not_checked: int = 0
    other_language: int = 0

    @classmethod
    def of(cls, coverage: Covered) -> "Coverage":
        """The coverage as it is sent."""
        return cls(**asdict(coverage))


class Measured(BaseModel):
    """How often a stance that was shown was right, on labelled pairs that the model never saw."""

    right: int
    of: int


class Evaluation(BaseModel):
    """The shipped evaluation of the stance model: counts over the test sets named, after thresholds and rules."""

    supports: Measured
    contradicts: Measured
    on: list[str]


class Models(BaseModel):
    """Which models and thresholds gave the answer, and how often such answers were right where it was measured."""

    embedding: str
    stance: str
    thresholds: Mapping[str, float]
    evaluation: Evaluation | None = None


class IndexOut(BaseModel):
    """Which index gave the answer."""

    fingerprint: str
    model: str
    rules: str
    sources: int
    claims: int
    built_at: str
    retracted: list[str] = []

    @classmethod
    def of(cls, info: IndexInfo, sources: Mapping[str, Source]) -> "IndexOut":
        """The index as every answer names it, with the sources that a list of retractions or their own record takes out."""
        retracted = [source.id for source in sources.values() if source.retracted]
        return cls(**{name: getattr(info, name) for name in cls.model_fields if name != "retracted"}, retracted=retracted)


class AnnotateResponse(BaseModel):
    """The annotations of a page, in the order of its blocks, and the coverage."""

    annotations: list[AnnotationOut]
    coverage: Coverage
    index: IndexOut
    models: Models


class CheckResponse(Found):
    """The answer to one claim."""

    claim: str
    index: IndexOut
    models: Models


class SearchResponse(BaseModel):
    """The claims nearest to a text, best first."""

    query: str
    hits: list[Hit]
    index: IndexOut


class ProblemOut(BaseModel):
    """RFC 9457 problem details; where a limit was met, its name and value as in `GET /v1/limits`."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    limit: str | None = None
    value: float | None = None
    request_id: str | None = None


class Status(BaseModel):
    """Whether the service answers, or is ready."""

    status: Literal["ok", "ready"]

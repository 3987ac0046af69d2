"""The straight line from page text to findings.

page blocks -> sentences -> claims -> evidence (nearest, hybrid) -> judgements (stance) -> findings (verdict)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from api.types import Finding, Pair, StanceModel, Verdict
from api.verdict import RETRIEVAL_FLOOR, decide, judge
from index.claims import why_left_out
from index.search import search
from index.sentences import split_blocks
from index.types import ClaimStore, Embedder, Evidence, Query, Sentence, Span

CANDIDATES = 5
"""Pieces of evidence judged for one claim: what the retrieval figures (evidence in the first five) are measured at."""

POINTS_BACK = re.compile(
    r"(?:it|its|they|their|he|she|his|her|this|these|those|such|the (?:study|trial|drug|treatment|therapy|condition)"
    r"|(?:in|during|after) (?:this|these|that))\b",
    re.IGNORECASE,
)
"""Openings that leave the subject to the sentence before. Adding that sentence always made more calls wrong: it speaks too."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What a check needs, put together once by the composition root."""

    store: ClaimStore
    embedder: Embedder
    stance: StanceModel


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a page could be spoken to. `outside_corpus` counts checked claims without evidence."""

    sentences: int
    claims: int
    with_evidence: int
    outside_corpus: int
    not_checked: int


@dataclass(frozen=True, slots=True)
class PageResult:
    """Findings by block id, in the order of the page, `no_evidence` included."""

    findings: Mapping[str, list[Finding]]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Placed:
    """A sentence and the block it stands in."""

    block: str
    sentence: Sentence


def check_page(engine: Engine, blocks: Mapping[str, str], host: str | None = None, max_claims: int | None = None) -> PageResult:
    """Check every claim of a page. `blocks` is id -> text in page order; past `max_claims` the rest is counted, not checked."""
    sentences = place(blocks)
    claims = [placed for placed in sentences if why_left_out(placed.sentence) is None]
    checked = list(islice(claims, max_claims))
    evidence = find_evidence(engine, [placed.sentence for placed in checked])
    findings = judge_claims(engine.stance, [placed.sentence for placed in checked], evidence, host)
    return gather(blocks, checked, findings, len(sentences), len(claims))


def check_claim(engine: Engine, claim: str, host: str | None = None) -> Finding:
    """Check one text as one claim, whatever its form."""
    sentence = whole(claim)
    return judge_claims(engine.stance, [sentence], find_evidence(engine, [sentence]), host)[0]


def whole(text: str) -> Sentence:
    """A text as one sentence."""
    return Sentence(Span(0, len(text), text))


def place(blocks: Mapping[str, str]) -> list[Placed]:
    """The sentences of all blocks, each with the heading above it, which may be a block of its own."""
    split = split_blocks(list(blocks.values()))
    return [Placed(block, sentence) for block, sentences in zip(blocks, split, strict=True) for sentence in sentences]


def find_evidence(engine: Engine, sentences: Sequence[Sentence]) -> list[list[Evidence]]:
    """For each sentence the nearest indexed claims above the retrieval floor, best first."""
    queries = [Query(s.span.text, s.heading, s.before) for s in sentences]
    found = search(engine.store, engine.embedder, queries, CANDIDATES)
    return [[e for e in evidence if e.similarity >= RETRIEVAL_FLOOR] for evidence in found]


def judge_claims(
    stance: StanceModel, sentences: Sequence[Sentence], evidence: Sequence[Sequence[Evidence]], host: str | None
) -> list[Finding]:
    """A finding for each sentence; all pairs go to the model as one batch."""
    pairs = [Pair(premise(e), s.span.text) for s, found in zip(sentences, evidence, strict=True) for e in found]
    scores = iter(stance.judge(pairs))
    return [decide(s, [judge(s.span.text, e, next(scores), host) for e in found]) for s, found in zip(sentences, evidence, strict=True)]


def premise(evidence: Evidence) -> str:
    """The text that the stance model reads as evidence: with the sentence before it when it points back to that one."""
    place = evidence.claim.sentence
    return f"{place.before} {place.span.text}" if place.before and POINTS_BACK.match(place.span.text) else place.span.text


def gather(blocks: Mapping[str, str], checked: Sequence[Placed], findings: Sequence[Finding], sentences: int, claims: int) -> PageResult:
    """Findings by block, with the coverage."""
    by_block: dict[str, list[Finding]] = {block: [] for block in blocks}
    for placed, finding in zip(checked, findings, strict=True):
        by_block[placed.block].append(finding)
    with_evidence = sum(f.verdict is not Verdict.NO_EVIDENCE for f in findings)
    return PageResult(by_block, Coverage(sentences, claims, with_evidence, len(checked) - with_evidence, claims - len(checked)))

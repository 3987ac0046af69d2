"""The straight line from page text to findings.

page blocks -> sentences -> claims -> evidence (nearest, hybrid) -> judgements (stance) -> findings (verdict)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice

from api.metrics import stage
from api.premise import premise
from api.rules.asserted import why_not_asserted
from api.rules.negation import negate
from api.thresholds import EVIDENCE_PER_CLAIM, RETRIEVAL_FLOOR
from api.types import Finding, Pair, Scores, Stance, StanceModel, Verdict
from api.verdict import by_threshold, decide, judge
from index.claims import why_left_out
from index.search import search
from index.sentences import split_blocks
from index.types import ClaimStore, Embedder, Evidence, Query, Sentence, Span


@dataclass(frozen=True, slots=True)
class Engine:
    """What a check needs, put together once by the composition root."""

    store: ClaimStore
    embedder: Embedder
    stance: StanceModel


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a page could be spoken to. `claims` are those that the page asserts; `outside_corpus` those without evidence."""

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


@stage("split")
def place(blocks: Mapping[str, str]) -> list[Placed]:
    """The sentences of all blocks, each with the heading above it, which may be a block of its own."""
    split = split_blocks(list(blocks.values()))
    return [Placed(block, sentence) for block, sentences in zip(blocks, split, strict=True) for sentence in sentences]


def find_evidence(engine: Engine, sentences: Sequence[Sentence]) -> list[list[Evidence]]:
    """For each sentence the nearest indexed claims above the retrieval floor, best first; none for what the page does not assert."""
    asserted = [why_not_asserted(s) is None for s in sentences]
    queries = [Query(s.span.text, s.heading, s.before) for s in compress(sentences, asserted)]
    found = iter(search(engine.store, engine.embedder, queries, EVIDENCE_PER_CLAIM))
    return [[e for e in next(found) if e.similarity >= RETRIEVAL_FLOOR] if one else [] for one in asserted]


def judge_claims(
    stance: StanceModel, sentences: Sequence[Sentence], evidence: Sequence[Sequence[Evidence]], host: str | None
) -> list[Finding]:
    """A finding for each sentence; all pairs go to the model as one batch, the denials of what would be contradicted as another."""
    found = [(s.span.text, e) for s, near in zip(sentences, evidence, strict=True) for e in near]
    pairs = [Pair(premise(e), claim) for claim, e in found]
    scores = stance.judge(pairs)
    answers = zip(found, scores, denied(stance, pairs, scores), strict=True)
    judgements = iter([judge(claim, e, said, host, no) for (claim, e), said, no in answers])
    return [decide(s, list(islice(judgements, len(near)))) for s, near in zip(sentences, evidence, strict=True)]


def denied(stance: StanceModel, pairs: Sequence[Pair], scores: Sequence[Scores]) -> list[Scores | None]:
    """For each pair that would be shown as contradicting, the scores of the denied claim; None elsewhere, or if it cannot be denied."""
    asked = {
        place: Pair(pair.evidence, denial)
        for place, (pair, said) in enumerate(zip(pairs, scores, strict=True))
        if by_threshold(said) is Stance.CONTRADICTS and (denial := negate(pair.claim))
    }
    answers = dict(zip(asked, stance.judge(list(asked.values())), strict=True))
    return [answers.get(place) for place in range(len(pairs))]


def gather(blocks: Mapping[str, str], checked: Sequence[Placed], findings: Sequence[Finding], sentences: int, claims: int) -> PageResult:
    """Findings by block, with the coverage."""
    by_block: dict[str, list[Finding]] = {block: [] for block in blocks}
    for placed, finding in zip(checked, findings, strict=True):
        by_block[placed.block].append(finding)
    with_evidence = sum(f.verdict is not Verdict.NO_EVIDENCE for f in findings)
    asserted = sum(why_not_asserted(f.sentence) is None for f in findings)
    past_limit = claims - len(checked)
    return PageResult(by_block, Coverage(sentences, asserted + past_limit, with_evidence, asserted - with_evidence, past_limit))

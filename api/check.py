"""The straight line from page text to findings.

page blocks -> sentences -> claims -> evidence (nearest, hybrid) -> judgements (stance) -> findings (verdict)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice

from api.metrics import stage
from api.premise import premise
from api.rules.asserted import why_not_asserted
from api.rules.negation import negate
from api.thresholds import EVIDENCE_PER_CLAIM, RETRIEVAL_FLOOR
from api.types import Finding, Pair, Scores, Stance, StanceModel, Verdict
from api.verdict import by_threshold, decide, judge
from index.claims import Reason, why_left_out
from index.search import search
from index.sentences import split_blocks
from index.types import ClaimStore, Embedder, Evidence, Query, Sentence, Span

CLAIMS_AT_ONCE = 8
"""Claims judged in one go, about 30 pairs: the first answers come early, requests take turns, and no thread is idle for long at the end."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What a check needs, put together once by the composition root."""

    store: ClaimStore
    embedder: Embedder
    stance: StanceModel


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a page could be spoken to.

    `claims` are those that the page asserts; `outside_corpus` those without evidence; `other_language` sentences that are not English,
    which nothing was looked up for.
    """

    sentences: int
    claims: int
    with_evidence: int
    outside_corpus: int
    not_checked: int
    other_language: int


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


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read: how many sentences, claims and `foreign` sentences it has, and the claims that are checked, in page order."""

    blocks: Sequence[str]
    sentences: int
    claims: int
    foreign: int
    checked: Sequence[Placed]


def check_page(engine: Engine, blocks: Mapping[str, str], host: str | None = None, max_claims: int | None = None) -> PageResult:
    """Check every claim of a page. `blocks` is id -> text in page order; past `max_claims` the rest is counted, not checked."""
    page = read(blocks, max_claims)
    found = dict(chain.from_iterable(find(engine, page, host)))
    return gather(page, [found[number] for number in range(len(page.checked))])


def read(blocks: Mapping[str, str], max_claims: int | None = None) -> Page:
    """The claims of a page."""
    sentences = place(blocks)
    reasons = [why_left_out(placed.sentence) for placed in sentences]
    claims = [placed for placed, reason in zip(sentences, reasons, strict=True) if reason is None]
    foreign = reasons.count(Reason.OTHER_LANGUAGE)
    return Page(tuple(blocks), len(sentences), len(claims), foreign, claims[:max_claims])


def find(
    engine: Engine, page: Page, host: str | None = None, priority: Mapping[str, int] | None = None
) -> Iterator[list[tuple[int, Finding]]]:
    """The findings of a page, a few at a time, each with its claim's number; blocks of lower `priority` first, then in page order.

    The evidence of all claims is looked up now, in one go, so that it depends on nothing else; the parts are judged as they are asked for.
    """
    sentences = [placed.sentence for placed in page.checked]
    evidence = find_evidence(engine, sentences)
    order = sorted(range(len(sentences)), key=lambda number: (priority or {}).get(page.checked[number].block, 0))
    parts = (order[start : start + CLAIMS_AT_ONCE] for start in range(0, len(order), CLAIMS_AT_ONCE))
    return (
        list(zip(part, judge_claims(engine.stance, [sentences[n] for n in part], [evidence[n] for n in part], host), strict=True))
        for part in parts
    )


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


@stage("search")
def find_evidence(engine: Engine, sentences: Sequence[Sentence]) -> list[list[Evidence]]:
    """For each sentence the nearest indexed claims above the retrieval floor, best first; none for what the page does not assert."""
    asserted = [why_not_asserted(s) is None for s in sentences]
    queries = [Query(s.span.text, s.heading, s.before) for s in compress(sentences, asserted)]
    found = iter(search(engine.store, engine.embedder, queries, EVIDENCE_PER_CLAIM))
    return [[e for e in next(found) if e.similarity >= RETRIEVAL_FLOOR] if one else [] for one in asserted]


def judge_claims(
    stance: StanceModel, sentences: Sequence[Sentence], evidence: Sequence[Sequence[Evidence]], host: str | None
) -> list[Finding]:
    """A finding for each sentence; all pairs go to the model as one batch, the denials of what would be contradicted as another.

    Every pair is judged, also where a verdict could not change any more: an answer shows the stance and the probability of each piece.
    """
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


def gather(page: Page, findings: Sequence[Finding]) -> PageResult:
    """Findings by block, with the coverage."""
    by_block: dict[str, list[Finding]] = {block: [] for block in page.blocks}
    for placed, finding in zip(page.checked, findings, strict=True):
        by_block[placed.block].append(finding)
    return PageResult(by_block, cover(page, findings))


def cover(page: Page, findings: Sequence[Finding]) -> Coverage:
    """How much of the page the findings speak to."""
    with_evidence = sum(f.verdict is not Verdict.NO_EVIDENCE for f in findings)
    asserted = sum(why_not_asserted(f.sentence) is None for f in findings)
    past_limit = page.claims - len(page.checked)
    return Coverage(page.sentences, asserted + past_limit, with_evidence, asserted - with_evidence, past_limit, page.foreign)

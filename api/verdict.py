"""From scores to stances to a verdict: pure rules. Their thresholds are named in `api/thresholds.py`."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import chain

from api.metrics import stage
from api.rules.asserted import why_not_asserted
from api.rules.table import consult, probe
from api.thresholds import CONTRADICT, SAFETY_SUPPORT, SAME_TEXT_RATIO, SUPPORT
from api.types import Finding, Judgement, Note, Scores, Stance, Verdict
from index.kinds import SELLERS
from index.types import Evidence, Place, Sentence, Source

SAFETY_CLAIM = re.compile(
    r"\b(?:no|without|free (?:of|from)|zero) (?:\w+ ){0,2}(?:side[- ]effects?|risks?|danger|harm)\b"
    r"|\b(?:not|isn't|non)[- ](?:\w+ )?(?:addictive|habit[- ]forming|harmful|dangerous|risky)\b"
    r"|\b(?:completely|perfectly|totally|entirely|100 ?%) (?:safe|harmless)\b|\bsafe (?:for|in) (?:everyone|everybody|anyone|all)\b"
    r"|\b(?:is|are) (?:safe|harmless|risk-free)\b",
    re.IGNORECASE,
)


def letters(text: str) -> str:
    """The letters and digits of a text in lower case, for comparing wordings."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def same_text(a: str, b: str) -> bool:
    """Whether one sentence is a copy of the other, but for marks and small edits."""
    matcher = SequenceMatcher(None, letters(a), letters(b), autojunk=False)
    return matcher.real_quick_ratio() >= SAME_TEXT_RATIO and matcher.quick_ratio() >= SAME_TEXT_RATIO and matcher.ratio() >= SAME_TEXT_RATIO


def same_publisher(source: Source, host: str | None) -> bool:
    """Whether a page on `host` and the source come from one publisher: the same site or a name that says so."""
    if not host:
        return False
    site = host.casefold().removeprefix("www.")
    known = re.sub(r"^https?://(?:www\.)?", "", (source.url or "").casefold()).partition("/")[0]
    names = {re.sub(r"\W", "", name) for name in (source.publisher.casefold(), known.rpartition(".")[0]) if name}
    label = re.sub(r"\W", "", site.rpartition(".")[0].rpartition(".")[2])
    return bool(known and (site == known or site.endswith("." + known))) or (len(label) > 3 and label in names)


@stage("verdict")
def judge(claim: str, evidence: Evidence, scores: Scores, host: str | None, denied: Scores | None = None) -> Judgement:
    """The stance of one piece of evidence: shown only from its threshold on and if no rule takes it away, otherwise neutral.

    `denied` are the scores of the denied claim against the same evidence, for the negation probe. Of several sources that say the same,
    the one of best standing speaks.
    """
    evidence = best_first(evidence, host)
    copy = same_text(claim, evidence.claim.text)
    stance, found = after_rules(claim, evidence.claim.text, scores, denied)
    sources = [evidence.source, *(place.source for place in evidence.also)]
    notes = [notes_on(source, host, copy) for source in sources]
    kinds = {source.kind for source, said in zip(sources, notes, strict=True) if may_count(stance, said)}
    return Judgement(evidence, stance, getattr(scores, stance.value), (*notes[0], *found), tuple(sorted(kinds)))


def best_first(evidence: Evidence, host: str | None) -> Evidence:
    """The evidence as its source of best standing gives it: one that stands, is not the page's own publisher, does not sell."""
    places = [Place(evidence.claim, evidence.source), *evidence.also]
    first, *also = sorted(places, key=lambda p: (bool(p.source.retracted), same_publisher(p.source, host), p.source.kind in SELLERS))
    return replace(evidence, claim=first.claim, source=first.source, also=tuple(also))


def notes_on(source: Source, host: str | None, copy: bool) -> tuple[Note, ...]:
    """What a reader should know of who says it; `copy`: it is said in the page's own words."""
    held = {
        Note.SAME_PUBLISHER: same_publisher(source, host),
        Note.SAME_TEXT: copy,
        Note.COMMERCIAL: source.kind in SELLERS,
        Note.RETRACTED: bool(source.retracted),
    }
    return tuple(note for note, holds in held.items() if holds)


def by_threshold(scores: Scores) -> Stance:
    """The stance that the scores alone allow."""
    if scores.contradicts >= CONTRADICT:
        return Stance.CONTRADICTS
    return Stance.SUPPORTS if scores.supports >= SUPPORT else Stance.NEUTRAL


def after_rules(claim: str, evidence: str, scores: Scores, denied: Scores | None) -> tuple[Stance, tuple[str, ...]]:
    """The stance that the rules leave of it, with their notes: a rule can take a stance away, never give one."""
    stance = by_threshold(scores)
    said = [consult(stance, claim, evidence)]
    if stance is Stance.CONTRADICTS:
        said.append(probe(scores, denied))
    vetoed = any(one.vetoed for one in said)
    return Stance.NEUTRAL if vetoed else stance, tuple(note for one in said for note in one.notes)


def counts(judgement: Judgement) -> bool:
    """Whether a judgement may decide a verdict."""
    return bool(judgement.kinds)


def may_count(stance: Stance, notes: Collection[str]) -> bool:
    """Whether a source with these notes counts: a copy, or the page's own publisher, never supports; a retracted source does neither."""
    if Note.RETRACTED in notes:
        return False
    echo = Note.SAME_PUBLISHER in notes or Note.SAME_TEXT in notes
    return stance is Stance.CONTRADICTS or (stance is Stance.SUPPORTS and not echo)


def tally(judgements: Iterable[Judgement]) -> dict[str, dict[str, int]]:
    """Counts of supporting and contradicting evidence by kind of source; never summed over kinds.

    What several sources say in the same words counts once for each of their kinds.
    """
    by_kind: dict[str, dict[str, int]] = {}
    for judgement in judgements:
        for kind in judgement.kinds:
            sides = by_kind.setdefault(kind, {Stance.SUPPORTS.value: 0, Stance.CONTRADICTS.value: 0})
            sides[judgement.stance.value] += 1
    return by_kind


def is_safety_claim(text: str) -> bool:
    """Whether the claim says that something does no harm."""
    return SAFETY_CLAIM.search(text) is not None


@stage("verdict")
def decide(sentence: Sentence, judgements: Sequence[Judgement]) -> Finding:
    """The verdict on one claim from all its judgements; evidence of both sides first, best first within a side."""
    unasserted = why_not_asserted(sentence)
    if unasserted:
        return Finding(sentence, Verdict.NO_EVIDENCE, 0.0, notes=(unasserted,))
    speaking = [j for j in judgements if counts(j)]
    against = sorted((j for j in speaking if j.stance is Stance.CONTRADICTS), key=lambda j: -j.probability)
    favour = sorted((j for j in speaking if j.stance is Stance.SUPPORTS), key=lambda j: -j.probability)
    notes: tuple[str, ...] = ()
    if favour and is_safety_claim(sentence.span.text):
        favour, notes = safely_supported(favour)
    verdict, deciding = verdict_of(against, favour)
    rest = [j for j in judgements if j not in against and j not in favour]
    shown = tuple(chain(interleave(against, favour), sorted(rest, key=lambda j: (j.stance is Stance.NEUTRAL, -j.evidence.score))))
    return Finding(sentence, verdict, max((j.probability for j in deciding), default=0.0), shown, notes, tally(judgements))


def safely_supported(favour: Sequence[Judgement]) -> tuple[list[Judgement], tuple[str, ...]]:
    """What may support a claim about safety: sure enough, and not on the word of sellers alone; or nothing, with the reason."""
    sure = [j for j in favour if j.probability >= SAFETY_SUPPORT]
    if not sure:
        return [], (Note.SAFETY_UNSURE,)
    if all(j.evidence.source.kind in SELLERS for j in sure):
        return [], (Note.SELLERS_ALONE,)
    return sure, ()


def verdict_of(against: Sequence[Judgement], favour: Sequence[Judgement]) -> tuple[Verdict, Sequence[Judgement]]:
    """The verdict and the judgements that decide its confidence; for `disputed` the weaker side does."""
    if against and favour:
        return Verdict.DISPUTED, min(against, favour, key=lambda side: side[0].probability)
    if against:
        return Verdict.CONTRADICTED, against
    if favour:
        return Verdict.SUPPORTED, favour
    return Verdict.NO_EVIDENCE, ()


def interleave(a: Sequence[Judgement], b: Sequence[Judgement]) -> list[Judgement]:
    """The best of each side first, then the others in turn."""
    longest = max(len(a), len(b))
    return [side[i] for i in range(longest) for side in (a, b) if i < len(side)]

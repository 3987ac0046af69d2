"""`sidelight replay`: derive the answers of a receipt anew, with today's index and models, and say what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.check import Engine, check_claim, check_page
from api.compare import Changed, as_json, compare, differences
from api.receipt import About, Answer, Receipt
from api.schemas import Found, found
from api.types import Finding, Verdict

NOT_COMPARED = frozenset({"built_at"})
"""What an index says of itself that is no part of what it answers."""
NO_PAGE = "the receipt holds no page text, so each claim was judged alone, without its heading and the sentence before"


@dataclass(frozen=True, slots=True)
class Replay:
    """What a receipt's answers became."""

    kind: str
    answers: int
    about: Mapping[str, tuple[Any, Any]]
    changes: Sequence[Changed]
    remarks: Sequence[str]

    @property
    def same(self) -> bool:
        """Whether nothing differs: not the answers, and not what gave them."""
        return not self.about and not self.changes


def replay(receipt: Receipt, engine: Engine, about: About, max_claims: int | None = None) -> Replay:
    """Derive every answer anew and compare."""
    answers = derive(receipt, engine, max_claims)
    alone = receipt.kind != "check" and receipt.blocks is None
    return Replay(
        receipt.kind,
        len(receipt.answers),
        differences(flat(receipt.about), flat(about)),
        compare(receipt.answers, answers),
        [NO_PAGE] if alone else [],
    )


def derive(receipt: Receipt, engine: Engine, max_claims: int | None) -> list[Answer]:
    """Today's answers: the page checked as a page where its text was kept, otherwise each claim by itself."""
    if receipt.kind == "check" or receipt.blocks is None:
        findings = [check_claim(engine, answer.text, receipt.host) for answer in receipt.answers]
        return [answer_of(finding) for finding in findings]
    # The service caps the claims of one request, the command does not.
    page = check_page(engine, receipt.blocks, receipt.host, max_claims if receipt.kind == "annotate" else None)
    findings = [finding for block in page.findings.values() for finding in block]
    # Annotations leave out what has no evidence, a file's findings do not.
    return [answer_of(f) for f in findings if receipt.kind == "file" or f.verdict is not Verdict.NO_EVIDENCE]


def answer_of(finding: Finding) -> Answer:
    """A finding as a receipt shows it."""
    shown = Found.model_validate(found(finding)).model_dump(mode="json")
    return Answer.model_validate({"text": finding.sentence.span.text, **shown})


def flat(about: About) -> dict[str, Any]:
    """`index.fingerprint`, `models.stance`, `models.thresholds.support` … with their values."""
    parts = {f"index.{name}": value for name, value in about.index.items() if name not in NOT_COMPARED}
    for name, value in about.models.items():
        nested = value if isinstance(value, Mapping) else {None: value}
        parts |= {f"models.{name}" + (f".{inner}" if inner else ""): v for inner, v in nested.items()}
    return parts


def to_json(result: Replay) -> dict[str, Any]:
    """As one JSON document."""
    return {
        "same": result.same,
        "kind": result.kind,
        "answers": result.answers,
        "about": as_json(result.about),
        "changes": [{"text": c.text, **as_json(c.parts), "evidence": list(c.evidence)} for c in result.changes],
        "remarks": list(result.remarks),
    }


def lines(result: Replay) -> list[str]:
    """For people: what gave the answers, each answer that changed, and the sum of it."""
    shown = [f"{name}: {before} -> {after}" for name, (before, after) in result.about.items()]
    for change in result.changes:
        shown.append(f"≠ {change.text}")
        shown += [f"  {name}: {before} -> {after}" for name, (before, after) in change.parts.items()]
        for piece in change.evidence:
            shown.append(f"  evidence {piece['change']}: [{piece['source']}] “{piece['text']}”")
            parts = [name for name in ("stance", "probability", "notes") if name in piece]
            shown += [f"    {name}: {piece[name]['before']} -> {piece[name]['after']}" for name in parts]
    shown += [f"note: {remark}" for remark in result.remarks]
    return [*shown, verdict_line(result)]


def verdict_line(result: Replay) -> str:
    """The whole in a line."""
    gave = "the index, models and thresholds changed" if result.about else "index, models and thresholds are the same"
    said = f"{len(result.changes)} changed" if result.changes else "nothing changed"
    return f"{result.answers} {'answer' if result.answers == 1 else 'answers'} derived anew, {said}; {gave}"

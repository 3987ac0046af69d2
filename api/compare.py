"""What differs between two sets of answers to the same claims."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from api.receipt import Answer, Said

T = TypeVar("T")
NOISE = 0.01
"""How far a probability may move without being a change: machines and batch sizes differ in the last digits."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs in one answer: each entry names a part with its value before and after (None where there was or is none)."""

    text: str
    parts: Mapping[str, tuple[Any, Any]]
    evidence: Sequence[Mapping[str, Any]]


def compare(before: Sequence[Answer], after: Sequence[Answer]) -> list[Changed]:
    """The answers that differ, those of the receipt first; claims found only before or only now are changes too."""
    old, new = keyed(before, lambda a: a.text), keyed(after, lambda a: a.text)
    changes = [changed(old.get(key), new.get(key)) for key in {**old, **new}]
    return [change for change in changes if change.parts or change.evidence]


def changed(old: Answer | None, new: Answer | None) -> Changed:
    """What differs between two answers to one claim."""
    before, after = summary(old), summary(new)
    either = old or new
    return Changed(either.text if either else "", differences(before, after), evidence_changes(old, new))


def summary(answer: Answer | None) -> dict[str, Any]:
    """The parts of an answer beside its evidence."""
    return {} if answer is None else {"verdict": answer.verdict, "confidence": answer.confidence, "notes": sorted(answer.notes)}


def evidence_changes(old: Answer | None, new: Answer | None) -> list[dict[str, Any]]:
    """Evidence added, removed, or judged otherwise; told apart by source and words, as ids move when a document is edited."""
    before = keyed(old.evidence if old else [], lambda e: (e.source.id, e.text))
    after = keyed(new.evidence if new else [], lambda e: (e.source.id, e.text))
    changes = []
    for key in {**before, **after}:
        parts = differences(standing(before.get(key)), standing(after.get(key)))
        if parts:
            change = "removed" if key not in after else "added" if key not in before else "changed"
            changes.append({"change": change, "source": key[0][0], "text": key[0][1], **as_json(parts)})
    return changes


def standing(said: Said | None) -> dict[str, Any]:
    """The parts of a piece of evidence that can change."""
    return {} if said is None else {"stance": said.stance, "probability": said.probability, "notes": sorted(said.notes)}


def keyed(items: Iterable[T], key: Callable[[T], Any]) -> dict[tuple[Any, int], T]:
    """The items by their key and how often it came before, so that a sentence that stands twice is not lost."""
    seen: Counter[Any] = Counter()
    by_key = {}
    for item in items:
        by_key[key(item), seen[key(item)]] = item
        seen[key(item)] += 1
    return by_key


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name -> (before, after) of what differs; None for what is missing."""
    names = {**before, **after}
    return {name: (before.get(name), after.get(name)) for name in names if differs(name, before.get(name), after.get(name))}


def differs(name: str, before: Any, after: Any) -> bool:
    """Whether two values differ by more than noise."""
    if name in {"probability", "confidence"} and before is not None and after is not None:
        return abs(float(before) - float(after)) >= NOISE
    return bool(before != after)


def as_json(parts: Mapping[str, tuple[Any, Any]]) -> dict[str, dict[str, Any]]:
    """Differences as JSON shows them."""
    return {name: {"before": before, "after": after} for name, (before, after) in parts.items()}

"""What stands on which side: "from Class C to Class B" against "from B to C", "more in women than in men" against the reverse."""

import re

from api.rules.direction import pulls
from api.rules.words import content, plain, stem, tokens

_LEVEL = r"(?:class|schedule|tier|stage|grade|level|category|group|step|phase)"
_FROM_TO = re.compile(r"\bfrom (?P<a>[\w-]+(?: [\w-]+){0,2}) (?:to|into|towards?) (?P<b>[\w-]+(?: [\w-]+){0,2})")
_TO_FROM = re.compile(r"\b(?:to|into) (?P<b>[\w-]+(?: [\w-]+){0,2}) from (?P<a>[\w-]+(?: [\w-]+){0,2})")
_LEVEL_TO = re.compile(rf"\b(?P<a>{_LEVEL} [\w-]+) to (?P<b>(?:{_LEVEL} )?[\w-]+)")
_THAN = re.compile(r"^(?P<a>.*?)\bthan\b(?P<b>[^.;]*)")
_EMPTY = frozenset("a an the its their class schedule tier stage grade level category group step phase".split())


def moves(text: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Every "from … to …" of a text as the words of its two ends, without those that both ends share."""
    found = []
    for pattern in (_FROM_TO, _TO_FROM, _LEVEL_TO):
        for match in pattern.finditer(plain(text)):
            a, b = (frozenset(stem(word) for word in match[end].split() if word not in _EMPTY) for end in "ab")
            found.append((a - b, b - a))
    return found


def reversed_move(claim: str, evidence: str) -> str | None:
    """A note where claim and evidence move between the same two things, the other way round."""
    for start, end in moves(claim):
        for other_start, other_end in moves(evidence):
            if start & other_end and end & other_start and not (start & other_start or end & other_end):
                return "The page and the evidence have it the other way round: what one starts from the other ends at."
    return None


def reversed_comparison(claim: str, evidence: str) -> str | None:
    """A note where both compare the same two things in the same direction, with their places exchanged."""
    ours, theirs = _sides(claim), _sides(evidence)
    if ours is None or theirs is None:
        return None
    (a, b), (other_a, other_b) = ours, theirs
    exchanged = a & other_b and b & other_a and not (a & other_a & b) and not b & other_b
    same_way = [p.sign == q.sign and p.denied == q.denied for p in pulls(claim) for q in pulls(evidence) if p.axis == q.axis]
    return "The page and the evidence compare the same things the other way round." if exchanged and same_way and all(same_way) else None


def _sides(text: str) -> tuple[frozenset[str], frozenset[str]] | None:
    match = _THAN.search(plain(text))
    if match is None:
        return None
    a, b = content(tokens(match["a"])), content(tokens(match["b"]))
    return a - b, b - a

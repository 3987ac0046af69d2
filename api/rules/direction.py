"""Which way things go: words that pull a statement up or down, and whether claim and evidence pull the same way."""

from dataclasses import dataclass

from api.rules.words import content, is_negation, stem, tokens

OPPOSITES: tuple[tuple[str, str, str], ...] = (
    (
        "amount",
        "increase raise rise rose risen more higher greater elevate boost grow grew climb double surge heighten enhance",
        "decrease reduce lower fewer less fall fell fallen drop diminish shrink shrank cut lessen smaller halve",
    ),
    ("quality", "improve better relieve ease alleviate ameliorate superior", "worsen worse deteriorate aggravate exacerbate inferior"),
    ("switch", "activate stimulate agonist excite trigger open", "block inhibit antagonist antagonize suppress deactivate shut"),
    ("grade", "upgrade", "downgrade"),
    ("time", "before prior", "after"),
    ("order", "first earliest initial", "last latest final"),
    ("speed", "faster quicker sooner rapid quick quickly earlier", "slower slow slowly later gradual gradually"),
    ("length", "longer prolong lengthen extend", "shorter shorten"),
    ("strength", "stronger strengthen strong", "weaker weaken weak"),
    ("frequency", "common frequent often commonly usually widespread", "rare uncommon infrequent rarely seldom"),
    ("extremes", "highest largest greatest maximum most", "lowest smallest least minimum"),
    ("severity", "severe serious", "mild minor slight"),
    ("status", "approved licensed authorised authorized", "off-label unapproved unlicensed unlicenced rejected banned"),
    ("law", "legal lawful legalised legalized", "illegal unlawful banned criminalised"),
    ("safety", "safe harmless", "dangerous unsafe harmful hazardous"),
    ("cause", "cause provoke induce", "prevent avert protect"),
    ("help", "benefit helpful effective beneficial", "harm useless ineffective futile"),
    ("habit", "addictive habit-forming", "non-addictive nonaddictive"),
    ("course", "acute short-term temporary temporarily reversible", "chronic long-term permanent permanently irreversible"),
    ("range", "above exceed", "below under"),
    ("known", "known established confirmed proven", "unknown unclear uncertain unproven unconfirmed"),
)
"""Pairs of opposite words by axis. A word may stand on several axes; "not" before a word turns it round."""

COMPARED = frozenset({"amount", "quality", "speed", "length", "strength", "frequency", "help"})
"""Axes on which "than" decides what is said: with another yardstick, two texts cannot be compared."""
REACH = 4
"""How many words before a direction word a "not" is looked for, within the clause."""
NEAR = 4
"""How many words to each side of a direction word say what it is about."""

_SIGNS: dict[str, list[tuple[str, int]]] = {}
for _axis, _plus, _minus in OPPOSITES:
    for _sign, _words in ((1, _plus), (-1, _minus)):
        for _word in _words.split():
            _SIGNS.setdefault(stem(_word.replace("-", "")), []).append((_axis, _sign))


@dataclass(frozen=True, slots=True)
class Pull:
    """A direction word in its place: the axis, which way, whether denied, and what stands around it."""

    axis: str
    sign: int
    denied: bool
    word: str
    near: frozenset[str]


def pulls(text: str) -> list[Pull]:
    """The direction words of a text; a hyphened word counts as one."""
    words = tokens(text.replace("-", ""))
    found = []
    for place, word in enumerate(words):
        for axis, sign in _SIGNS.get(stem(word), ()):
            around = words[max(0, place - NEAR) : place] + words[place + 1 : place + 1 + NEAR]
            found.append(Pull(axis, sign, _denied(words, place), word, content(around) - _SIGNS.keys()))
    return found


def _denied(words: list[str], place: int) -> bool:
    for word in reversed(words[max(0, place - REACH) : place]):
        if word in ".,;:()":
            return False
        if is_negation(word):
            return True
    return False


def against(a: Pull, b: Pull) -> bool:
    """Whether two pulls on one axis exclude each other: another way, or the same way with one of them denied."""
    return (a.sign != b.sign) == (a.denied == b.denied) and not (a.sign != b.sign and a.denied and b.denied)


def yardstick(text: str) -> frozenset[str]:
    """What a comparison measures against: the words after "than"."""
    words = tokens(text)
    place = next((i for i, word in enumerate(words) if word in ("than", "versus", "vs")), len(words))
    return content(words[place + 1 : place + 1 + NEAR])


def opposite(claim: str, evidence: str) -> str | None:
    """A note where the claim pulls against all that the evidence says on that axis about the same words."""
    theirs = pulls(evidence)
    other_yardstick = yardstick(claim) != yardstick(evidence) and not yardstick(claim) & yardstick(evidence)
    for ours in pulls(claim):
        if other_yardstick and ours.axis in COMPARED:
            continue
        about = [other for other in theirs if other.axis == ours.axis and ours.near & other.near]
        if about and all(against(ours, other) for other in about):
            return f"The direction differs: “{_shown(ours)}” on the page, “{_shown(about[0])}” in the evidence."
    return None


def _shown(pull: Pull) -> str:
    return f"not {pull.word}" if pull.denied else pull.word

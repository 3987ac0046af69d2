"""The words that the rules share: stems, content words, and what turns a statement round."""

import re
from functools import lru_cache

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[.,;:()]")
"""Words, numbers, and the marks that end a clause, in a text in lower case with straight apostrophes."""

_STOP = frozenset(
    """a about after all also an and any are as at be been before being but by can could did do does during each either every for from had
    has have having he her his how if in into is it its itself may might more most much must of off on once one only or other our over own
    per she should since so some such than that the their them then there these they this those through to under up very was we were what
    when where which while who whom whose will with within would you your
    people person patient participant subject individual adult group study trial""".split()
)
_NEGATION = re.compile(r"(?:no|not|never|none|neither|nor|without|lack|cannot|nobody|nothing|hardly|rarely|seldom|fail|absent|absence)")
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ingly", ""), ("edly", ""), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("ly", ""), ("e", ""))
SHORTEST_STEM = 3


def plain(text: str) -> str:
    """Lower case, straight apostrophes, decimal points: what the patterns of the rules are written for."""
    return text.lower().replace("’", "'").replace("·", ".")


def tokens(text: str) -> list[str]:
    """Words, numbers and clause marks, in order."""
    return TOKEN.findall(plain(text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest endings; crude on purpose: only ever compared with other stems."""
    if word.endswith("ss"):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word[: -len(ending)] + instead
            break
    return word[:-1] if len(word) > SHORTEST_STEM and (word[-1] == "e" or word[-1] == word[-2] != "s") else word


def content(words: list[str]) -> frozenset[str]:
    """The stems that carry meaning: no function words, no marks, no words for whoever was studied."""
    return frozenset(stem(w) for w in words if w[0].isalpha() and len(w) > 2 and w not in _STOP and w.removesuffix("s") not in _STOP)


def is_negation(word: str) -> bool:
    """Whether a token denies what follows it."""
    return word.endswith("n't") or _NEGATION.fullmatch(stem(word)) is not None or _NEGATION.fullmatch(word) is not None

"""Which claims are one claim in several places: a name for what a claim says, equal for its copies and for nothing else.

Copies differ in case, marks, blanks and articles. Whatever else differs could matter, as a number, a unit, a "not" or a "more than" does,
so it keeps two claims apart: a claim shown twice is a nuisance, two claims taken for one are an error.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

from index.types import Claim

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*"  # a number with its marks: 1.5 is not 15
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*"  # a word; the mark in "isn't" belongs to it
    r"|[^\w\s]"  # a sign; the mere marks among them go
)
_MERE_MARKS = frozenset(".,;:!?()[]…'’‘")
"""Signs that separate and say nothing. Quotation marks stay (a "cure" is no cure), and so does whatever stands in measurements."""
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑–—](?=[^\W\d_])")
_SPACED_DASH = re.compile(r"(?<=\s)[-–—](?=\s)")
_AFTER_KEPT_A = frozenset({"few", "little"})
"""Words that mean something else without their article: a few, few."""

SHORTEST_FOLDED = 3
"""Letters from which a word's case says nothing inside a sentence, if it is not all capitals."""
SHORTEST_ALONE = 4
"""Words below which a sentence says too little to be about one thing wherever it stands."""

_LEANS = re.compile(
    # On what was said before.
    r"^(?:it|its|they|their|them|he|she|his|her|this|these|those|that|such|both|another|there|here|one|some|other|however|also)\b"
    r"|\b(?:this|these|those|such|former|latter|respectively|above|below|we|our|us|i|my)\b"
    # On one study or document: its people, its arms, its methods.
    r"|\bthe (?:\w+ )?(?:study|trial|drug|treatment|therapy|condition|intervention|placebo|group|groups|arm|arms|patients|participants"
    r"|subjects|children|women|men|infants|authors|program|programme|clinic|center|centre|results?|findings?|data|evidence|method|medication|dose)\b"
    # On one occasion: what was measured then need not hold of another subject.
    r"|\b(?:was|were|had|did|didn't|wasn't|weren't)\b|\b(?:will|rose|fell|found|showed|shown|grew|led|became|felt|took|gave|got|went)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bbe )(?<!\bbeen )(?<!\bnot )(?<!\bcan )(?<!ly )\b(?!need\b|indeed\b|speed\b)\w{3,}ed\b", re.IGNORECASE
)


def stands_alone(text: str) -> bool:
    """Whether a claim means the same wherever it stands. "No serious adverse events occurred." does not: each trial says it of its own."""
    return len(_tokens(text)) >= SHORTEST_ALONE and not _LEANS.search(text) and not _PAST.search(text)


def twin_key(claim: Claim, title: str) -> int:
    """64 bits, equal for claims that are one: the same words, and if they lean on their document, under one title after one sentence."""
    said = _tokens(claim.text)
    around = [] if stands_alone(claim.text) else ["\0", *_tokens(title), "\0", *_tokens(claim.sentence.before)]
    digest = hashlib.blake2b("\x1f".join([*said, *around]).encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little", signed=True)


@lru_cache(maxsize=256)
def _tokens(text: str) -> Sequence[str]:
    """The words and signs that count; asked for a title and the sentences around again and again."""
    plain = _HYPHEN.sub(" ", _SPACED_DASH.sub(" ", text))
    found = [token.replace("’", "'") for token in _TOKEN.findall(plain) if token not in _MERE_MARKS]
    mixed = any(character.islower() for character in text)
    kept = [place for place in range(len(found)) if not (mixed and _is_article(found, place))]
    return [_folded(found, place, mixed) for place in kept]


def _is_article(tokens: list[str], place: int) -> bool:
    """A capital A inside a sentence is a name: vitamin A."""
    token = tokens[place]
    if token in {"the", "an"} or (place == 0 and token in {"The", "An"}):
        return True
    indefinite = token == "a" or (place == 0 and token == "A")
    return indefinite and tokens[place + 1 : place + 2] != [] and tokens[place + 1].lower() not in _AFTER_KEPT_A


def _folded(tokens: Sequence[str], place: int, mixed: bool) -> str:
    """In lower case, but for abbreviations and units: AIDS are not aids, nor is Mg mg."""
    token = tokens[place]
    named = (len(token) > 1 and token.isupper()) or (place > 0 and len(token) < SHORTEST_FOLDED)
    return token if mixed and named else token.casefold()

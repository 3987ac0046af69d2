"""One number as it is written: its value, how far it is rounded, and the interval that "more than" or "about" leaves open."""

import re

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORD_VALUES = {w: float(i) for i, w in enumerate(_ONES.split())} | {w: 20.0 + 10 * i for i, w in enumerate(_TENS.split())}
_SCALES = {"dozen": 12.0, "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}

_WORD = "|".join(sorted(_WORD_VALUES, key=len, reverse=True))
# Bounded, so that a run of digits is read once and not once from every place in it; no amount has more.
_DIGITS = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,15})?|\d{1,15}(?:\.\d{1,15})?|\.\d{1,15}"
NUMBER = (
    rf"(?:(?:{_DIGITS}|(?:{_WORD})(?:-(?:{_WORD}))?)(?: (?:dozen|hundred|thousand|million|billion))?"
    r"|an? (?:dozen|hundred|thousand|million))"
)
"""A number in digits or words, with its scale."""
_ATLEAST = r"more than|over|above|at least|exceed(?:s|ed|ing)?|upwards of|no (?:fewer|less) than|beyond|from|[>≥]"
_ATMOST = r"less than|fewer than|under|below|up to|at most|no more than|not more than|within|[<≤]"
_ABOUT = r"about|around|roughly|approximately|some|nearly|almost|close to|just (?:over|under)|or so|[~≈]"
HOW = rf"(?:(?P<atleast>{_ATLEAST})|(?P<atmost>{_ATMOST})|(?P<about>{_ABOUT}))?\s?"
"""What before a number opens or widens it."""
FREE = r"(?<![\w.,=/+-])(?<!= )(?<!phase )(?<!type )(?<!stage )(?<!class )(?<!schedule )(?<!grade )(?<!level )"
"""A number that is part of a name or a statistic says no amount: COVID-19, 5-HT2A, phase 3, P = .01."""
RANGE = rf"(?P<n>{NUMBER})(?:\s?(?:%|percent|per cent)?\s?(?:-|–|to|and|or)\s?(?P<m>{NUMBER}))?"
"""One number, or two that bound a range."""
ABOUT = 0.15
"""How far, as a share, "about" may stand from the number it rounds."""


def value(text: str) -> float:
    """A number in digits or words, with its scale."""
    number, _, scale = text.replace(",", "").partition(" ")
    if number in ("a", "an"):
        return _SCALES[scale]
    parts = [_WORD_VALUES[p] if p in _WORD_VALUES else float(p) for p in number.split("-")]
    return sum(parts) * _SCALES.get(scale, 1.0)


def rounding(text: str) -> float:
    """Just under half a unit of the last digit given: 44 may stand for 44.3, and "one" and "two" stay apart."""
    decimals = text.partition(" ")[0].partition(".")[2]
    scale = _SCALES.get(text.partition(" ")[2], 1.0)
    return float(0.49 * 10 ** -len(decimals) * scale)


def between(match: re.Match[str], low: float, high: float, slack: float, most: float = float("inf")) -> tuple[float, float]:
    """The interval that a number with its "more than", "up to" or "about" leaves open."""
    found = match.groupdict()
    if found.get("atleast"):
        return low, most
    if found.get("atmost"):
        return 0.0, high
    if found.get("about"):
        slack = max(slack, ABOUT * high)
    return low - slack, high + slack


def interval(match: re.Match[str], factor: float = 1.0, most: float = float("inf")) -> tuple[float, float]:
    """The interval of a matched RANGE, in units of `factor`."""
    n, m = match["n"], match["m"] or match["n"]
    slack = max(rounding(n), rounding(m)) * factor
    return between(match, min(value(n), value(m)) * factor, max(value(n), value(m)) * factor, slack, most)

"""Text -> the quantities it names, each as an interval with its unit: "more than half" is 50 to 100 percent."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.rules.amounts import FREE, HOW, NUMBER, RANGE, between, interval, rounding, value
from api.rules.words import content, plain, tokens

PERCENT, TIME, AGE, YEAR, MASS, MASS_PER_KG, FOLD, COUNT = "percent", "hours", "years of age", "year", "mg", "mg/kg", "fold", "count"


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a text says of an amount: `low` to `high` in `unit`. `things` are stems of what is counted, for counts alone."""

    low: float
    high: float
    unit: str
    said: str
    things: frozenset[str] = frozenset()


_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
LEAST_COUNT = 3
"""Below it a count is mostly a manner of speaking: "one drug or another", "the two groups"."""
_TIME_UNIT = {
    "second": 1 / 3600,
    "minute": 1 / 60,
    "hour": 1.0,
    "day": 24.0,
    "week": 168.0,
    "month": 730.0,
    "year": 8766.0,
    "decade": 87660.0,
}
_MASS_UNIT = {"kg": 1e6, "kilogram": 1e6, "g": 1e3, "gram": 1e3, "mg": 1.0, "milligram": 1.0, "mcg": 1e-3, "µg": 1e-3, "microgram": 1e-3}
_TIMES = "|".join(_TIME_UNIT)
_MASSES = "|".join(sorted(_MASS_UNIT, key=len, reverse=True))

_RATIO = rf"{HOW}{FREE}(?P<n>{NUMBER}) (?:of (?:the |all )?|out of (?:every |the )?|in (?:every )?)(?P<m>{NUMBER})\b"
_FRACTION = (
    rf"{HOW}(?<!second )(?<!first )(?<!by a )\b(?:(?P<n>an?|one|two|three|four)[ -])?"
    r"(?P<part>half|thirds?|quarters?|fifths?|tenths?)\b(?![- ]li[fv]e| an? | as | (?:less|more|lower|fewer|higher))"
)
_PERCENT = rf"{HOW}{FREE}{RANGE}\s?(?:%|percent\b|per cent\b)(?! (?:ci|confidence|cri)\b)"
_AGE = (
    rf"{HOW}{FREE}{RANGE}[ -]years?[ -](?:old|of age)"
    rf"|\b(?:aged?|ages)\s(?:of )?(?:(?P<over>over|above|at least)|(?P<under>under|below|up to))?\s?(?P<a>{NUMBER})"
    r"(?:\s?(?:-|–|to|and)\s?(?P<b>\d+))?"
)
_MASS = rf"{HOW}{FREE}{RANGE}[ -]?(?P<unit>{_MASSES})s?(?P<perkg>\s?/\s?kg| per kilogram| per kg)?\b"
_TIME = rf"{HOW}{FREE}{RANGE}[ -](?P<unit>{_TIMES})s?\b|\b(?P<at>{_TIMES}) (?P<when>\d+|{NUMBER})\b"
_A_TIME = (
    r"\b(?:(?P<atleast>more than|over)|(?P<atmost>less than|under|within)|(?P<about>about|around|nearly|almost)|(?:after|in|for|lasts?))"
    rf" an? (?P<unit>{_TIMES})\b|\bhalf an? (?P<half>{_TIMES})\b"
)
_YEAR = r"(?:(?P<atleast>after|since)|(?P<atmost>before|until|by))? ?(?<![\w.,/£$-])\b(?P<n>(?:19|20)\d\d)(?![.,]?\d|%)\b(?! \w+s\b)"
_FOLD = (
    r"\b(?P<word>double[sd]?|doubling|triple[sd]?|halv(?:e|es|ed|ing))\b"
    rf"|{HOW}{FREE}(?P<n>{NUMBER})(?:[ -]?fold| times (?:as|the|more|higher|greater|likelier))"
)
_MANY = r"\b(?P<many>dozens|hundreds|thousands|millions)\b(?: of)?(?P<what>(?: [\w-]+){1,3})"
_NONE = r"\b(?P<none>no|zero)(?P<what>(?: [\w-]+){1,2})"
_COUNT = rf"{HOW}{FREE}\b(?P<n>{NUMBER})(?!%)(?P<what>(?: [a-z][\w-]*){{1,2}})"


def _ratio(match: re.Match[str]) -> Quantity | None:
    part, whole = value(match["n"]), value(match["m"])
    if whole <= part or whole < 2 or 1900 <= whole < 2100:
        return None
    return Quantity(*between(match, 100 * part / whole, 100 * part / whole, 1.0, 100.0), PERCENT, match[0].strip())


def _fraction(match: re.Match[str]) -> Quantity | None:
    many = 1.0 if match["n"] in (None, "a", "an") else value(match["n"])
    share = 100 * many / _PARTS[match["part"].rstrip("s")]
    bare = match["n"] is None and match["part"] != "half"
    return None if bare or share > 100 else Quantity(*between(match, share, share, 2.0, 100.0), PERCENT, match[0].strip())


def _percent(match: re.Match[str]) -> Quantity | None:
    return Quantity(*interval(match, most=100.0), PERCENT, match[0].strip())


def _age(match: re.Match[str]) -> Quantity | None:
    if match["n"]:
        return Quantity(*interval(match), AGE, match[0].strip())
    low = value(match["a"])
    high = value(match["b"]) if match["b"] else low
    return Quantity(0.0 if match["under"] else low, 150.0 if match["over"] else high, AGE, match[0].strip())


def _mass(match: re.Match[str]) -> Quantity | None:
    low, high = interval(match, _MASS_UNIT[match["unit"]])
    return Quantity(low, high, MASS_PER_KG if match["perkg"] else MASS, match[0].strip())


def _time(match: re.Match[str]) -> Quantity | None:
    if match["at"]:
        point, unit = value(match["when"]) * _TIME_UNIT[match["at"]], _TIME_UNIT[match["at"]]
        return Quantity(point - unit / 2, point + unit / 2, TIME, match[0].strip())
    return Quantity(*interval(match, _TIME_UNIT[match["unit"]]), TIME, match[0].strip())


def _a_time(match: re.Match[str]) -> Quantity | None:
    length = _TIME_UNIT[match["half"]] / 2 if match["half"] else _TIME_UNIT[match["unit"]]
    return Quantity(*between(match, length, length, 0.1 * length), TIME, match[0].strip())


def _year(match: re.Match[str]) -> Quantity | None:
    return Quantity(*between(match, float(match["n"]), float(match["n"]), 0.0), YEAR, match[0].strip())


def _fold(match: re.Match[str]) -> Quantity | None:
    if match["word"]:
        times = {"d": 2.0, "t": 3.0, "h": 0.5}[match["word"][0]]
        return Quantity(times * 0.9, times * 1.1, FOLD, match["word"])
    return Quantity(*between(match, value(match["n"]), value(match["n"]), rounding(match["n"])), FOLD, match[0].strip())


def _many(match: re.Match[str]) -> Quantity | None:
    least = {"dozens": 24.0, "hundreds": 100.0, "thousands": 1e3, "millions": 1e6}[match["many"]]
    return Quantity(least, 100 * least, COUNT, match["many"], content(tokens(match["what"])))


def _none(match: re.Match[str]) -> Quantity | None:
    return Quantity(0.0, 0.0, COUNT, match[0].strip(), content(tokens(match["what"])))


def _count(match: re.Match[str]) -> Quantity | None:
    things = content(tokens(match["what"]))
    if value(match["n"]) < LEAST_COUNT:
        return None
    return Quantity(*between(match, value(match["n"]), value(match["n"]), rounding(match["n"])), COUNT, match[0].strip(), things)


Read = Callable[[re.Match[str]], Quantity | None]
_FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (_PERCENT, _percent),
        (_AGE, _age),
        (_MASS, _mass),
        (_FOLD, _fold),
        (_TIME, _time),
        (_A_TIME, _a_time),
        (_YEAR, _year),
        (_RATIO, _ratio),
        (_FRACTION, _fraction),
        (_MANY, _many),
        (_NONE, _none),
        (_COUNT, _count),
    )
)


def quantities(text: str) -> list[Quantity]:
    """Every quantity of a text; each stretch of text is read once, by the first form that fits it."""
    return list(_read(plain(text)))


def _read(rest: str) -> Iterator[Quantity]:
    for pattern, read in _FORMS:
        for match in list(pattern.finditer(rest)):
            quantity = read(match)
            if quantity is not None:
                yield quantity
                if read is not _none:
                    rest = rest[: match.start()] + "|" * len(match[0]) + rest[match.end() :]

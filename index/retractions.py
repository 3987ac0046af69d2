"""A list of retractions in Retraction Watch's CSV layout -> which sources are retracted today."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from index.errors import BadRetractions
from index.types import Source

DOI, NATURE, DATE = "OriginalPaperDOI", "RetractionNature", "RetractionDate"
RETRACTED, REINSTATED = "retraction", "reinstatement"
"""The two natures of a notice that matter: a correction or an expression of concern leaves the paper standing."""
UNDATED = "unknown"

_DOI = re.compile(r"(?:https?://(?:www\.|dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_AMERICAN = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})\b")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")


def normal_doi(text: str) -> str | None:
    """A DOI as it can be compared: bare and in lower case, because resolvers ignore case; None where the text is no DOI."""
    found = _DOI.fullmatch(unquote(text.strip()))
    return found[1].lower() if found else None


def read_retractions(path: Path) -> dict[str, str]:
    """DOI -> date of the retraction that stands, `unknown` where the list has none. BadRetractions says what is wrong with the list."""
    try:
        # A name in another encoding must not bar the whole list: the columns read here are plain ASCII.
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.DictReader(file)
            missing = [column for column in (DOI, NATURE) if column not in (rows.fieldnames or ())]
            if missing:
                raise BadRetractions(
                    f"{path} is no list of retractions, it lacks the column {' and '.join(missing)}: "
                    "give Retraction Watch's CSV, or one with its column names"
                )
            return _standing(rows)
    except OSError as error:
        raise BadRetractions(
            f"the list of retractions {path} cannot be read ({error.strerror}): put it there, or leave SIDELIGHT_RETRACTIONS unset"
        ) from None
    except csv.Error as error:
        raise BadRetractions(f"{path} cannot be read as CSV ({error}): get Retraction Watch's CSV anew") from None


def mark(sources: Mapping[str, Source], retracted: Mapping[str, str]) -> dict[str, Source]:
    """The sources, each that the list retracts with the date of it; a record that says so itself keeps its own."""
    return {key: replace(source, retracted=source.retracted or retracted.get(_doi_of(source) or "")) for key, source in sources.items()}


def _standing(rows: Iterable[Mapping[str | None, str | None]]) -> dict[str, str]:
    """The latest notice decides for each paper: by its date, and by its place in the list where a date is missing."""
    latest: dict[str, tuple[str, date | None]] = {}
    for row in rows:
        doi, nature = normal_doi(row.get(DOI) or ""), (row.get(NATURE) or "").strip().lower()
        if doi is None or nature not in (RETRACTED, REINSTATED):
            continue
        day = _day(row.get(DATE) or "")
        known = latest.get(doi)
        if known is None or known[1] is None or day is None or day >= known[1]:
            latest[doi] = nature, day
    return {doi: day.isoformat() if day else UNDATED for doi, (nature, day) in latest.items() if nature == RETRACTED}


def _day(text: str) -> date | None:
    """Retraction Watch writes `1/31/2024 0:00`; ISO is read too."""
    found = _AMERICAN.match(text.strip()) or _ISO.match(text.strip())
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def _doi_of(source: Source) -> str | None:
    return normal_doi(source.doi or source.url or "")

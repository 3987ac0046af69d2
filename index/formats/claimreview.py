"""schema.org ClaimReview: what a fact-checker says of somebody's claim, as JSON or inside a page.

The reviewed claim is the claim of whoever made it, not of the fact-checker: it never becomes evidence, and neither does a sentence of
the review that repeats it, quotes or reports. What is left are the reviewer's own findings. Where only a rating is given there are none.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.claims import LONGEST, is_reported
from index.english import words
from index.formats.found import Shown, Unreadable, address, content, day, decoded, digest, field, require_kind
from index.sentences import split

REPEATED = 0.6
"""Share of a reviewed claim's words in a sentence from which on it may repeat the claim. Below two thirds, because reviews paraphrase."""

_NEGATION = re.compile(r"\b(?:no|not|never|none|nor|neither|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|alleg\w+|assert\w*|purport\w*|rumou?r\w*|myths?|viral|tweet\w*|memes?|hoax\w*|conspirac\w+|misinformation"
    r"|(?:social media|facebook|instagram|tiktok|twitter|whatsapp|telegram|youtube) |posts?|posted|videos?|captions?|captioned|sharing"
    r"|according to|(?:he|she|they|users?|people|who) (?:says?|said|states?|stated|argued?s?|writes?|wrote|thinks?|believes?)|so-called)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"«„][^”\"»“]{12,}[”\"»“]")
_SMALL = frozenset(
    "a an and are as at be been by for from has have in is it its of on or that the their they this to was were with".split()
)


def read(path: Path) -> Iterator[Shown | Unreadable]:
    """The reviews of a .json file: one, a list, or a feed (`DataFeed`, `ItemList`, `@graph`). Unreadable where it holds none."""
    data = content(path)
    require_kind(data)
    try:
        found = list(reviews(json.loads(decoded(data).lstrip("\ufeff"))))
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON ({error.msg})", "mend the file", f"line {error.lineno}") from None
    if not found:
        raise Unreadable("holds no ClaimReview", "give schema.org ClaimReview, or documents as .jsonl")
    for number, review in enumerate(found, start=1):
        yield shown_review(review, f"review {number}")


def reviews(data: object) -> Iterator[Mapping[str, Any]]:
    """Every ClaimReview in a JSON value, in order, however deep feeds and graphs wrap it."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            kind = value.get("@type")
            if "ClaimReview" in (kind if isinstance(kind, list) else [kind]):
                yield value
            else:
                waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def rating(review: Mapping[str, Any]) -> str | None:
    """The reviewer's rating in the reviewer's words, or as a number of a scale."""
    given = review.get("reviewRating")
    if not isinstance(given, dict):
        return None
    best = f" of {field(given.get('bestRating'))}" if field(given.get("bestRating")) else ""
    value = field(given.get("ratingValue"))
    return field(given.get("alternateName")) or (f"{value}{best}" if value else None)


def own_words(text: str, reviewed: Sequence[str]) -> str:
    """The sentences of a review that are the reviewer's own findings, each on a line of its own."""
    kept = (sentence.span.text for sentence in split(text) if len(sentence.span.text) <= LONGEST)
    return "\n\n".join(line for line in kept if not _SPOKEN.search(line) and not _QUOTED.search(line) and not _repeats(line, reviewed))


def _repeats(sentence: str, reviewed: Sequence[str]) -> bool:
    """Whether a sentence reports something, or says what a reviewed claim says. One that says the contrary ("do not") does not."""
    said, negated = _content(sentence), bool(_NEGATION.search(sentence))
    for claim in reviewed:
        claimed = _content(claim)
        if claimed and len(said & claimed) >= REPEATED * len(claimed) and negated == bool(_NEGATION.search(claim)):
            return True
    return is_reported(sentence)


def _content(text: str) -> set[str]:
    """The words that carry a claim, without their commonest endings, so that "vaccine contains" meets "vaccines contain"."""
    return {
        re.sub(r"(?:e?s|ed|ing)$", "", word.lower()) for word in (*words(text), *re.findall(r"\d+", text)) if word.lower() not in _SMALL
    }


def shown_review(review: Mapping[str, Any], place: str) -> Shown | Unreadable:
    """A review as a document: the reviewer's own findings, and the rating as a note. `place` names it where it is unreadable."""
    claimed = field(review.get("claimReviewed"))
    if claimed is None:
        return Unreadable("is a ClaimReview without claimReviewed", "mend it, or take it away", place)
    body = "\n\n".join(text.strip() for key in ("description", "reviewBody") if isinstance(text := review.get(key), str) and text.strip())
    text, rated = own_words(body, [claimed]), rating(review)
    author = review.get("author") or review.get("publisher")
    author = author[0] if isinstance(author, list) and author else author
    name = field(author.get("name")) if isinstance(author, dict) else field(author)
    url = address(review.get("url"))
    notes = [f"rated {rated!r} by its publisher" if rated else "gives no rating"]
    notes += [] if text else ["gives a rating and no findings of its own: listed as a source, no evidence"]
    identity = digest(json.dumps(review, sort_keys=True).encode())
    return Shown(
        text,
        identity,
        key=digest((url or "").encode() + claimed.encode())[:12],
        title=field(review.get("headline") or review.get("name")) or field(f"Fact check of “{claimed[:300]}”: {rated or 'not rated'}"),
        url=url,
        date=day(review.get("datePublished")),
        publisher=name,
        notes=tuple(notes),
        silent=True,
    )

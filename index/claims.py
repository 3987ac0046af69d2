"""Which sentences assert something that evidence could speak to, and why the others are left out. The same rules for seeds and pages.

Recommendations ("screening is essential") are kept: guidelines are made of them. Reported speech with its speaker is kept too;
`is_reported` tells it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index import rules
from index.english import is_other_language
from index.sentences import is_heading
from index.types import Sentence

RULES_VERSION = "1"
"""Recorded in the index. Raise it whenever what is kept changes, by the rules or by the splitting: a test compares it with the seeds."""


LONGEST = 1500
"""The longest claim, in characters: the models read about 1,000, the longest of 31,695 sentences in abstracts has 1,297. Tried first, so
that no later rule meets a text on which its pattern would be slow."""


class Reason(StrEnum):
    """Why a sentence is not a claim, in the order in which the rules are tried."""

    TOO_LONG = "too_long"  # no sentence at all: a list, a table or code without stops
    LEGAL_NOTICE = "legal_notice"  # copyright, terms, disclaimers; English or Chinese
    OTHER_LANGUAGE = "other_language"  # the models read English
    NAVIGATION = "navigation"  # menus, "Previous", "Related articles", bylines
    CONTACT = "contact"  # addresses, telephone numbers, opening hours
    QUESTION = "question"  # asserts nothing
    HEADING = "heading"  # names what follows
    CALL_TO_ACTION = "call_to_action"  # tells the reader to do something
    TESTIMONIAL = "testimonial"  # a person's own experience, said in the first person
    ADVERT = "advert"  # speaks of a business, its premises or its service
    META = "meta"  # speaks of the text itself, or to its reader
    FRAGMENT = "fragment"  # no sentence, or one cut off


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of not being a claim, with what it means in words for whoever reads a rebuild report."""

    reason: Reason
    meaning: str
    holds: Callable[[str], bool]


RULES: tuple[Rule, ...] = (
    Rule(Reason.TOO_LONG, "far longer than a sentence", lambda text: len(text) > LONGEST),
    Rule(Reason.LEGAL_NOTICE, "copyright, terms of use or a disclaimer", rules.legal_notice),
    Rule(Reason.OTHER_LANGUAGE, "not in English", is_other_language),
    Rule(Reason.NAVIGATION, "a menu or a link to other pages", rules.navigation),
    Rule(Reason.CONTACT, "an address, a telephone number or opening hours", rules.contact),
    Rule(Reason.QUESTION, "a question", lambda text: text.rstrip("\"'”’)").endswith(("?", "?"))),
    Rule(Reason.HEADING, "a heading or a label", is_heading),
    Rule(Reason.CALL_TO_ACTION, "tells the reader to do something", rules.call_to_action),
    Rule(Reason.TESTIMONIAL, "a person's own experience", rules.testimonial),
    Rule(Reason.ADVERT, "about a business, its premises or its service", rules.advert),
    Rule(Reason.META, "about the text itself", rules.meta),
    Rule(Reason.FRAGMENT, "no complete sentence", rules.fragment),
)


def why_left_out(sentence: Sentence) -> Reason | None:
    """The first reason to leave a sentence out, or None for a claim."""
    return next((rule.reason for rule in RULES if rule.holds(sentence.span.text)), None)


def claims(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that make a checkable claim, in order."""
    return [sentence for sentence in sentences if why_left_out(sentence) is None]


def left_out(sentences: Sequence[Sentence]) -> Counter[Reason]:
    """How many sentences each reason leaves out."""
    reasons = (why_left_out(sentence) for sentence in sentences)
    return Counter(reason for reason in reasons if reason is not None)


def is_reported(text: str) -> bool:
    """Whether a sentence quotes somebody and says whom: what was said, not what was found."""
    return rules.reported(text)

"""What a page does not itself assert: somebody else's word, a myth quoted to be refuted, a supposition, a question, a testimonial.

Nor is another language read.
"""

import re

from api.rules.words import plain
from index.claims import Reason, is_reported, why_left_out
from index.english import is_other_language
from index.types import Sentence

OTHER_LANGUAGE = "Not checked: not in English, and the models read English alone."
QUESTION = "Not checked: a question asserts nothing."
TESTIMONIAL = "Not checked: one person's own experience."
REPORTED = "Not checked: the page reports what somebody says."
MYTH = "Not checked: the page quotes this as a myth."
SUPPOSED = "Not checked: the page only supposes this."
_LEFT_OUT = {Reason.QUESTION: QUESTION, Reason.TESTIMONIAL: TESTIMONIAL}

_VOICES = (
    r"(?:critics?|skeptics?|sceptics?|opponents?|detractors?|proponents?|advocates?|supporters?|believers?|enthusiasts?|influencers?|marketers?"
    r"|manufacturers?|sellers?|bloggers?|celebrit(?:y|ies)|politicians?|some|many|others|some people|many people|he|she|they)"
)
_CLAIMS = r"(?:claim|say|argue|believe|allege|insist|assert|contend|maintain|think|suggest)(?:s|ed)?|said|thought"
_REPORTED = re.compile(
    rf"^(?:but |and |yet |while |although |however, )?(?:the |its |their )?(?:\w+ )?{_VOICES}"
    rf" (?:\w+ly |have |has |also |often |still )?(?:{_CLAIMS})\b"
    rf"|\b(?:claimed|alleged|argued|insisted) that\b|\b(?:it is|it's|is|are) (?:\w+ly )?(?:claimed|alleged|rumou?red|said)\b"
    rf"|\baccording to (?:the |its |their )?(?:\w+ )?{_VOICES}\b|,[\"”]? (?:{_VOICES}) (?:{_CLAIMS})\W*$"
)
_MYTH_LABEL = re.compile(r"^\W*(?:(?:common |popular )?(?:myth|misconception|fiction)(?: ?(?:#|no\.?|number)? ?\d+)?\s?[:.–—-])")
_MYTH_HEADING = re.compile(
    r"^\W*(?:\d+\W+)?(?:(?:common|popular|top|\d+) )*(?:myths?|misconceptions?|fictions?)\b(?! (?:vs|versus|and|or|busted)\b)"
)
_ANSWER = re.compile(
    r"^\W*(?:facts?|truth|reality|actually|in (?:fact|reality|truth)|the (?:fact|truth|reality)"
    r"|(?:this|that) is (?:false|not true|untrue|a myth|wrong)"
    r"|false|wrong|not true|no,|contrary|however|but|(?:studies|research|evidence|trials))\b"
)
_SUPPOSED = re.compile(
    r"^(?:imagine|suppose|supposing|let's say|assume|assuming)\b|^(?:what )?if (?:\w+ ){1,6}were\b.*\bwould\b|\bas if\b.*\bwere\b"
)


def why_not_asserted(sentence: Sentence) -> str | None:
    """The note that says why a sentence is not checked, or None where the page asserts it.

    "It is a myth that …" asserts something and is checked as a whole; "Myth: …" does not.
    """
    if is_other_language(sentence.span.text):
        return OTHER_LANGUAGE
    text = plain(sentence.span.text).strip()
    if is_myth(text, plain(sentence.heading)):
        return MYTH
    if is_reported(sentence.span.text) or _REPORTED.search(text):
        return REPORTED
    if _SUPPOSED.search(text):
        return SUPPOSED
    reason = why_left_out(sentence)
    return _LEFT_OUT.get(reason) if reason else None


def is_myth(text: str, heading: str) -> bool:
    """Whether a sentence is labelled a myth, or stands under a heading that does so and does not answer it."""
    return bool(_MYTH_LABEL.search(text)) or (bool(_MYTH_HEADING.search(heading)) and not _ANSWER.search(text))

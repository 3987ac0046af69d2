"""Headings and paragraphs -> a text in which `index.sentences` finds them again: one line each, an empty line between."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.sentences import is_heading

_APART = re.compile(
    r"(?:[\dIVX]+[.)]?\s+)?(?:references?(?: list)?|bibliography|literature(?: cited)?|works cited|notes|footnotes|citations|sources"
    r"|further reading|see also|external links|related (?:articles|content|posts|stories|topics|links)|recommended(?: reading)?"
    r"|more (?:on|from) .*"
    r"|acknowledge?ments?|(?:author |authors['’] )?contributions?|funding|(?:competing|conflicts? of) interests?|disclosures?|abbreviations"
    r"|data availability(?: statement)?|supplementary (?:material|data|information)s?|comments?|share this.*"
    r"|table of contents|contents)\W*",
    re.IGNORECASE,
)
"""Headings of parts that assert nothing about health: what is cited, who paid, where to go next."""

_RAISED = str.maketrans("0123456789+-−–()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ⁿ")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a heading where `level` is 1 or more (1 is the highest)."""

    text: str
    level: int = 0


def laid_out(blocks: Iterable[Block]) -> str:
    """The text of a document, without the parts headed as references and the like.

    A heading that reads as a sentence is left out: the sentence rules would take it for a claim, and a heading names what follows,
    which may well refute it ("Ketamine cures addiction" above a paragraph that says otherwise).
    """
    lines: list[str] = []
    apart = 0
    for block in blocks:
        text = " ".join(block.text.split())
        if block.level and (not apart or block.level <= apart):
            apart = block.level if _APART.fullmatch(text) else 0
        if text and not apart and (not block.level or is_heading(text)):
            lines.append(text)
    return "\n\n".join(lines)


def raised(text: str) -> str:
    """A superscript as characters of its own: "10" and "6" must not become 106. Letters stay as they are ("5th")."""
    return text.translate(_RAISED) if re.fullmatch(r"\s*[\d+−–()n-]+\s*", text) else text

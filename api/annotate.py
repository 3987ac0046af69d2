"""Findings to annotations: the only place where Python's offsets (code points) become JavaScript's (UTF-16 code units)."""

from bisect import bisect_left
from dataclasses import dataclass

from api.types import Finding

LAST_OF_BASIC_PLANE = 0xFFFF


@dataclass(frozen=True, slots=True)
class Annotation:
    """A finding in its block; `start` and `end` are UTF-16 code-unit offsets into the block's text."""

    block: str
    start: int
    end: int
    finding: Finding


def wide_positions(text: str) -> list[int]:
    """Code-point offsets of the characters that take two UTF-16 units, ascending."""
    return [i for i, character in enumerate(text) if ord(character) > LAST_OF_BASIC_PLANE]


def utf16_offset(offset: int, wide: list[int]) -> int:
    """The UTF-16 offset of a code-point offset, given the text's `wide_positions`."""
    return offset + bisect_left(wide, offset)


def annotate(block: str, text: str, findings: list[Finding]) -> list[Annotation]:
    """The findings of one block, in the order of the text."""
    wide = wide_positions(text)
    spans = sorted(findings, key=lambda f: f.sentence.span.start)
    return [Annotation(block, utf16_offset(f.sentence.span.start, wide), utf16_offset(f.sentence.span.end, wide), f) for f in spans]

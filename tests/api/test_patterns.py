"""No text is slow to read: every pattern, and all that reads a whole block, on long runs of what patterns repeat."""

import importlib
import pkgutil
import re
import sys
import time

import pytest

import api
import index
from api.rules.asserted import why_not_asserted
from api.rules.negation import negate
from api.rules.table import consult
from api.settings import Limits
from api.types import Stance
from index.claims import LONGEST, why_left_out
from index.sentences import split

RUNS = [
    "a", "A", " ", "1", '"', "“", "(", "[", ".", "-", "a ", "1 ", "1,", "a.", "a, ", "1. ", "[1]", "the ", "not ", "we ", "a-", "A a ",
    "\n", "\t", "© ", "1%", "1.5 ", "mg ", "| ", "'", "’", "a'", "a@", "😀", "é", "中", "\u200b", "\u202e", "A. ", "e.g. ",
    "•\n", "1) ", "A\n",
    "A b c d.\n", '"A b." ', "“A b. ", "a.B", "1.1.", "...", "?!", "A?", "\r\n", "ketamine helps. ", "from a to ", "said ", "she ", "1 to ",
    "two or ", "no ", "is ", "according to ", "https://", "x@x", "the aim of ", "a b c, ", "more than 1 ",
]  # fmt: skip
SECONDS = 0.5
"""For one pattern over one sentence, where the slowest takes a twentieth of it on two busy cores."""
BLOCK_SECONDS = 3.0


def modules():
    """Every module of ours that answers requests or builds."""
    for package in (api, index):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(("api.stance.", "index.__main__", "index.export", "index.quantise")):
                yield importlib.import_module(found.name)


def patterns_in(value, depth=0):
    """The compiled patterns in a value: in containers, in closures, in bound methods."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth > 3:
        return
    elif isinstance(value, dict):
        for one in value.values():
            yield from patterns_in(one, depth + 1)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from patterns_in(one, depth + 1)
    elif callable(value):
        yield from patterns_in(getattr(value, "__self__", None), depth + 1)
        for cell in getattr(value, "__closure__", None) or ():
            yield from patterns_in(cell.cell_contents, depth + 1)


PATTERNS = {
    p.pattern: p for module in modules() for name, value in vars(module).items() if not name.startswith("__") for p in patterns_in(value)
}


def run(unit, length):
    """A text of so many characters that repeats a unit."""
    return (unit * (length // len(unit) + 1))[:length]


def seconds(work, *arguments):
    """How long a piece of work takes."""
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def test_there_are_patterns_of_every_kind():
    assert len(PATTERNS) >= 80
    assert {"index.rules", "api.rules.quantities", "api.verdict"} <= sys.modules.keys()


@pytest.mark.parametrize("unit", RUNS, ids=ascii)
def test_no_pattern_is_slow_on_a_sentence(unit):
    text = run(unit, LONGEST)
    slow = {p: spent for p, pattern in PATTERNS.items() if (spent := seconds(lambda: [*pattern.finditer(text)])) > SECONDS}  # noqa: B023
    assert not slow


def read(text):
    """All that is done with a block before any model is asked, and with each claim after."""
    for sentence in split(text):
        why_left_out(sentence)
        if len(sentence.span.text) <= LONGEST:
            why_not_asserted(sentence)


@pytest.mark.parametrize("unit", RUNS, ids=ascii)
def test_no_block_is_slow_to_read(unit):
    assert seconds(read, run(unit, Limits().max_block_chars)) < BLOCK_SECONDS


@pytest.mark.parametrize("unit", RUNS, ids=ascii)
def test_no_claim_is_slow_to_judge(unit):
    text = f"Ketamine {run(unit, LONGEST - 20)} helps."
    assert seconds(lambda: (negate(text), [consult(stance, text, text) for stance in Stance])) < SECONDS

"""How far a long task is, for people: a bar on a terminal, a line now and then elsewhere. The one place that names tqdm."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from index.types import Progress

if TYPE_CHECKING:
    from tqdm import tqdm

EVERY_SECONDS = 30.0
"""The time between two lines where there is no terminal: enough to see that it lives, few enough for a log."""


@contextmanager
def shown(stream: TextIO) -> Iterator[Progress]:
    """A Progress that shows itself on the stream until the block ends: with rate and time left if it is a terminal."""
    if not stream.isatty():
        yield _lines(lambda line: print(line, file=stream, flush=True))
        return
    bars: dict[str, tqdm[None]] = {}
    try:
        yield lambda what, done, of: _advance(bars, stream, what, done, of)
    finally:
        for bar in bars.values():
            bar.close()


def _advance(bars: "dict[str, tqdm[None]]", stream: TextIO, what: str, done: int, of: int) -> None:
    # Imported here: only a task that runs on a terminal needs it.
    from tqdm import tqdm

    if what not in bars:
        bars[what] = tqdm(total=of, desc=what, file=stream, unit="", smoothing=0.1, leave=False, dynamic_ncols=True)
    bars[what].total = of
    bars[what].update(done - bars[what].n)
    if done >= of:
        bars[what].close()


def _lines(say: Callable[[str], None]) -> Progress:
    said = time.monotonic()

    def progress(what: str, done: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said >= EVERY_SECONDS:
            said = time.monotonic()
            say(f"{done:,} of {of:,} {what}")

    return progress

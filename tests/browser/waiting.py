"""Waiting for a browser."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(look: Callable[[], T], seconds: float = 60) -> T:
    """What `look` returns as soon as that is true; the last of it in the failure otherwise."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"waited {seconds} s in vain; last seen: {seen!r}"
        time.sleep(0.05)
    return seen

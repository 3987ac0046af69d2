"""Several ways to do one thing, timed in turns, so that what else the machine does meets all of them alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median


def seconds(what: Callable[[], object]) -> float:
    """Seconds of wall time."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def in_turns(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each way in each round, after one that warms up."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            took = 1000 * seconds(way)
            if number:
                times[name].append(took)
    return times


def medians(times: Mapping[str, list[float]]) -> dict[str, float]:
    """The median of each."""
    return {name: round(median(some), 2) for name, some in times.items()}

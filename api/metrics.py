"""Prometheus metrics. Label values come only from fixed sets: never a path, a host or anything of a page.

Code that does the work says what it did with `stage` and `count`, into the record of the request that it works for; where there is
no request (the command line, the warm-up) both do nothing. The middleware of `api.observe` puts the finished record into `Metrics`.
"""

import math
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from api.types import Verdict
from index.types import IndexInfo

__all__ = ["CONTENT_TYPE", "COUNTED", "RECORD", "STAGES", "Metrics", "Record", "count", "stage"]

STAGES = ("split", "embed", "search", "stance", "verdict")
COUNTED = {"verdict": tuple(Verdict), "cache": ("hit", "miss")}
"""What may be counted, and the names that each may have."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper bounds: from one embedding (about 5 ms) to a page at its limits."""


@dataclass(slots=True)
class Record:
    """What was done for one request: seconds by stage, counts by (what, which). `within` is the time of stages inside the present one."""

    seconds: dict[str, float] = field(default_factory=dict)
    within: float = 0.0
    counts: Tally[tuple[str, str]] = field(default_factory=Tally)


RECORD: ContextVar[Record | None] = ContextVar("record", default=None)
"""The record of the request being answered. Threads that answer it get a copy of the context, with the same record in it."""


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the time of the block, or of the decorated function, as that stage's, less the stages in it; `name` is one of STAGES."""
    assert name in STAGES, name
    record = RECORD.get()
    if record is None:
        yield
        return
    begun, outer = time.perf_counter(), record.within
    record.within = 0.0
    try:
        yield
    finally:
        spent = time.perf_counter() - begun
        record.seconds[name] = record.seconds.get(name, 0.0) + spent - record.within
        record.within = outer + spent


def count(what: str, which: str, times: int = 1) -> None:
    """Count something that happened for this request; `what` and `which` are of COUNTED."""
    assert which in COUNTED[what], (what, which)
    record = RECORD.get()
    if record is not None:
        record.counts[what, which] += times


class Metrics:
    """The metrics of one service. `index` gives the loaded index, None while there is none; `working` how many requests have a thread."""

    def __init__(self, index: Callable[[], IndexInfo | None], working: Callable[[], int]) -> None:
        # A registry of its own: the library's default one belongs to the process, and tests make many services in one.
        self.registry = registry = CollectorRegistry()
        self.requests = Counter("sidelight_requests", "Requests answered.", ["route", "status"], registry=registry)
        self.seconds = Histogram("sidelight_request_seconds", "Time to answer.", ["route"], buckets=SECONDS, registry=registry)
        self.stages = Histogram("sidelight_stage_seconds", "Time of one request in a stage.", ["stage"], buckets=SECONDS, registry=registry)
        self.counters = {
            "verdict": Counter("sidelight_verdicts", "Verdicts given.", ["verdict"], registry=registry),
            "cache": Counter("sidelight_cache", "Lookups in the cache of answers.", ["result"], registry=registry),
        }
        for what, names in COUNTED.items():
            for which in names:
                self.counters[what].labels(which)
        self.in_flight = Gauge("sidelight_requests_in_flight", "Requests that have come and are not answered.", registry=registry)
        self.gauge("sidelight_requests_working", "Requests that a thread works on; the others in flight wait.", working)
        self.gauge("sidelight_index_loaded", "1 when an index is served.", lambda: index() is not None)
        self.gauge("sidelight_index_claims", "Claims in the index.", lambda: info.claims if (info := index()) else 0)
        self.gauge("sidelight_index_sources", "Sources in the index.", lambda: info.sources if (info := index()) else 0)
        self.gauge(
            "sidelight_index_age_seconds", "Time since the index was built.", lambda: age(info) if (info := index()) else float("nan")
        )
        ProcessCollector(registry=registry)

    def gauge(self, name: str, text: str, value: Callable[[], float]) -> None:
        """A gauge that is asked for its value when it is read."""
        Gauge(name, text, registry=self.registry).set_function(value)

    def answered(self, route: str, status: int, seconds: float, record: Record) -> None:
        """Take in a finished request; `route` is a template of the app's routes."""
        self.requests.labels(route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        for name, spent in record.seconds.items():
            self.stages.labels(name).observe(spent)
        for (what, which), times in record.counts.items():
            self.counters[what].labels(which).inc(times)

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)


def age(info: IndexInfo | None) -> float:
    """Seconds since an index was built; not a number while there is none."""
    if info is None:
        return math.nan
    return (datetime.now(UTC) - datetime.fromisoformat(info.built_at)).total_seconds()

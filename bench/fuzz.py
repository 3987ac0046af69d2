"""Fuzz every route of a running service from its OpenAPI: `python -m bench.fuzz --cases 5000` writes bench/results/fuzz.json.

schemathesis makes requests that fit the schema and requests that do not; each answer is held against the schema too. The service is a
process of its own, so that its memory can be measured before and after.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "fuzz.json"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LIMIT_SECONDS = 120
"""The service's own limit for one request: what takes longer hangs."""
WARM = [
    {"id": str(n), "text": f"Ketamine blocks NMDA receptors in {n} of 100 patients, and it helps {n} percent of them."} for n in range(100)
]


@dataclass
class Found:
    """What was asked and what came back."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    slowest_route: str = ""
    rss_before_mb: float = 0.0
    rss_after_mb: float = 0.0

    def to_json(self) -> dict[str, object]:
        """The result as it is written."""
        server_errors = sum(count for status, count in self.statuses.items() if status >= 500)
        return {
            "cases": self.cases,
            "server_errors": server_errors,
            "failures": dict(self.failures),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "routes": dict(self.routes),
            "slowest_seconds": round(self.slowest_seconds, 3),
            "slowest_route": self.slowest_route,
            "rss_before_mb": round(self.rss_before_mb, 1),
            "rss_after_mb": round(self.rss_after_mb, 1),
        }


def fuzz(address: str, process_id: int, cases: int) -> Found:
    """Ask the ready service at `address` at least `cases` times, every route in turn."""
    found, process = Found(), psutil.Process(process_id)
    warm(address)
    found.rss_before_mb = process.memory_info().rss / 1e6
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    ways = [(result.ok(), mode) for result in schema.get_all_operations() for mode in GenerationMode]
    rounds = 0
    with requests.Session() as session:
        while found.cases < cases:
            # A route without parameters is soon through; the next round gives what is left to those that go on.
            share, rounds = -(-(cases - found.cases) // len(ways)), rounds + 1
            ways = [way for way in ways if ask_all(way, share, rounds, address, session, found) >= share]
    warm(address)
    found.rss_after_mb = process.memory_info().rss / 1e6
    return found


def warm(address: str) -> None:
    """Ask for one large page: what is loaded or grown at the first use is there before memory is measured."""
    requests.post(f"{address}/v1/annotate", json={"blocks": WARM}, timeout=LIMIT_SECONDS).raise_for_status()


def ask_all(
    way: tuple[APIOperation, GenerationMode], share: int, number: int, address: str,
    session: requests.Session, found: Found,
) -> int:  # fmt: skip
    """Ask one route in one mode up to `share` times; how often there was something to ask."""
    operation, mode = way
    before = found.cases

    @seed(number)
    @settings(max_examples=share, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        began = time.perf_counter()
        answer = case.call(base_url=address, session=session, timeout=LIMIT_SECONDS)
        spent = time.perf_counter() - began
        found.cases += 1
        found.statuses[answer.status_code] += 1
        found.routes[operation.label] += 1
        if spent > found.slowest_seconds:
            found.slowest_seconds, found.slowest_route = spent, operation.label
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                found.failures[f"{operation.label}: {failure.title}: {answer.status_code}"] += 1

    with suppress(Unsatisfiable):  # a route without parameters has no request that does not fit
        ask()
    return found.cases - before


@contextmanager
def service(index: Path | None) -> Iterator[tuple[str, int]]:
    """(address, process id) of a service that is ready; it ends with the block."""
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", *(["--index", str(index)] if index else [])]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said = re.search(r"http://\S+", process.stdout.readline())
            assert said, "the service did not start"
            while not ready(said.group()):
                time.sleep(0.2)
            yield said.group(), process.pid
        finally:
            process.terminate()


def ready(address: str) -> bool:
    """Whether the service is ready."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=10):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return False


def main() -> None:
    """Fuzz, write the result, and fail on any 5xx, failure, hang or growth of memory by a tenth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--index", type=Path, help="folder of the index (default: var/index)")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    with service(args.index) as (address, process_id):
        found = fuzz(address, process_id, args.cases)
    result = found.to_json()
    args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    sys.exit(bool(result["server_errors"] or found.failures or found.rss_after_mb > 1.1 * found.rss_before_mb))


if __name__ == "__main__":
    main()

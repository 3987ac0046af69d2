"""What the service bears: a closed loop of 1, 4, 16 and 64 clients over real pages, then a long run for its memory.

    python -m bench.load --pages DIR [--seconds 120] [--soak-seconds 1200]
    python -m bench.load --pages DIR --uncached     the four steps alone, with a service that keeps nothing; the other figures stay

The service is a process of its own over the seeds. Each client asks for a slice of a page (20 blocks, taken at another place each
time), waits for the answer and asks again; one that is turned away (503 or 429) waits as long as it is told to. Nothing but that and
an accepted answer is expected: anything else is an error. Saved after each step to bench/results/load.json.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from api.pages import read_page
from bench.table import README, put

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "load.json"
BEGIN = "<!-- load: written by bench/load.py from bench/results/load.json -->"
CLIENTS = (1, 4, 16, 64)
SOAK_CLIENTS = 4
BLOCKS = 20
"""Blocks in a request: a screen or two of a page."""
TIMEOUT = 120.0
MEMORY_EVERY = 1.0
PARTS = 10
STUDENT_T = 2.306
"""Student's t at 97.5 % with PARTS - 2 degrees of freedom."""
SHORTEST_SOAK = 30
SHED = {429, 503}


@dataclass(slots=True)
class Seen:
    """What the clients of one step saw: seconds of each accepted request, how many were shed, what went wrong."""

    seconds: list[float] = field(default_factory=list)
    shed: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Service:
    """The running service: where it answers, and its process."""

    address: str
    process: psutil.Process


@contextmanager
def served(settings: Mapping[str, str]) -> Iterator[Service]:
    """`sidelight serve` on a free port, over an index of the seeds, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--index", str(Path(folder) / "index")]
        environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout
        address = process.stdout.readline().split()[-1]
        while httpx.get(f"{address}/readyz").status_code != 200:
            time.sleep(0.2)
        try:
            yield Service(address, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()


def requests(pages: Path) -> Iterator[dict[str, Any]]:
    """Slices of the pages without end, each begun at another block: a text comes again, a request hardly ever."""
    texts = [list(read_page(path).values()) for path in sorted(pages.glob("*.html"))]
    if not texts:
        raise SystemExit(f"no .html page in {pages}: give a folder of pages with --pages")
    chance = random.Random(0)
    while True:
        page = chance.choice(texts)
        start = chance.randrange(max(len(page) - BLOCKS, 1))
        yield {"blocks": [{"id": f"b{n}", "text": text[:20_000]} for n, text in enumerate(page[start : start + BLOCKS])]}


async def client(http: httpx.AsyncClient, bodies: Iterator[dict[str, Any]], until: float, seen: Seen) -> None:
    """One client: ask, wait, ask again."""
    while time.monotonic() < until:
        begun = time.perf_counter()
        try:
            answer = await http.post("/v1/annotate", json=next(bodies))
        except httpx.HTTPError as error:
            seen.errors.append(type(error).__name__)
            continue
        if answer.status_code == 200:
            seen.seconds.append(time.perf_counter() - begun)
        elif answer.status_code in SHED:
            seen.shed += 1
            await asyncio.sleep(float(answer.headers.get("retry-after", 1)))
        else:
            seen.errors.append(str(answer.status_code))


async def watch_memory(process: psutil.Process, until: float, taken: list[tuple[float, float]]) -> None:
    """(seconds, MB resident) of the service, every few seconds."""
    begun = time.monotonic()
    while time.monotonic() < until:
        taken.append((time.monotonic() - begun, process.memory_info().rss / 1e6))
        await asyncio.sleep(MEMORY_EVERY)


async def step(service: Service, bodies: Iterator[dict[str, Any]], clients: int, seconds: float) -> tuple[Seen, list[tuple[float, float]]]:
    """So many clients for so long."""
    seen, memory, until = Seen(), list[tuple[float, float]](), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=service.address, timeout=TIMEOUT, limits=limits) as http:
        await asyncio.gather(watch_memory(service.process, until, memory), *(client(http, bodies, until, seen) for _ in range(clients)))
    return seen, memory


def cache_lookups(address: str) -> tuple[float, float]:
    """(hits, misses) of the service's cache so far."""
    text = httpx.get(f"{address}/metrics").text
    found = dict(re.findall(r'^sidelight_cache_total\{result="(\w+)"\} (\S+)$', text, re.MULTILINE))
    return float(found.get("hit", 0)), float(found.get("miss", 0))


def measure(service: Service, bodies: Iterator[dict[str, Any]], clients: int, seconds: float) -> dict[str, Any]:
    """The figures of one step; `bench_share` is how much of all cores the clients themselves took."""
    before, used, begun = cache_lookups(service.address), time.process_time(), time.monotonic()
    seen, memory = asyncio.run(step(service, bodies, clients, seconds))
    took = time.monotonic() - begun
    hits, misses = (now - then for now, then in zip(cache_lookups(service.address), before, strict=True))
    p50, p95, p99 = np.percentile(seen.seconds, [50, 95, 99]).tolist() if seen.seconds else [float("nan")] * 3
    asked = len(seen.seconds) + seen.shed + len(seen.errors)
    return {
        "clients": clients, "seconds": round(took, 1), "accepted": len(seen.seconds), "per_second": len(seen.seconds) / took,
        "p50": p50, "p95": p95, "p99": p99, "shed": seen.shed, "shed_share": seen.shed / asked if asked else 0.0,
        "errors": len(seen.errors), "kinds_of_error": sorted(set(seen.errors)),
        "cache_hit_share": hits / (hits + misses) if hits + misses else None,
        "memory_mb": max(mb for _, mb in memory), "bench_share": (time.process_time() - used) / took / (os.cpu_count() or 1),
        "memory": memory,
    }  # fmt: skip


def slope(memory: list[tuple[float, float]]) -> dict[str, float]:
    """MB an hour by least squares over the second half, when caches are full, with its 95 % interval.

    Neighbouring samples are alike, which would make the interval too narrow; so it is of the means of PARTS equal parts.
    """
    late = np.array(memory[len(memory) // 2 :])
    parts = np.array([part.mean(axis=0) for part in np.array_split(late, PARTS)])
    fitted, covariance = np.polyfit(parts[:, 0] / 3600, parts[:, 1], 1, cov=True)
    half = STUDENT_T * float(np.sqrt(covariance[0, 0]))
    return {"mb_per_hour": float(fitted[0]), "low": float(fitted[0]) - half, "high": float(fitted[0]) + half}


def rows_of(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table's rows, one for each step."""
    return [
        f"| {s['clients']} | {s['per_second']:.2f} | {s['p50']:.2f} s | {s['p95']:.2f} s | {s['p99']:.2f} s | {s['shed_share']:.0%} "
        f"| {s['errors']} | {s['memory_mb']:.0f} MB |"
        for s in steps
    ]


def table(results: dict[str, Any]) -> str:
    """README's part, without its marks."""
    head = ["| clients | pages a second | p50 | p95 | p99 | turned away | errors | memory |", "|---|---|---|---|---|---|---|---|"]
    known = min(step["cache_hit_share"] for step in results["steps"])
    said = (
        f"Slices of {BLOCKS} blocks of real pages, each client asking again as soon as it is answered, on {results['cores']} cores.\n"
        f"The pages come again, so the service had judged {known:.0%} or more of what it was asked before."
    )
    lines = [said, "", *head, *rows_of(results["steps"])]
    if uncached := results.get("uncached"):
        lines += ["", "With `SIDELIGHT_CACHE_BYTES=0`, so that every page is new to it:", "", *head, *rows_of(uncached)]
    if soak := results.get("soak"):
        m = soak["slope"]
        interval = f"{m['mb_per_hour']:+.1f} MB an hour (95 % interval {m['low']:+.1f} to {m['high']:+.1f})"
        lines += ["", f"Memory over {soak['seconds'] / 60:.0f} minutes at {soak['clients']} clients: {interval}."]
    return "\n".join(lines)


def save(results: dict[str, Any]) -> None:
    """Keep what there is, so that a run that is stopped loses one step at most."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    put(README, table(results), BEGIN)


def main() -> None:
    """Run the steps, then the long run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, required=True, help="folder of .html pages")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--soak-seconds", type=float, default=1200)
    parser.add_argument("--uncached", action="store_true")
    args = parser.parse_args()
    if args.soak_seconds < SHORTEST_SOAK:
        parser.error(f"--soak-seconds must be {SHORTEST_SOAK} at least: the slope is of {PARTS} parts of its second half")
    bodies = requests(args.pages)
    results: dict[str, Any] = {"cores": os.cpu_count(), "blocks": BLOCKS, "steps": []}
    if args.uncached:
        results = json.loads(RESULTS.read_text(encoding="utf-8")) | {"uncached": []}
    with served({"SIDELIGHT_CACHE_BYTES": "0"} if args.uncached else {}) as service:
        for clients in CLIENTS:
            figures = measure(service, bodies, clients, args.seconds)
            del figures["memory"]
            results["uncached" if args.uncached else "steps"].append(figures)
            save(results)
            print(figures, flush=True)
        if args.uncached:
            return
        figures = measure(service, bodies, SOAK_CLIENTS, args.soak_seconds)
        results["soak"] = {**figures, "slope": slope(figures["memory"])}
        save(results)
        print(results["soak"]["slope"])


if __name__ == "__main__":
    main()

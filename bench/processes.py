"""The two things that `bench/speed.py` compares, each as a process of its own, with what it takes to start and how much memory it holds."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
MEBIBYTE = 1024 * 1024
PATIENCE_SECONDS = 900
Blocks = Mapping[str, str]


class Watched:
    """A started process: its memory is looked at twenty times a second, and it ends with the block that started it."""

    def __init__(self, command: Sequence[str]) -> None:
        self.began = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.highest = 0
        threading.Thread(target=self.look, daemon=True).start()

    def look(self) -> None:
        """Keep the highest memory seen."""
        try:
            while self.process.poll() is None:
                self.highest = max(self.highest, self.memory())
                time.sleep(0.05)
        except psutil.NoSuchProcess:
            return

    def memory(self) -> int:
        """Resident memory now, in bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def since_start(self) -> float:
        """Seconds since the process was started."""
        return time.perf_counter() - self.began

    def line(self) -> str:
        """The next line it prints. RuntimeError when it ended instead."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.process.args} ended with exit code {self.process.wait(10)}")
        return line.strip()

    def ask(self, text: str) -> str:
        """Write a line to it and read the one it answers."""
        assert self.process.stdin
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.line()

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def started(*command: str) -> Iterator[Watched]:
    """A process of this Python for the time of a block."""
    watched = Watched([sys.executable, *command])
    try:
        yield watched
    finally:
        watched.end()


@contextmanager
def naive(index: Path, cache: Path) -> Iterator[tuple[Watched, dict[str, float]]]:
    """The naive stack, ready, with how it got there."""
    with started("-m", "bench.naive", "--index", str(index), "--cache", str(cache)) as watched:
        while watched.line() != "ready":
            pass
        yield watched, {"ready_seconds": watched.since_start(), "rest_mib": watched.memory() / MEBIBYTE}


@contextmanager
def service(index: Path) -> Iterator[tuple[Watched, dict[str, float], str]]:
    """`sidelight serve`, ready, with how it got there and its address."""
    with started("-m", "api.cli", "serve", "--port", "0", "--index", str(index)) as watched:
        address = watched.line().rpartition("//")[2]
        while request(address, "GET", "/readyz").status != 200:
            time.sleep(0.02)
        yield watched, {"ready_seconds": watched.since_start(), "rest_mib": watched.memory() / MEBIBYTE}, address


def request(address: str, method: str, path: str, body: Any = None, accept: str = "application/json") -> http.client.HTTPResponse:
    """The beginning of an answer; its body is still to be read."""
    connection = http.client.HTTPConnection(address, timeout=PATIENCE_SECONDS)
    headers = {"Content-Type": "application/json", "Accept": accept}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    return connection.getresponse()


def annotate(address: str, blocks: Blocks) -> tuple[float, dict[str, Any]]:
    """Seconds for a plain answer end to end, and the answer."""
    began = time.perf_counter()
    answer = json.loads(request(address, "POST", "/v1/annotate", as_request(blocks)).read())
    return time.perf_counter() - began, answer


def stream(address: str, blocks: Blocks) -> tuple[float | None, float]:
    """Seconds to the first annotation, None where the page has none, and to the end of a streamed answer."""
    began = time.perf_counter()
    first = None
    for line in request(address, "POST", "/v1/annotate", as_request(blocks), "application/x-ndjson"):
        if first is None and "annotation" in json.loads(line):
            first = time.perf_counter() - began
    return first, time.perf_counter() - began


def as_request(blocks: Blocks) -> dict[str, Any]:
    """The body of a request."""
    return {"blocks": [{"id": block, "text": text} for block, text in blocks.items()]}

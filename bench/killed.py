"""`kill -9` on rebuilds, at random moments, under a running service that is asked all the while.

    python -m bench.killed [--kills 200] [--seed 1]

Each rebuild is a real process over the shipped seeds; its version number is the publisher of every source, so an answer shows from
which version each piece of its evidence came, and one of two versions, or under another version's fingerprint, would be a mixed one.
Every twentieth also has a new sentence, which is embedded. Writes bench/results/killed.json and a line for each kill.
"""

import argparse
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from index.embedder import make_embedder
from index.store.sqlite import open_store

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "killed.json"
CLAIM = "Ketamine blocks the brain's NMDA receptors."
ASKERS = 2
NEW_TEXT = 20
"""Versions from one new sentence to the next: loading the model takes longer than all else, and writing is what kills should meet."""
GLANCE = 0.0005
"""Seconds between two looks at the folder: half of the kills wait until a rebuild begins to write, the rest come at any time."""


@dataclass
class Load:
    """What a service answered while it was asked without a pause."""

    address: str
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Search and check in turn until told to stop."""
        with httpx.Client(base_url=self.address, timeout=60) as client:
            for turn in range(10**9):
                if self.stop.is_set():
                    return
                began = time.perf_counter()
                try:
                    if turn % 10:
                        answer = client.get("/v1/search", params={"q": CLAIM, "k": 20})
                    else:
                        answer = client.post("/v1/check", json={"claim": CLAIM})
                    self.look(answer)
                except httpx.HTTPError as error:
                    self.failed.append(repr(error))
                self.seconds.append(time.perf_counter() - began)

    def look(self, answer: httpx.Response) -> None:
        """An answer must be a good one, with evidence of one version, and that the one of its fingerprint."""
        if answer.status_code != 200:
            self.failed.append(f"{answer.status_code} {answer.text[:200]}")
            return
        document = answer.json()
        pieces = document.get("hits") or document["evidence"]
        versions = {piece["source"]["publisher"] for piece in pieces}
        fingerprint = document["index"]["fingerprint"]
        if len(versions) != 1 or self.versions.setdefault(fingerprint, *versions) not in versions:
            self.mixed.append(f"{fingerprint}: {versions}, known as {self.versions.get(fingerprint)}")


def write_version(seeds: Path, version: int) -> None:
    """Make the seeds those of a version."""
    records = (ROOT / "seeds" / "sources.toml").read_text(encoding="utf-8")
    note = (
        "\n[[source]]\nid = 'note'\nfile = 'note.txt'\ntitle = 'A note'\nkind = 'other'\nlanguage = 'en'\nkind_reason = 'For this test.'\n"
    )
    records = re.sub(r"(?m)^publisher = .*$", f'publisher = "version {version}"', records + note + "publisher = 'x'\n")
    (seeds / "sources.toml").write_text(records, encoding="utf-8")
    (seeds / "note.txt").write_text(f"Ketamine blocked NMDA receptors in {version // NEW_TEXT} of 900 brains.", encoding="utf-8")


def rebuild(seeds: Path, index: Path) -> subprocess.Popen[bytes]:
    """A rebuild of its own process."""
    command = [sys.executable, "-m", "index", "--seeds", str(seeds), "--index", str(index)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_many(seeds: Path, index: Path, kills: int, rng: random.Random) -> dict[str, Any]:
    """Rebuild one version after another and kill each at a random moment, until so many died; a line for each."""
    version, died, states = 1, 0, Counter[str]()
    write_version(seeds, version)
    process, began = rebuild(seeds, index), time.monotonic()
    waited_for_writing(process, index)
    until_writing = time.monotonic() - began
    process.wait()
    whole = time.monotonic() - began
    while died < kills:
        version += 1
        write_version(seeds, version)
        process, began = rebuild(seeds, index), time.monotonic()
        if rng.random() < 0.5:
            waited_for_writing(process, index)
            delay = rng.uniform(0, whole - until_writing)
        else:
            delay = rng.uniform(0, whole)
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        killed = process.returncode == -signal.SIGKILL
        died += killed
        answers = published_version(index)
        assert answers is not None, "the index is whole after every kill"
        state = left_behind(index, answers == version) if killed else f"ended by itself with {process.returncode}"
        states[state] += 1
        after = time.monotonic() - began
        print(f"{died:3} of {kills}: version {version}, {after:.2f} s: {state}; version {answers} answers", flush=True)
    return {"rebuilds": version, "killed": died, "left": dict(states), "rebuild_seconds": round(whole, 2)}


def waited_for_writing(process: subprocess.Popen[bytes], index: Path) -> None:
    """Wait until a new part file is there, or the rebuild has ended."""
    old = {path: path.stat().st_ino for path in index.glob("*.part")}
    while process.poll() is None and not any(old.get(path) != path.stat().st_ino for path in index.glob("*.db.part") if path.exists()):
        time.sleep(GLANCE)


def finished(seeds: Path, index: Path, version: int) -> None:
    """Rebuild a version to its end."""
    write_version(seeds, version)
    if rebuild(seeds, index).wait() != 0:
        raise RuntimeError(f"the rebuild of version {version} failed")


def published_version(index: Path) -> int | None:
    """Which version the folder's index holds, read as a whole; None where its sources do not agree."""
    versions = {source.publisher for source in open_store(index, make_embedder().name).sources.values()}
    return int(versions.pop().removeprefix("version ")) if len(versions) == 1 else None


def left_behind(index: Path, published: bool) -> str:
    """What a killed rebuild had come to, by the files that it left."""
    if published:
        return "published"
    names = {path.name for path in index.iterdir()}
    newest = max(name for name in names if re.fullmatch(r"generation-\d+\.db", name))
    if json.loads((index / "current.json").read_text())["file"] != newest:
        return "renamed, not published"
    return "parts of a file" if any(".part" in name for name in names) else "nothing"


def serve(work: Path, index: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A running service over the index, and its address."""
    out = work / "served"
    with out.open("wb") as printed:
        command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--index", str(index)]
        service = subprocess.Popen(command, cwd=ROOT, stdout=printed, stderr=subprocess.DEVNULL)
    while not (found := re.search(r"http://\S+", out.read_text())):
        if service.poll() is not None:
            raise RuntimeError(f"the service ended with {service.returncode}")
        time.sleep(0.1)
    while httpx.get(f"{found.group()}/readyz").status_code != 200:
        time.sleep(0.1)
    return service, found.group()


def run(work: Path, kills: int, seed: int = 1) -> dict[str, Any]:
    """The whole experiment in a folder of its own; what happened, as JSON."""
    seeds, index = work / "seeds", work / "index"
    shutil.copytree(ROOT / "seeds", seeds)
    finished(seeds, index, 0)
    service, address = serve(work, index)
    load = Load(address)
    askers = [threading.Thread(target=load.ask) for _ in range(ASKERS)]
    try:
        for asker in askers:
            asker.start()
        rebuilt = kill_many(seeds, index, kills, random.Random(seed))
        finished(seeds, index, last := rebuilt["rebuilds"] + 1)
        files = sorted(path.name for path in index.iterdir())
        picked_up = wait_for(load, f"version {last}")
    finally:
        load.stop.set()
        for asker in askers:
            asker.join()
        service.terminate()
        service.wait()
    p50, p99 = np.percentile(load.seconds, [50, 99])
    asked = {"requests": len(load.seconds), "failed": load.failed, "mixed": load.mixed, "versions_answered": len(load.versions)}
    times = {"p50_ms": round(1000 * p50, 1), "p99_ms": round(1000 * p99, 1), "max_ms": round(1000 * max(load.seconds), 1)}
    return {**rebuilt, **asked, **times, "last_picked_up": picked_up, "files_at_the_end": files}


def wait_for(load: Load, version: str, seconds: float = 20) -> bool:
    """Whether the service answers from a version in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and version not in load.versions.values():
        time.sleep(0.1)
    return version in load.versions.values()


def main() -> None:
    """Kill, and write down what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        result = run(Path(work), options.kills, options.seed)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

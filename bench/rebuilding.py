"""The part of `bench/speed.py` on rebuilding the index of the trial abstracts, against the naive stack's embeddings."""

import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.naive import FLOAT_MODEL

Figures = dict[str, Any]


def documents(data: Path) -> Iterator[Figures]:
    """The trial abstracts."""
    with gzip.open(data / "corpus" / "pmc_rct.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def seeds_of(data: Path, folder: Path, count: int | None) -> int:
    """Write the abstracts as a seeds folder; how many there are."""
    folder.mkdir(parents=True)
    written = list(documents(data))[:count]
    records = []
    for number, document in enumerate(written):
        (folder / f"d{number}.txt").write_text(document["abstract"], encoding="utf-8")
        fields = {
            "id": f"d{number}",
            "file": f"d{number}.txt",
            "title": document["title"].strip() or "Untitled",
            "publisher": "PubMed Central",
        }
        fields |= {"kind": "peer_reviewed_abstract", "language": "en", "kind_reason": "Abstract of a trial."}
        # A JSON string is a TOML string, but for what JSON may leave unescaped.
        records.append("[[source]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items()))
    (folder / "sources.toml").write_text("\n".join(records), encoding="utf-8")
    return len(written)


SAMPLE = 400
"""Abstracts that the naive stack indexes, and we for comparison: all 3,717 take it more than twenty minutes."""


def rebuild(data: Path, count: int | None) -> Figures:
    """The abstracts indexed from nothing, and again after a change to one of them; a sample of them by the naive stack too."""

    def timed(seeds: Path, index: Path, *more: str) -> float:
        command = [sys.executable, "-m", "index", "--seeds", str(seeds), "--index", str(index), *more]
        began = time.perf_counter()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return time.perf_counter() - began

    with tempfile.TemporaryDirectory() as aside:
        seeds, mine, some = Path(aside) / "seeds", Path(aside) / "ours", Path(aside) / "some"
        size, sample = seeds_of(data, seeds, count), seeds_of(data, some, min(SAMPLE, count or SAMPLE))
        ours_on_sample = timed(some, Path(aside) / "ours-sample")
        theirs = timed(some, Path(aside) / "naive-sample", "--model", FLOAT_MODEL)
        ours = timed(seeds, mine)
        changed = seeds / "d0.txt"
        changed.write_text(changed.read_text(encoding="utf-8") + " Zinc shortens a cold by one day in adults.", encoding="utf-8")
        second = timed(seeds, mine)
    figures = {"documents": size, "ratio": round(theirs / ours_on_sample, 2), "second_share": round(second / ours, 4)}
    figures |= {"seconds": round(ours, 1), "second_seconds": round(second, 2), "sample": sample}
    return figures | {"sample_seconds": round(ours_on_sample, 1), "naive_sample_seconds": round(theirs, 1)}

"""Speed against the naive stack (`bench/naive.py`): `.venv/bin/python -m bench.speed --data DIR` writes bench/results/speed.json.

`--data` is a folder with `pages/`, `corpus/pmc_rct.jsonl.gz`, `stance/test/`, `retrieval/scifact` and `ketamine_dev.jsonl`. Run it on
an idle machine. Ours is timed end to end through HTTP, the naive stack inside its process, in turns; figures are medians. A ratio is naive
time / our time. `--part` measures one part and keeps the others' figures; each is written as soon as it is measured.
"""

import argparse
import json
import os
from pathlib import Path

from bench.both import quality
from bench.page import page_100
from bench.rebuilding import rebuild
from bench.speed_table import BEGIN, speed_part
from bench.table import README, put

RESULTS = Path(__file__).with_name("results") / "speed.json"
CACHE = Path.home() / ".cache" / "sidelight-bench"


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", choices=["page", "rebuild", "quality"], action="append")
    parser.add_argument("--rounds", type=int, default=3, help="of the page")
    parser.add_argument("--sentences", type=int, default=100, help="of each page")
    parser.add_argument("--documents", type=int, help="rebuild only so many of the abstracts")
    parser.add_argument("--pairs", type=int, default=40, help="of each stance test set, for the quality of both stacks")
    args = parser.parse_args()
    parts = {
        "page": ("page_100", lambda: page_100(args.data, CACHE, args.rounds, args.sentences)),
        "rebuild": ("rebuild", lambda: rebuild(args.data, args.documents)),
        "quality": ("quality", lambda: quality(args.data, CACHE, args.pairs)),
    }
    for part in args.part or parts:
        name, measure = parts[part]
        measured = measure()
        print(name, json.dumps(measured), flush=True)
        # Read anew each time: `bench/scale.py` keeps its figures in the same file.
        results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        results |= {name: measured, "command": "python -m bench.speed --data DIR", "processors": os.cpu_count()}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        put(README, speed_part(results), BEGIN)


if __name__ == "__main__":
    main()

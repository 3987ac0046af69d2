"""Speed against the naive stack (`bench/naive.py`): `.venv/bin/python -m bench.speed --data DIR` writes bench/results/speed.json.

`--data` is a folder with `pages/`, `corpus/pmc_rct.jsonl.gz`, `stance/test/`, `retrieval/scifact` and `ketamine_dev.jsonl`. Run it on
an idle machine. Ours is timed end to end through HTTP, the naive stack inside its process, in turns; figures are medians. A ratio is naive
time / our time. `--part` measures one part and keeps the others' figures; each is written as soon as it is measured.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from bench.both import quality
from bench.page import page_100
from bench.rebuilding import rebuild
from bench.table import README, put

RESULTS = Path(__file__).with_name("results") / "speed.json"
CACHE = Path.home() / ".cache" / "sidelight-bench"
BEGIN = "<!-- speed: written by bench/speed.py from bench/results/speed.json -->"
Figures = dict[str, Any]


def speed_part(results: Figures) -> str:
    """README's part, without its marks; a part that is not measured is not there."""
    processors = f"{results['processors']} processors, models warm"
    lines = [f"Measured with `{results['command']}` on {processors}, against what one would write in an afternoon (`bench/naive.py`)."]
    if "page_100" in results:
        lines += ["", *page_lines(results["page_100"])]
    if "rebuild" in results:
        r = results["rebuild"]
        lines += [
            "",
            f"Rebuilding the index of {r['documents']:,} abstracts: {r['seconds']:.0f} s, naive {r['naive_seconds']:.0f} s "
            f"({r['ratio']:.1f} times faster); again after a change to one file: {r['second_seconds']:.1f} s ({r['second_share']:.1%}).",
        ]
    if "quality" in results:
        lines += ["", *quality_lines(results["quality"])]
    return "\n".join(lines)


def page_lines(page: Figures) -> list[str]:
    """Two pages of 100 sentences, and what the processes take."""
    rows = {"a page found on the web": page, "abstracts on the seeds' subject": page["on_subject"]}
    lines = ["| 100 sentences | claims | naive | cold | asked again | first annotation |", "|---|---|---|---|---|---|"]
    for name, f in rows.items():
        first = f"{f['first_seconds']:.2f} s" if "first_seconds" in f else "none to show"
        lines.append(
            f"| {name} | {f['claims']} | {f['naive_seconds']:.1f} s | {f['cold_seconds']:.2f} s ({f['cold_ratio']:.0f} times faster) "
            f"| {f['cached_seconds']:.3f} s ({f['cached_ratio']:.0f}) | {first} |"
        )
    lines += ["", "| | start to ready | memory at rest | at most under load |", "|---|---|---|---|"]
    for name, side in (("Sidelight", "ours"), ("naive", "naive")):
        f = page[side]
        lines.append(f"| {name} | {f['ready_seconds']:.1f} s | {f['rest_mib']:.0f} MiB | {f['load_mib']:.0f} MiB |")
    return lines


def quality_lines(both: Figures) -> list[str]:
    """How right both are on the same questions."""
    verdicts = f"verdicts right of {both['ours']['ketamine_dev']['n']}"
    head = f"| | {verdicts} | macro-F1 on {both['stance_pairs']} stance pairs | nDCG@10, part of SciFact |"
    rows = [
        f"| {name} | {f['ketamine_dev']['verdict_right']} | {f['stance_macro_f1']:.3f} | {f['scifact_part']['ndcg@10']:.3f} |"
        for name, f in (("Sidelight", both["ours"]), ("naive", both["naive"]))
    ]
    return [head, "|---|---|---|---|", *rows]


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

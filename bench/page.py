"""The part of `bench/speed.py` on a page of 100 sentences: cold, asked again, and streamed, against the naive stack."""

import json
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.check import place, read
from api.pages import read_page
from api.settings import Settings
from bench.processes import MEBIBYTE, annotate, naive, service, stream
from bench.rebuilding import documents
from index.__main__ import rebuild
from index.sentences import split
from index.store.files import Files

PAGE = "keep-images.html"
"""The one of the pages with the most claims in its first 100 sentences: 78. It is about drugs, but hardly about what the seeds speak of."""
SUBJECT = "ketamine"
Figures = dict[str, Any]


def first_sentences(blocks: Mapping[str, str], count: int) -> dict[str, str]:
    """The first blocks of a page, the last one cut, that hold so many sentences."""
    kept: dict[str, str] = {}
    room = count
    for block, text in blocks.items():
        found = split(text)[:room]
        if not room:
            break
        if found:
            kept[block] = text[: found[-1].span.end]
            room -= len(found)
    return kept


def pages(data: Path, count: int) -> dict[str, dict[str, str]]:
    """Two pages of so many sentences: a real one, and abstracts of trials on the seeds' own subject, where most pairs must be judged."""
    about = {d["doc_id"]: d["abstract"] for d in documents(data) if SUBJECT in d["abstract"].lower()}
    return {"page": first_sentences(read_page(data / "pages" / PAGE), count), "on_subject": first_sentences(about, count)}


def page_100(data: Path, cache: Path, rounds: int, count: int) -> Figures:
    """Two pages, cold, again, and streamed, in as many rounds; each round starts both stacks anew, so that nothing is remembered."""
    taken = pages(data, count)
    seen: dict[str, list[float]] = {}

    def note(**values: float | None) -> None:
        for name, value in values.items():
            seen.setdefault(name, []).extend([] if value is None else [value])

    with tempfile.TemporaryDirectory() as aside:
        ours, theirs = Path(aside) / "ours", Path(aside) / "naive"
        rebuild(Settings().seeds, Files(ours))
        with naive(theirs, cache):
            pass  # its index and its model are made now, so that no start is charged for them
        answers: dict[str, Figures] = {}
        for _ in range(rounds):
            for plain, streamed in (("page", "on_subject"), ("on_subject", "page")):
                with service(ours) as (process, start, address):
                    cold, answers[plain] = annotate(address, taken[plain])
                    cached, again = annotate(address, taken[plain])
                    assert again == answers[plain], "a cached answer differs"
                    first, end = stream(address, taken[streamed])
                    note(**{f"{plain}.cold": cold, f"{plain}.cached": cached, f"{streamed}.first": first, f"{streamed}.stream": end})
                    note(**{f"ours.{name}": value for name, value in start.items()}, **{"ours.load_mib": process.highest / MEBIBYTE})
            with naive(theirs, cache) as (process, start):
                for name, blocks in taken.items():
                    told = json.loads(process.ask(json.dumps(blocks)))
                    note(**{f"{name}.naive": told["seconds"], f"{name}.pairs": told["pairs"], f"{name}.shown": told["annotations"]})
                note(**{f"naive.{name}": value for name, value in start.items()}, **{"naive.load_mib": process.highest / MEBIBYTE})
    middle = {name: statistics.median(values) for name, values in seen.items() if values}
    both = {name: page_figures(name, blocks, answers[name], middle) for name, blocks in taken.items()}
    stacks = {side: {n.partition(".")[2]: round(v, 1) for n, v in middle.items() if n.startswith(f"{side}.")} for side in ("ours", "naive")}
    # A page of which nothing can be said has no first annotation: then the other page's is the figure.
    told_by = next(name for name in ("page", "on_subject") if "first_annotation_ratio" in both[name])
    first = {"first_annotation_ratio": both[told_by]["first_annotation_ratio"], "first_annotation_on": told_by}
    return both["page"] | first | {"on_subject": both["on_subject"], **stacks, "rounds": rounds}


def page_figures(name: str, blocks: Mapping[str, str], answer: Figures, middle: Mapping[str, float]) -> Figures:
    """What one page took, in seconds and as ratios."""
    mine = {key.partition(".")[2]: value for key, value in middle.items() if key.startswith(f"{name}.")}
    ratios = {f"{what}_ratio": round(mine["naive"] / mine[what], 1) for what in ("cold", "cached")}
    if "first" in mine:
        ratios["first_annotation_ratio"] = round(mine["naive"] / mine["first"], 1)
    seconds = {f"{what}_seconds": round(mine[what], 3) for what in ("cold", "cached", "first", "stream", "naive") if what in mine}
    counts = {"sentences": len(place(blocks)), "claims": len(read(blocks).checked), "naive_pairs": int(mine["pairs"])}
    return ratios | seconds | counts | {"annotations": len(answer["annotations"]), "naive_annotations": int(mine["shown"])}

"""The part of `bench/speed.py` on quality: both stacks on the same questions, so that neither is fast by being worse."""

import json
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

from api import beir
from api.app import load_engine
from api.check import Engine
from api.evaluate import claim_figures
from api.settings import Settings
from api.stance.data import LABELS, read_pairs
from api.stance.measure import macro_f1
from api.types import Pair, Verdict
from bench import naive
from index.__main__ import rebuild
from index.store.files import Files

OTHERS = 700
"""Abstracts of SciFact beside the judged ones: torch takes minutes for all 5,183."""
Figures = dict[str, Any]


def quality(data: Path, cache: Path, pairs_of_each: int) -> Figures:
    """For each stack: the page sentences, pairs of every stance test set, SciFact's judged abstracts among others; how often they agree."""
    pairs = sample(data, pairs_of_each)
    rows = [json.loads(line) for line in (data / "ketamine_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as aside:
        rebuild(Settings().seeds, Files(Path(aside) / "ours"))
        engines = {"ours": load_engine(Settings(index=Path(aside) / "ours")), "naive": naive.load(Path(aside) / "naive", cache)}
        corpus = part_of(data / "retrieval" / "scifact", Path(aside) / "scifact")
        called = {name: most_likely(engine, pairs) for name, engine in engines.items()}
        gold = [LABELS.index(pair.label) for pair in pairs]
        figures: Figures = {
            name: {
                "ketamine_dev": {key: value for key, value in claim_figures(engine, rows).items() if key != "misses"},
                "stance_macro_f1": round(macro_f1(gold, called[name]), 4),
                "scifact_part": beir.measure(corpus, engine.embedder),
            }
            for name, engine in engines.items()
        }
        figures["naive"]["ketamine_dev"]["verdict_right"] = verdicts_right(engines["naive"], rows)
    same = sum(a == b for a, b in zip(called["ours"], called["naive"], strict=True))
    return figures | {"stance_pairs": len(pairs), "stance_same_label": round(same / len(pairs), 4)}


def sample(data: Path, count: int) -> list[Any]:
    """So many pairs of each stance test set, always the same."""
    sets = [read_pairs(path) for path in sorted((data / "stance" / "test").glob("*.jsonl.gz"))]
    return [pair for one in sets for pair in random.Random(7).sample(one, min(count, len(one)))]


def most_likely(engine: Engine, pairs: list[Any]) -> list[int]:
    """The most likely label of each pair, as a place in LABELS."""
    scores = engine.stance.judge([Pair(pair.premise, pair.hypothesis) for pair in pairs])
    rows = [(s.contradicts, s.neutral, s.supports) for s in scores]
    return [row.index(max(row)) for row in rows]


def verdicts_right(engine: Engine, rows: list[Figures]) -> int:
    """Verdicts right by the naive stack's own way over a page, 10 nearest judged."""
    right = 0
    for row in rows:
        expected = [row["expect"]] if isinstance(row["expect"], str) else row["expect"]
        findings, _ = naive.check(engine, {"b": row["text"]})
        verdict = min((finding.verdict for finding in findings), key=list(Verdict).index, default=Verdict.NO_EVIDENCE)
        right += verdict.value.replace("no_evidence", "none") in expected
    return right


def part_of(folder: Path, out: Path) -> Path:
    """A BEIR folder with the judged documents and some others, always the same."""
    judged = {document for grades in beir.read_judgements(folder).values() for document in grades}
    corpus = list(beir.rows(folder, "corpus"))
    others = random.Random(7).sample([row for row in corpus if str(row["_id"]) not in judged], OTHERS)
    kept = [row for row in corpus if str(row["_id"]) in judged] + others
    shutil.copytree(folder / "qrels", out / "qrels")
    for name, lines in (("corpus", kept), ("queries", beir.rows(folder, "queries"))):
        (out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
    return out

"""`sidelight eval`: the figures of stance, verdicts and retrieval on files of the user's own."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from api import beir
from api.app import load_engine, models
from api.check import Engine, check_page, denied
from api.settings import Settings
from api.stance.data import LABELS, read_pairs
from api.stance.measure import calibration_error, macro_f1, precision_recall
from api.stance.model import OnnxStance
from api.thresholds import EVIDENCE_PER_CLAIM
from api.types import Pair, Scores, Stance, Verdict
from api.verdict import after_rules
from index.search import search
from index.types import Query

Figures = dict[str, Any]


def pairs(settings: Settings, path: Path) -> Figures:
    """Stance figures on labelled pairs."""
    _, stance = models(settings)
    return stance_figures(stance, path)


def stance_figures(stance: OnnxStance, path: Path, keep: Callable[[str], bool] = lambda premise: True) -> Figures:
    """macro-F1, contradict precision and recall and calibration error (10 bins) by the most likely label, and what would be shown.

    `keep` says of a premise whether its pairs are measured. Raises ValueError when nothing is left.
    """
    rows = [row for row in read_pairs(path) if keep(row.premise)]
    if not rows:
        raise ValueError(f"{path} holds no pairs: write lines of {{premise, hypothesis, label}}")
    pairs = [Pair(row.premise, row.hypothesis) for row in rows]
    scores = stance.judge(pairs)
    gold = [LABELS.index(row.label) for row in rows]
    by_label = [(s.contradicts, s.neutral, s.supports) for s in scores]
    called = [row.index(max(row)) for row in by_label]
    precision, recall = precision_recall(gold, called, LABELS.index("contradict"))
    right = [g == c for g, c in zip(gold, called, strict=True)]
    figures = {
        "macro_f1": macro_f1(gold, called),
        "accuracy": sum(right) / len(right),
        "contradict_precision": precision,
        "contradict_recall": recall,
        "ece": calibration_error([max(row) for row in by_label], right),
    }
    return {name: round(value, 4) for name, value in figures.items()} | {"n": len(rows)} | shown(stance, pairs, scores, gold)


def shown(stance: OnnxStance, pairs: Sequence[Pair], scores: Sequence[Scores], gold: Sequence[int]) -> dict[str, int]:
    """How many pairs a reader would be shown as supporting and as contradicting, after thresholds and rules, and how many rightly."""
    asked = zip(pairs, scores, denied(stance, pairs, scores), strict=True)
    stances = [after_rules(pair.claim, pair.evidence, said, denial)[0] for pair, said, denial in asked]
    counts: dict[str, int] = {}
    for side, label in ((Stance.SUPPORTS, "support"), (Stance.CONTRADICTS, "contradict")):
        mine = [g == LABELS.index(label) for g, s in zip(gold, stances, strict=True) if s is side]
        counts |= {f"{side.value}_shown": len(mine), f"{side.value}_shown_right": sum(mine)}
    return counts


def claims(settings: Settings, path: Path) -> Figures:
    """Verdict figures on sentences whose verdict is known; `misses` names each that went wrong."""
    engine = load_engine(settings)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return claim_figures(engine, rows)


def claim_figures(engine: Engine, rows: Sequence[dict[str, Any]]) -> Figures:
    """verdict_right, evidence_in_5, false_contradicted, false_any (a verdict where none is due), counts, and what went wrong."""
    right = found = answerable = false_contradicted = false_any = 0
    misses = []
    for row in rows:
        expected = [row["expect"]] if isinstance(row["expect"], str) else row["expect"]
        expected = [Verdict.NO_EVIDENCE.value if e == "none" else e for e in expected]
        verdict = verdict_on(engine, row["text"])
        right += verdict in expected
        false_contradicted += verdict == Verdict.CONTRADICTED and verdict not in expected
        false_any += verdict != Verdict.NO_EVIDENCE and expected == [Verdict.NO_EVIDENCE.value]
        hit = True
        if row.get("evidence"):
            answerable += 1
            hit = evidence_found(engine, row["text"], row["evidence"])
            found += hit
        if verdict not in expected or not hit:
            misses.append({"id": row.get("id", ""), "verdict": verdict.value, "expected": expected, "evidence_in_5": hit})
    return {
        "verdict_right": right, "evidence_in_5": found, "answerable": answerable, "false_contradicted": false_contradicted,
        "false_any": false_any, "n": len(rows), "misses": misses,
    }  # fmt: skip


def verdict_on(engine: Engine, text: str) -> Verdict:
    """The verdict that a page holding only this sentence would show."""
    findings = check_page(engine, {"b": text}).findings["b"]
    return min((f.verdict for f in findings), key=list(Verdict).index, default=Verdict.NO_EVIDENCE)


def evidence_found(engine: Engine, text: str, wanted: Sequence[str]) -> bool:
    """Whether one of the first five pieces of evidence holds one of the wanted words."""
    hits = search(engine.store, engine.embedder, [Query(text)], EVIDENCE_PER_CLAIM)[0]
    return any(words in hit.claim.text for hit in hits for words in wanted)


def retrieval(settings: Settings, folder: Path) -> Figures:
    """Retrieval figures on a folder in BEIR form."""
    embedder, _ = models(settings)
    return beir.measure(folder, embedder)

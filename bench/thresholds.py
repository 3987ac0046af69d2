"""Where the shown thresholds come from: `python -m bench.thresholds --data DIR` over dev and the held-out contrast pairs.

For each candidate threshold: precision and recall of `contradict` and `support`, with the gold neutrals and opposites counted as
errors. The threshold kept is the lowest from which precision stays at the wanted share; recall is what that costs.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from api.settings import Settings
from api.stance.data import CALIBRATED_ON, LABELS, Pair, read_pairs, split_contrast
from api.stance.documents import read_documents
from api.stance.model import OnnxStance
from api.types import Pair as Asked

WANTED = {"contradict": 0.95, "support": 0.90}
STEPS = [round(0.50 + 0.01 * n, 2) for n in range(50)]
HEALTH = CALIBRATED_ON | {"nli4ct", "contrast", "contrast_written", "documents"}
RESULTS = Path(__file__).with_name("results") / "thresholds.json"


def selection_pairs(data: Path) -> list[Pair]:
    """Dev's health pairs and the contrast pairs that training did not see."""
    pairs = [p for p in read_pairs(data / "stance" / "dev.jsonl.gz") if p.dataset in HEALTH]
    written = Path(__file__).parents[1] / "api" / "stance" / "pairs"
    for path in (data / "stance" / "contrast_health.jsonl.gz", written / "contrast_written.jsonl.gz"):
        pairs += split_contrast(read_pairs(path, path.name.partition(".")[0].removesuffix("_health")))[1]
    return pairs + read_documents(written / "documents_written.jsonl.gz")[1]


def curve(gold: Any, probability: Any, label: int) -> list[dict[str, float]]:
    """Precision, recall and number of calls at each step."""
    points = []
    for step in STEPS:
        called = probability[:, label] >= step
        hits = int((called & (gold == label)).sum())
        points.append(
            {
                "threshold": step,
                "precision": round(hits / max(1, int(called.sum())), 4),
                "recall": round(hits / max(1, int((gold == label).sum())), 4),
                "called": int(called.sum()),
            }
        )
    return points


def chosen(points: list[dict[str, float]], wanted: float) -> dict[str, float]:
    """The lowest step from which precision never falls below `wanted` while at least 20 pairs are called; else the most precise."""
    kept = None
    for point in reversed([p for p in points if p["called"] >= 20]):
        if point["precision"] < wanted:
            break
        kept = point
    return kept or max((p for p in points if p["called"] >= 20), key=lambda p: p["precision"])


def main() -> None:
    """Print and write the curves and the choice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    settings = Settings()
    pairs = selection_pairs(args.data)
    stance = OnnxStance(settings.stance, settings.threads)
    probability = stance.probabilities(stance.logits([Asked(p.premise, p.hypothesis) for p in pairs]))
    gold = np.array([LABELS.index(p.label) for p in pairs])
    parts = {"all": np.ones(len(pairs), bool)} | {name: np.array([p.dataset == name for p in pairs]) for name in sorted(HEALTH)}
    results: dict[str, Any] = {"model": stance.name, "command": "python -m bench.thresholds --data DIR"}
    for label, wanted in WANTED.items():
        points = {name: curve(gold[part], probability[part], LABELS.index(label)) for name, part in parts.items()}
        results[label] = {"wanted": wanted, "chosen": chosen(points["all"], wanted), "curves": points}
        print(label, results[label]["chosen"])
        for name in points:
            print(
                "   ",
                name,
                [(p["threshold"], p["precision"], p["recall"]) for p in points[name] if p["threshold"] in {0.5, 0.7, 0.8, 0.9, 0.95}],
            )
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

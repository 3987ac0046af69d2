"""What each rule buys: `python -m bench.ablation --pairs dev.jsonl[.gz] [--limit N]` writes bench/results/ablation.json.

The stance model judges every pair once, and the denied claim of every pair that it would show as contradicting; then the stances are
counted with all rules, without any, and without each rule that can take a stance away. `fires` counts, by gold label, where a rule
speaks at all, whatever the model says: a rule that takes "supports" away should do so where the label is another.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.check import denied
from api.rules.table import RULES, Effect, Rule, consult, probe
from api.stance.model import OnnxStance
from api.thresholds import in_force
from api.types import Pair, Scores, Stance
from api.verdict import by_threshold

RESULTS = Path(__file__).with_name("results") / "ablation.json"
WEIGHTS = Path(__file__).parents[1] / "api" / "stance" / "weights"
LABELS = {"support": Stance.SUPPORTS, "contradict": Stance.CONTRADICTS, "neutral": Stance.NEUTRAL}
PROBE = "probe"


def read(paths: Sequence[Path], limit: int | None) -> tuple[list[Pair], list[Stance]]:
    """Pairs with their gold stances; a limit takes every n-th, so that all parts of the files are in it."""
    rows = []
    for path in paths:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
            rows += [json.loads(line) for line in file]
    rows = rows[:: max(1, len(rows) // limit)][:limit] if limit else rows
    return [Pair(row["premise"], row["hypothesis"]) for row in rows], [LABELS[row["label"]] for row in rows]


def shown(pair: Pair, scores: Scores, denial: Scores | None, rules: tuple[Rule, ...], with_probe: bool) -> Stance:
    """The stance left by these rules."""
    stance = by_threshold(scores)
    vetoed = consult(stance, pair.claim, pair.evidence, rules).vetoed
    both_ways = with_probe and stance is Stance.CONTRADICTS and probe(scores, denial).vetoed
    return Stance.NEUTRAL if vetoed or both_ways else stance


def figures(gold: Sequence[Stance], said: Sequence[Stance]) -> dict[str, float]:
    """Macro-F1 over the stances that occur, and precision and recall of the two that are shown."""
    counts = Counter(zip(gold, said, strict=True))
    measured: dict[str, float] = {}
    f1 = []
    for stance in dict.fromkeys(gold):
        right, called, real = counts[stance, stance], sum(s is stance for s in said), sum(g is stance for g in gold)
        f1.append(2 * right / (called + real))
        if stance is not Stance.NEUTRAL:
            measured[f"{stance.value}_precision"] = round(right / called, 4) if called else 0.0
            measured[f"{stance.value}_recall"] = round(right / real, 4)
    return {"macro_f1": round(sum(f1) / len(f1), 4), **measured}


def fires(pairs: Sequence[Pair], gold: Sequence[Stance]) -> dict[str, dict[str, Any]]:
    """How often each rule speaks, by gold label, and in what share of them the stance it looks at is not the gold one."""
    found: dict[str, dict[str, Any]] = {}
    for rule in RULES:
        counts = Counter(g.value for pair, g in zip(pairs, gold, strict=True) if rule.find(pair.claim, pair.evidence) is not None)
        right = counts.total() - counts[rule.stance.value]
        found[rule.name] = {"effect": rule.effect.value, "stance": rule.stance.value, **counts, "share_right": None}
        if counts:
            found[rule.name]["share_right"] = round(right / counts.total(), 3)
    return found


def ablate(model: OnnxStance, pairs: Sequence[Pair], gold: Sequence[Stance]) -> dict[str, dict[str, float]]:
    """Figures with all rules, without any, and without each one."""
    scores = model.judge(pairs)
    denials = denied(model, pairs, scores)

    def measure(rules: tuple[Rule, ...], with_probe: bool) -> dict[str, float]:
        said = [shown(p, s, d, rules, with_probe) for p, s, d in zip(pairs, scores, denials, strict=True)]
        return figures(gold, said)

    rows = {"all": measure(RULES, True), "none": measure((), False), f"without {PROBE}": measure(RULES, False)}
    for rule in (r for r in RULES if r.effect is Effect.VETO):
        rows[f"without {rule.name}"] = measure(tuple(r for r in RULES if r is not rule), True)
    return rows


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, action="append", required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    pairs, gold = read(args.pairs, args.limit)
    model = OnnxStance(WEIGHTS, args.threads)
    results = {"n": len(pairs), "files": [path.name for path in args.pairs], "model": model.name, "thresholds": dict(in_force())}
    results |= {"stance": ablate(model, pairs, gold), "fires": fires(pairs, gold), "command": "python -m bench.ablation --pairs FILE"}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()

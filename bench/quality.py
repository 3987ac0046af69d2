"""All quality figures on the public sets: `.venv/bin/python -m bench.quality --data DIR` writes bench/results/quality.json.

`--data` is a folder with `stance/test/*.jsonl.gz`, `retrieval/scifact` in BEIR form and `ketamine_dev.jsonl`. Test sets are for
reporting: no threshold, weight or checkpoint was chosen on them. `--part` measures one part and keeps the others' figures.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from api import evaluate
from api.measured import write_evaluation
from api.settings import Settings
from api.stance.data import read_pairs
from api.stance.model import OnnxStance

RESULTS = Path(__file__).with_name("results") / "quality.json"
SHARING = ("healthver_test", "scifact_dev")
"""Test sets that share evidence texts, though no claim, with their training sets: the rest is measured by itself as well."""
COMMAND = "python -m bench.quality --data DIR"


def stance(settings: Settings, data: Path) -> dict[str, Any]:
    """Stance figures by test set."""
    model = OnnxStance(settings.stance, settings.threads)
    seen = {pair.premise for pair in read_pairs(data / "stance" / "train.jsonl.gz")}
    figures = {}
    for path in sorted((data / "stance" / "test").glob("*.jsonl.gz")):
        began = time.monotonic()
        name = path.name.removesuffix(".jsonl.gz")
        figures[name] = evaluate.stance_figures(model, path)
        if name in SHARING:
            figures[f"{name}_unseen"] = evaluate.stance_figures(model, path, lambda premise: premise not in seen)
        print(name, figures[name], f"{time.monotonic() - began:.0f} s", flush=True)
    write_evaluation(model.name, figures, COMMAND)
    return figures


def ketamine_dev(settings: Settings, data: Path) -> dict[str, Any]:
    """Verdict figures on the page sentences that the seeds should answer."""
    return evaluate.claims(settings, data / "ketamine_dev.jsonl")


def retrieval(settings: Settings, data: Path) -> dict[str, Any]:
    """Retrieval figures on SciFact's test queries."""
    return {"scifact_test": evaluate.retrieval(settings, data / "retrieval" / "scifact")}


PARTS = {"retrieval": retrieval, "stance": stance, "ketamine_dev": ketamine_dev}


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", choices=sorted(PARTS), action="append")
    args = parser.parse_args()
    settings = Settings()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for part in args.part or PARTS:
        results[part] = PARTS[part](settings, args.data)
        print(part, json.dumps(results[part]), flush=True)
        results |= {"command": COMMAND, "model": OnnxStance(settings.stance).name}
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How often the shipped stance model was right when it took a side: counts written by `bench/quality.py`, shown beside every answer."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from api.schemas import Evaluation

EVALUATION = Path(__file__).with_name("stance") / "weights" / "evaluation.json"
SETS = {
    "healthver_test": "HealthVer",
    "check_covid_test": "Check-COVID",
    "scifact_dev": "SciFact",
    "evidence_inference_v2_test": "Evidence Inference",
}
"""The health test sets of single claims and short passages, the form in which the service asks."""


@cache
def read_evaluation(model: str) -> Evaluation | None:
    """The shipped counts, if they are of this very model; None for a model of the user's own, of which nothing was measured."""
    document = json.loads(EVALUATION.read_text(encoding="utf-8")) if EVALUATION.is_file() else {}
    return Evaluation.model_validate(document["evaluation"]) if document.get("model") == model else None


def write_evaluation(model: str, stance: Mapping[str, Mapping[str, Any]], command: str) -> None:
    """Add up the shown counts of the test sets and write them beside the weights; `stance` is quality.json's part by that name."""
    counts = {}
    for side in ("supports", "contradicts"):
        right = sum(stance[name][f"{side}_shown_right"] for name in SETS)
        counts[side] = {"right": right, "of": sum(stance[name][f"{side}_shown"] for name in SETS)}
    document = {"model": model, "command": command, "evaluation": {**counts, "on": list(SETS.values())}}
    EVALUATION.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

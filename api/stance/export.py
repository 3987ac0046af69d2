"""Turn a trained checkpoint into what is shipped: int8 ONNX weights, tokeniser, calibration, checksums.

`python -m api.stance.export --checkpoint DIR --data DIR --out api/stance/weights --name NAME`
Needs the `train` extra; `index/quantise.py` says how weights become int8. Calibration (one scale, one shift for each label)
minimises the log loss on the health part of dev, on the int8 model itself.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from api.stance.data import CALIBRATED_ON, LABELS, read_pairs
from api.stance.model import OnnxStance
from api.types import Pair
from index.quantise import checksum, largest_inputs, quantise, smooth, to_onnx

MAX_TOKENS = 192
SMOOTHING_PAIRS = 64
EXAMPLE = [[0, 5, 6, 2, 2, 7, 2], [0, 5, 2, 2, 7, 2, 1]]
"""Two pairs as token ids, one with padding."""


def fit_calibration(logits: NDArray[np.float32], gold: NDArray[np.int64]) -> dict[str, Any]:
    """Scale and shifts that minimise the log loss, by L-BFGS."""
    rows, labels = torch.tensor(logits), torch.tensor(gold)
    scale, shift = torch.ones(1, requires_grad=True), torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.LBFGS([scale, shift], max_iter=200)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(rows * scale + shift, labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return {"scale": round(float(scale.item()), 4), "shift": [round(float(x), 4) for x in shift.tolist()]}


def export(checkpoint: Path, data: Path, out: Path, name: str) -> None:
    """Write all files of the shipped model to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    tokenizer.backend_tokenizer.save(str(out / "tokenizer.json"))
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint, use_safetensors=True, attn_implementation="eager").eval()
    train = random.Random(9).sample(read_pairs(data / "train.jsonl.gz"), SMOOTHING_PAIRS)
    batches = [tokenizer(p.premise, p.hypothesis, truncation=True, max_length=MAX_TOKENS, return_tensors="pt") for p in train]
    encoder = model.base_model.encoder
    smooth(encoder, largest_inputs(model, encoder, batches))
    with tempfile.TemporaryDirectory() as aside:
        to_onnx(model, EXAMPLE, 1, Path(aside) / "float.onnx")
        quantise(Path(aside) / "float.onnx", out / "model.onnx")
    onnx.checker.check_model(str(out / "model.onnx"))
    config: dict[str, Any] = {
        "name": name, "labels": list(LABELS), "max_tokens": MAX_TOKENS,
        "calibration": {"scale": 1.0, "shift": [0.0, 0.0, 0.0]},
        "sha256": {file: checksum(out / file) for file in ("model.onnx", "tokenizer.json")},
    }  # fmt: skip
    (out / "stance.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    pairs = [pair for pair in read_pairs(data / "dev.jsonl.gz") if pair.dataset in CALIBRATED_ON]
    logits = OnnxStance(out).logits([Pair(p.premise, p.hypothesis) for p in pairs])
    config["calibration"] = fit_calibration(logits, np.array([LABELS.index(p.label) for p in pairs]))
    (out / "stance.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder with train and dev .jsonl.gz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", required=True)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.data, arguments.out, arguments.name)

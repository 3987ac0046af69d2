"""Turn a trained checkpoint into what is shipped: int8 ONNX weights, tokeniser, calibration, checksums.

`python -m api.stance.export --checkpoint DIR --data DIR --out api/stance/weights --name NAME`
Needs the `train` extra. Matrix products are quantised dynamically, one scale for each output channel; word embeddings are
stored as int8 rows. Before that each layer's inputs are smoothed (Xiao et al. 2023, SmoothQuant, eq. 4): a few input channels
are a hundred times larger than the rest, and one scale for all would round those away. Calibration (one scale, one shift for
each label) minimises the log loss on the health part of dev, on the int8 model itself.
"""

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from api.stance.data import CALIBRATED_ON, LABELS, read_pairs
from api.stance.data import Pair as LabelledPair
from api.stance.model import OnnxStance
from api.types import Pair

MAX_TOKENS = 192
SMOOTHING = 0.7
"""Share of the difficulty moved from inputs to weights. Mean change of a logit by int8: 0.14 without, 0.23 at 0.5, 0.03 at 0.7."""
SMOOTHING_PAIRS = 64


class Smoothed(torch.nn.Module):
    """A linear layer that divides its input, channel by channel, by what its weights were multiplied with."""

    def __init__(self, linear: torch.nn.Linear, scale: torch.Tensor) -> None:
        super().__init__()
        self.linear = linear
        self.linear.weight.data *= scale
        self.register_buffer("inverse", 1 / scale)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The same product as the layer it replaces."""
        return self.linear(inputs * self.inverse)


@torch.inference_mode()
def largest_inputs(model: Any, tokenizer: Any, pairs: Sequence[LabelledPair]) -> dict[str, torch.Tensor]:
    """The largest magnitude seen on each input channel of each linear layer of the encoder."""
    seen: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable[[Any, tuple[torch.Tensor]], None]:
        def look(_: Any, inputs: tuple[torch.Tensor]) -> None:
            largest = inputs[0].abs().flatten(0, -2).amax(0)
            seen[name] = torch.maximum(seen[name], largest) if name in seen else largest

        return look

    layers = [(name, layer) for name, layer in model.base_model.encoder.named_modules() if isinstance(layer, torch.nn.Linear)]
    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in layers]
    for pair in pairs:
        model(**tokenizer(pair.premise, pair.hypothesis, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"))
    for hook in hooks:
        hook.remove()
    return seen


def smooth(model: Any, largest: dict[str, torch.Tensor]) -> None:
    """Replace every linear layer of the encoder by a smoothed one that computes the same."""
    encoder = model.base_model.encoder
    for name, inputs in largest.items():
        layer = encoder.get_submodule(name)
        weights = layer.weight.detach().abs().amax(0)
        scale = inputs.clamp(min=1e-4) ** SMOOTHING / weights.clamp(min=1e-4) ** (1 - SMOOTHING)
        parent, _, child = name.rpartition(".")
        setattr(encoder.get_submodule(parent), child, Smoothed(layer, scale))


def to_onnx(model: Any, path: Path) -> None:
    """Write the float32 graph with free batch and length axes."""
    ids = torch.tensor([[0, 5, 6, 2, 2, 7, 2], [0, 5, 2, 2, 7, 2, 1]])
    free = {0: "pairs", 1: "tokens"}
    axes = {"input_ids": free, "attention_mask": free, "logits": {0: "pairs"}}
    torch.onnx.export(
        model, (ids, (ids != 1).long()), str(path), dynamo=False, opset_version=17,
        input_names=["input_ids", "attention_mask"], output_names=["logits"], dynamic_axes=axes,
    )  # fmt: skip


def quantise(source: Path, path: Path) -> None:
    """Write the int8 graph."""
    quantize_dynamic(source, path, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather", "Gemm"])


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


def checksum(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def export(checkpoint: Path, data: Path, out: Path, name: str) -> None:
    """Write all files of the shipped model to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    tokenizer.backend_tokenizer.save(str(out / "tokenizer.json"))
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint, use_safetensors=True, attn_implementation="eager").eval()
    train = random.Random(9).sample(read_pairs(data / "train.jsonl.gz"), SMOOTHING_PAIRS)
    smooth(model, largest_inputs(model, tokenizer, train))
    with tempfile.TemporaryDirectory() as aside:
        to_onnx(model, Path(aside) / "float.onnx")
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

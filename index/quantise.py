"""Float32 checkpoints to int8 ONNX graphs, for the models that are shipped: `index/export.py` and `api/stance/export.py` use it.

Needs the `train` extra. Matrix products are quantised dynamically, one scale for each output channel; word embeddings are
stored as int8 rows. Before that each layer's inputs are smoothed (Xiao et al. 2023, SmoothQuant, eq. 4): a few input channels
are a hundred times larger than the rest, and one scale for all would round those away.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

SMOOTHING = 0.7
"""Share of the difficulty moved from inputs to weights. Mean change of a stance logit by int8: 0.14 without, 0.23 at 0.5, 0.03 at 0.7;
mean cosine of an embedding to its float32 one: 0.9932 without, 0.9885 at 0.5, 0.9975 at 0.7."""


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
def largest_inputs(model: Any, encoder: Any, batches: Iterable[Any]) -> dict[str, torch.Tensor]:
    """The largest magnitude seen on each input channel of each linear layer of the encoder, over tokenised batches without padding."""
    seen: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable[[Any, tuple[torch.Tensor]], None]:
        def look(_: Any, inputs: tuple[torch.Tensor]) -> None:
            largest = inputs[0].abs().flatten(0, -2).amax(0)
            seen[name] = torch.maximum(seen[name], largest) if name in seen else largest

        return look

    layers = [(name, layer) for name, layer in encoder.named_modules() if isinstance(layer, torch.nn.Linear)]
    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in layers]
    for batch in batches:
        model(**batch)
    for hook in hooks:
        hook.remove()
    return seen


def smooth(encoder: Any, largest: dict[str, torch.Tensor]) -> None:
    """Replace every linear layer of the encoder by a smoothed one that computes the same."""
    for name, inputs in largest.items():
        layer = encoder.get_submodule(name)
        weights = layer.weight.detach().abs().amax(0)
        scale = inputs.clamp(min=1e-4) ** SMOOTHING / weights.clamp(min=1e-4) ** (1 - SMOOTHING)
        parent, _, child = name.rpartition(".")
        setattr(encoder.get_submodule(parent), child, Smoothed(layer, scale))


def to_onnx(model: Any, ids: Sequence[Sequence[int]], pad: int, path: Path) -> None:
    """Write the float32 graph with free batch and length axes; `ids` is an example batch."""
    rows = torch.tensor(ids)
    free = {0: "rows", 1: "tokens"}
    torch.onnx.export(
        model, (rows, (rows != pad).long()), str(path), dynamo=False, opset_version=17,
        input_names=["input_ids", "attention_mask"], output_names=["output"],
        dynamic_axes={"input_ids": free, "attention_mask": free, "output": {0: "rows"}},
    )  # fmt: skip


def quantise(source: Path, path: Path) -> None:
    """Write the int8 graph."""
    quantize_dynamic(source, path, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather", "Gemm"])


def checksum(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

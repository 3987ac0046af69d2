"""A shipped ONNX model: verified, loaded once, run one text at a time on threads. The one place that names onnxruntime and tokenizers."""

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

from index.errors import WeightsProblem

REMEDY = "reinstall Sidelight, or check the folder out again"


class OnnxModel:
    """A folder with model.onnx, tokenizer.json and a record of both, run on the processor; loads at the first use.

    The record is JSON: `name`, `max_tokens` and `sha256` by file, beside what its owner needs. Raises WeightsProblem when a file is
    missing or is not the one recorded. Safe to share between threads.
    """

    def __init__(self, folder: Path, record: str, threads: int = 0) -> None:
        self.folder, self.record = folder, record
        self.pool = ThreadPoolExecutor(threads or processors(), thread_name_prefix=folder.parent.name)
        self.loading = threading.Lock()

    @cached_property
    def config(self) -> dict[str, Any]:
        """The record."""
        try:
            config: dict[str, Any] = json.loads((self.folder / self.record).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WeightsProblem(f"no model in {self.folder} ({error}): {REMEDY}") from error
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
            raise WeightsProblem(f"{path} is missing: {REMEDY}")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise WeightsProblem(f"{path} is damaged (its checksum is not the recorded one): {REMEDY}")

    def load(self) -> None:
        """Load now rather than at the first request."""
        with self.loading:
            _ = self.parts

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> list[NDArray[np.float32]]:
        """The model's output row for each text or pair of texts, in order.

        Each runs alone, several at once on threads of their own, longest first so that no thread is left with a long one at the end:
        int8 inputs are scaled by the largest value of the whole batch, so in a batch an answer would move with its neighbours. Alone it
        is always the same, nothing is padded, and it is no slower (28 pairs a second and thread for the stance model, against 25).
        """
        self.load()
        tokenizer, session = self.parts
        rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        longest_first = sorted(range(len(rows)), key=lambda number: -len(rows[number]))

        def alone(number: int) -> NDArray[np.float32]:
            ids = np.array([rows[number]], np.int64)
            output: NDArray[np.float32] = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
            return output

        made = dict(zip(longest_first, self.pool.map(alone, longest_first), strict=True))
        return [made[number] for number in range(len(rows))]


def processors() -> int:
    """How many processors this process may use: fewer than there are, in a container or under taskset."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

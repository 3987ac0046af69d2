"""What the last rebuild changed."""

import json
from pathlib import Path

import pytest
from conftest import TEXTS
from toy import ToyEmbedder

from api import cli
from index.build import build
from index.diff import Said, diff
from index.documents import read_folder
from index.errors import IndexMissing
from index.store.files import Files

COPIED = "Honey eases a cough at night."


def rebuilt(write_seeds, index: Path, texts: dict[str, str]) -> None:
    build(read_folder(write_seeds(texts)), ToyEmbedder(), Files(index))


def test_claims_added_removed_and_said_by_others(write_seeds, toy_index: Path) -> None:
    changed = {"honey": TEXTS["honey"], "tea": f"{COPIED.upper()[:1]}{COPIED[1:-1]}! Tea holds caffeine in all its forms."}
    rebuilt(write_seeds, toy_index, changed)
    found = diff(Files(toy_index))
    assert (found.sources_added, found.sources_removed, dict(found.sources_changed)) == (("tea",), ("aspirin",), {})
    assert set(found.claims) == {
        Said("Aspirin thins the blood.", ("aspirin",), ()),
        Said("It lowers the risk of a second heart attack.", ("aspirin",), ()),
        Said(COPIED, ("honey",), ("honey", "tea")),
        Said("Tea holds caffeine in all its forms.", (), ("tea",)),
    }
    assert found.lines()[-1].endswith("1 claims added, 2 removed, 1 from others")


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


def test_an_unchanged_rebuild_keeps_the_last_change_to_be_seen(write_seeds, toy_index: Path) -> None:
    for _ in range(2):
        rebuilt(write_seeds, toy_index, {"honey": TEXTS["honey"]})
    assert diff(Files(toy_index)).sources_removed == ("aspirin",)


def test_no_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="run `sidelight rebuild`"):
        diff(Files(tmp_path))

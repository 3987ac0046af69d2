import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.__main__ import main
from index.embedder import DEFAULT_MODEL, make_embedder
from index.store.sqlite import open_store

ROOT = Path(__file__).parents[2]


def test_rebuilds_and_prints_one_json_document(write_seeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds = write_seeds({"honey": "Honey eases a cough at night."})
    assert main(["--seeds", str(seeds), "--index", str(tmp_path / "index"), "--json"]) == 0
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    model = make_embedder(DEFAULT_MODEL).name
    assert (report["info"]["claims"], report["info"]["model"], report["sources"][0]["kept"]) == (1, model, 1)
    assert "1 claims from 1 sources: 1 embedded" in printed.err
    assert open_store(tmp_path / "index", model).info.fingerprint == report["info"]["fingerprint"]


def test_a_problem_is_one_line_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", str(tmp_path), "--index", str(tmp_path / "index")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "sources.toml is missing: give --seeds a folder" in printed.err


def test_wrong_usage_is_exit_2() -> None:
    run = subprocess.run([sys.executable, "-m", "index", "--nonsense"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "usage: python -m index" in run.stderr

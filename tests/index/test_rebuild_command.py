import json
import os
import pty
import re
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from index.__main__ import main
from index.embedder import DEFAULT_MODEL, make_embedder
from index.folder import Refusal
from index.progress import shown
from index.report import LISTED, Report, SourceReport, refusal_lines
from index.store.sqlite import open_store, published
from index.types import IndexInfo

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


def test_one_bad_file_is_said_and_the_rest_published(write_seeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds, index = write_seeds({"honey": "Honey eases a cough at night.", "zinc": "Zinc shortens a cold by a day."}), tmp_path / "index"
    run = ["--seeds", str(seeds), "--index", str(index), "--json"]
    assert main(run) == 0
    (seeds / "zinc.txt").write_bytes(b"\xff")
    (seeds / "new.txt").write_bytes(b"")
    before = published(index)
    capsys.readouterr()
    assert main([*run, "--strict"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "2 refused, said above, and --strict was given" in printed.err
    assert published(index) == before

    assert main(run) == 0
    printed = capsys.readouterr()
    lost, other, *_ = printed.err.splitlines()
    assert lost == (
        "REFUSED, and lost from the index: zinc.txt, line 1: byte 0xff is not UTF-8: save the file as UTF-8. "
        "It was in the index until now."
    )  # fmt: skip
    assert other.startswith("refused: new.txt: has no record")
    assert [(refusal["file"], refusal["lost"]) for refusal in json.loads(printed.out)["refused"]] == [("new.txt", 0), ("zinc.txt", 1)]
    assert list(open_store(index, make_embedder(DEFAULT_MODEL).name).sources) == ["honey"]


def test_where_nothing_can_be_read_the_old_index_stays(write_seeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds, index = write_seeds({"honey": "Honey eases a cough at night."}), tmp_path / "index"
    run = ["--seeds", str(seeds), "--index", str(index)]
    assert main(run) == 0
    before = published(index)
    (seeds / "honey.txt").write_bytes(b"")
    assert main(run) == 1
    (seeds / "sources.toml").write_text("[[source")
    assert main(run) == 1
    problems = [line for line in capsys.readouterr().err.splitlines() if line.startswith("problem:")]
    assert "No document of" in problems[0]
    assert "cannot be read as TOML" in problems[1]
    assert published(index) == before


def test_lost_lines_of_a_collection_are_counted() -> None:
    empty = [Refusal(f"{n}.txt", "is empty", "fill it") for n in range(60)]
    lines = refusal_lines([*empty, Refusal("a.jsonl", "is empty", "fill it", "", 3)])
    assert lines[0] == "REFUSED, and lost from the index: a.jsonl: is empty: fill it. 3 documents of it were in the index until now."
    assert lines[-1] == "refused: 11 more (11: is empty); --json lists all"
    assert len(lines) == 51


def test_the_report_of_many_documents_is_short() -> None:
    info = IndexInfo("f", "m", "r", 3, 4000, 8000, "2026-01-01T00:00:00Z")
    many = tuple(SourceReport(f"s{n}", f"s{n}.txt", "guideline", 10, n % 10, {"heading": 10 - n % 10}, 1) for n in range(4000))
    lines = Report(info, "p", many, 8000, 0, 1.0).lines()
    assert len(lines) < 15
    assert lines[0] == "4000 documents: 4000 Guideline"
    assert lines[1] == "18000 of 40000 sentences kept, 4000 of them said by more than one source"
    assert "400 documents give no claim" in lines[3]
    few = Report(info, "p", many[:LISTED], 8000, 0, 1.0).lines()
    assert len([line for line in few if line.startswith("s")]) == LISTED


def test_progress_is_a_bar_on_a_terminal_and_quiet_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (24, 100))
    os.set_blocking(reader, False)
    with os.fdopen(writer, "w") as terminal, shown(terminal) as progress:
        for done in range(0, 201, 100):
            progress("claims embedded", done, 200)
            time.sleep(0.12)  # a bar is drawn anew ten times a second at most
        drawn = os.read(reader, 10_000).decode()
    assert "claims embedded" in drawn
    assert re.search(r"100/200 \[00:00<00:00, +\d+\.\d+/s\]", drawn), "rate and time left"
    os.close(reader)
    with shown(sys.stderr) as progress:
        progress("claims embedded", 1, 200)
    assert capsys.readouterr().err == ""


def test_without_the_driver_a_database_is_refused_with_the_way_to_get_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['psycopg'] = None; from api.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "sources", "--store", "postgresql://rita@db1/sidelight"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 1
    assert re.fullmatch(
        r"sidelight: An index in PostgreSQL needs its driver \(.*psycopg.*\): pip install -e '\.\[postgres\]'\n", done.stderr
    )

"""The commands over a database, with the real model."""

import json
import shutil
from pathlib import Path

import pytest

from api import cli

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(list(words))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two of the shipped documents, in a folder that the settings name."""
    records = (SEEDS / "sources.toml").read_text(encoding="utf-8").split("[[source]]")[1:3]
    for record in records:
        file = record.split('file = "')[1].split('"')[0]
        shutil.copy(SEEDS / file, tmp_path / file)
    (tmp_path / "sources.toml").write_text("".join(f"[[source]]{record}" for record in records), encoding="utf-8")
    monkeypatch.setenv("SIDELIGHT_SEEDS", str(tmp_path))
    return tmp_path


def test_rebuild_search_check_and_diff(prepared, database: str, seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ("--store", prepared.url(database))
    code, out, err = run(capsys, "rebuild", "--json", *store)
    report = json.loads(out)
    assert (code, report["info"]["sources"]) == (0, 2)
    assert report["path"] == f"{prepared.server.address}/{database}, generation 1"
    claim = report["info"]["claims"]
    assert claim > 5
    code, out, _ = run(capsys, "sources", "--json", *store)
    assert (code, len(json.loads(out))) == (0, 2)
    code, out, _ = run(capsys, "search", "ketamine", "-k", "5", "--json", *store)
    assert (code, len(json.loads(out)["hits"])) == (0, 5)
    code, out, _ = run(capsys, "check", json.loads(out)["hits"][0]["text"], "--json", *store)
    assert code == 0
    assert json.loads(out)["evidence"]
    code, out, err = run(capsys, "diff", *store)
    assert (code, err.count("\n")) == (1, 1)
    assert "no generation before this one to compare with" in err
    (seeds / "extra.txt").write_text("Ketamine blocks NMDA receptors in the brain.", encoding="utf-8")
    with (seeds / "sources.toml").open("a", encoding="utf-8") as records:
        records.write(
            '\n[[source]]\nid = "extra"\nfile = "extra.txt"\ntitle = "Extra"\nkind = "other"\nkind_reason = "For a test."\n'
            'publisher = "A house"\nlanguage = "en"\n'
        )
    assert run(capsys, "rebuild", *store)[0] == 0
    code, out, _ = run(capsys, "diff", "--json", *store)
    assert json.loads(out)["sources_added"] == ["extra"]


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["search", "ketamine"], ["sources"]], ids=lambda words: words[0])
def test_without_an_index_a_reader_is_told_who_makes_one(
    prepared, database: str, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    code, out, err = run(capsys, *command, "--store", prepared.url(database, "rita"))
    assert (code, out) == (1, "")
    assert "There is no index at" in err.splitlines()[-1]
    assert "a curator runs `sidelight rebuild --store" in err.splitlines()[-1]


@pytest.mark.parametrize(
    "address", ["postgresql://carol:hush@127.0.0.1:1/none", "postgresql://carol:hush@[", "carol:hush", "mysql://carol:hush@a/b"]
)
@pytest.mark.parametrize("command", ["rebuild", "search", "prepare", "diff"])
def test_an_address_that_leads_nowhere_is_one_line(seeds: Path, capsys: pytest.CaptureFixture[str], address: str, command: str) -> None:
    code, out, err = run(capsys, command, *(["ketamine"] if command == "search" else []), "--store", address)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "hush" not in err
    assert "postgresql://" in err or "see that" in err

"""README says what is true: its figures are the measured ones, its commands run and print what it shows."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bench import scale, speed_table
from bench.table import BEGIN, END, card_table, figures

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


def commands():
    """(command, expected output) of every example; a line of … stands for any lines."""
    for block in CONSOLE:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.strip("\n")


EXAMPLES = [(c, o) for c, o in commands() if c.startswith(".venv/bin/sidelight")]


def matches(expected, printed):
    """Whether the output is the expected one, … standing for anything."""
    pattern = re.escape(expected.strip()).replace("…", "(?:.|\n)*")
    return re.fullmatch(pattern, printed.strip()) is not None


def test_readme_opens_with_the_two_commands():
    first = next(iter(CONSOLE))
    assert re.findall(r"^\$ (.*)$", first, re.MULTILINE) == ["make serve", "make test"]


def test_readme_has_examples():
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize(("command", "expected"), EXAMPLES, ids=[c for c, _ in EXAMPLES])
def test_examples_print_what_readme_shows(command, expected, built_index):
    words = shlex.split(command.removeprefix(".venv/bin/sidelight"))
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *words, "--index", str(built_index)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert matches(expected, done.stdout), done.stdout


@pytest.mark.parametrize("target", ["serve", "test"])
def test_make_has_what_readme_names(target):
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_make_serve_prints_is_what_the_code_says():
    printed = next(iter(CONSOLE)).splitlines()
    sources = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "api/serving.py"))
    sources = sources.replace("$(TORCH)", re.search(r"TORCH := (\S+)", sources).group(1))
    for line in printed[1:-1]:
        assert line.replace("http://127.0.0.1:8747", "{address}") in sources, line


@pytest.mark.parametrize(
    ("file", "part"), [("README.md", figures), ("api/stance/weights/MODEL_CARD.md", card_table)], ids=["README", "model card"]
)
def test_figures_are_the_measured_ones(file, part):
    results = json.loads((ROOT / "bench" / "results" / "quality.json").read_text(encoding="utf-8"))
    shown = (ROOT / file).read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == part(results)


def test_speed_is_what_was_measured():
    measured = ROOT / "bench" / "results" / "speed.json"
    results = json.loads(measured.read_text(encoding="utf-8")) if measured.exists() else {}
    assert README.count(speed_table.BEGIN) == 1
    assert README.partition(speed_table.BEGIN)[2].partition(END)[0].strip() == speed_table.speed_part(results)


def test_the_cost_of_scale_is_what_was_measured():
    measured = ROOT / "bench" / "results" / "speed.json"
    results = json.loads(measured.read_text(encoding="utf-8")).get("scale", {}) if measured.exists() else {}
    assert README.partition(scale.BEGIN)[2].partition(END)[0].strip() == scale.part(results.get("sizes", []))


def test_the_figures_are_of_the_shipped_weights():
    results = json.loads((ROOT / "bench" / "results" / "quality.json").read_text(encoding="utf-8"))
    config = json.loads((ROOT / "api" / "stance" / "weights" / "stance.json").read_text(encoding="utf-8"))
    assert results["model"] == f"{config['name']}@{config['sha256']['model.onnx'][:12]}"

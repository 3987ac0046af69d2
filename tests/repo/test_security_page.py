"""SECURITY.md names tests that exist, and shows every defence by one."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_defence_is_shown_by_a_test():
    assert len(ROWS) >= 20
    assert not [row for row in ROWS if not NAMED.search(row.rsplit("|", 2)[1])]


@pytest.mark.parametrize(("file", "test"), sorted({found for row in ROWS for found in NAMED.findall(row)}))
def test_the_tests_exist(file, test):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

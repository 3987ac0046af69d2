"""The packages that `make extension` builds."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from . import npm
from .chromium import Chromium
from .firefox import Firefox
from .waiting import until

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
BROWSERS = {"chromium": Chromium, "firefox": Firefox}


def pack(folder):
    """Browser -> package, built as `make extension` does."""
    done = subprocess.run([sys.executable, EXTENSION / "pack.py", folder], capture_output=True, text=True, check=True)
    return dict(zip(BROWSERS, map(Path, done.stdout.split()), strict=True))


def test_the_same_files_give_the_same_packages(tmp_path):
    first, second = (pack(tmp_path / name) for name in ("one", "two"))
    assert [path.read_bytes() for path in first.values()] == [path.read_bytes() for path in second.values()]


@pytest.mark.parametrize("name", BROWSERS)
def test_a_package_holds_what_it_needs_and_nothing_else(name, tmp_path):
    with zipfile.ZipFile(pack(tmp_path / "dist")[name]) as package:
        packed = set(package.namelist())
        manifest = json.loads(package.read("manifest.json"))
    here = {path.relative_to(EXTENSION).as_posix() for path in EXTENSION.rglob("*") if path.is_file()}
    left_out = {path for path in here - packed if not path.startswith("screenshots/")}
    assert left_out == {"README.md", "PRIVACY.md", "pack.py", "icons/sidelight.svg"}
    assert manifest["background"].keys() == {"type", "scripts" if name == "firefox" else "service_worker"}


def test_there_is_one_version():
    stated = re.search(r'^version = "(.+)"$', (EXTENSION.parent / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))["version"] == stated[1]


def test_mozillas_linter_has_nothing_to_say(tmp_path):
    """What `web-ext lint` runs over an add-on, and Mozilla's store over each upload."""
    linter = npm.linter()
    done = subprocess.run([linter, "--output", "json", pack(tmp_path)["firefox"]], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert report["metadata"]["id"] == "sidelight@sidelight.invalid"
    assert [report[kind] for kind in ("errors", "warnings", "notices")] == [[], [], []]


@pytest.mark.parametrize("name", BROWSERS)
def test_the_package_runs(name, tmp_path):
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(pack(tmp_path / "dist")[name]) as package:
        package.extractall(folder)
    browser = BROWSERS[name](folder, Path(tmp_path / "profile"))
    try:
        browser.open_own("options.html")
        until(lambda: browser.page("document.querySelector('#address').value"))
        assert browser.errors == []
    finally:
        browser.close()

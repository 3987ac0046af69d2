"""What a test needs from npm: Mozilla's linter. Fetched once into var/npm (about 61 MB, 12 s); nothing of it is shipped."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "var" / "npm"
# What `web-ext lint` runs, without what else web-ext brings.
LINTER, VERSION = "addons-linter", "10.13.0"


@cache
def linter() -> Path:
    """The linter's command."""
    installed = FOLDER / "node_modules" / LINTER / "package.json"
    if not installed.is_file() or json.loads(installed.read_text(encoding="utf-8"))["version"] != VERSION:
        fetch(f"{LINTER}@{VERSION}")
    return FOLDER / "node_modules" / ".bin" / LINTER


def fetch(package: str) -> None:
    """Install a package in FOLDER."""
    if shutil.which("npm") is None:
        lacking("npm is not here (on Debian: apt-get install npm; Node 20 or newer)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--prefix", FOLDER, "--no-save", "--no-audit", "--no-fund", package]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode:
        lacking(f"npm could not fetch {package}: {done.stderr.strip()}")


def lacking(reason: str) -> NoReturn:
    """Ends the test: as a failure where CI runs it, as a skip on a machine without Node or network, which is no fault of the code."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)

"""What two tests need from npm: Mozilla's linter, and React. Fetched once into var/npm (about 70 MB, 15 s); nothing of it is shipped."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "var" / "npm"
# addons-linter is what `web-ext lint` runs, without what else web-ext brings. React 18 is the last that comes as files for a page.
WANTED = {"addons-linter": "10.13.0", "react": "18.3.1", "react-dom": "18.3.1"}


@cache
def modules() -> Path:
    """The folder `node_modules` with what is wanted in it."""
    node_modules = FOLDER / "node_modules"
    if all(version_in(node_modules / name) == version for name, version in WANTED.items()):
        return node_modules
    if shutil.which("npm") is None:
        lacking("npm is not here (on Debian: apt-get install npm; Node 20 or newer)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    packages = [f"{name}@{version}" for name, version in WANTED.items()]
    command = ["npm", "install", "--prefix", FOLDER, "--no-save", "--no-audit", "--no-fund", *packages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode:
        lacking(f"npm could not fetch {', '.join(packages)}: {done.stderr.strip()}")
    return node_modules


def version_in(package: Path) -> str | None:
    """The version of an installed package."""
    manifest = package / "package.json"
    return json.loads(manifest.read_text(encoding="utf-8"))["version"] if manifest.is_file() else None


def lacking(reason: str) -> NoReturn:
    """Ends the test: as a failure where CI runs it, as a skip on a machine without Node or network, which is no fault of the code."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)

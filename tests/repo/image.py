"""Runs a command of Sidelight's as the container would: with no package that is not in deploy/image.lock.

python tests/repo/image.py LOCK COMMAND …
"""

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.utils import canonicalize_name


class Absent:
    """An import hook: packages that are installed here and not in the lock are not found."""

    def __init__(self, lock: str) -> None:
        locked = {canonicalize_name(line.partition("==")[0]) for line in lock.splitlines() if "==" in line}
        self.names = {
            name
            for name, distributions in packages_distributions().items()
            if locked.isdisjoint(map(canonicalize_name, distributions)) and "sidelight" not in distributions
        }

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, Absent(Path(sys.argv[1]).read_text(encoding="utf-8")))
    from api.cli import main

    sys.exit(main(sys.argv[2:]))

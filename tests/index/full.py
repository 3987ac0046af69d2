"""Fills a real disk, and makes one read-only, under a rebuild, and looks at what is left. Run by test_build.py in a mount space of its own.

The disk is a tmpfs of a megabyte that nobody else sees and that goes with this process. Prints what each rebuild said.
"""

import subprocess
import sys
from pathlib import Path

from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.errors import IndexProblem
from index.store.files import Files
from index.store.sqlite import open_store


def mount(*options: str) -> None:
    subprocess.run(["mount", *options], check=True)


def said(seeds: Path, folder: Path) -> str:
    try:
        return f"built {build(read_folder(seeds), ToyEmbedder(), Files(folder)).info.claims}"
    except IndexProblem as problem:
        return f"{type(problem).__name__}: {problem}"


def main(old: Path, new: Path, disk: Path) -> None:
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk))
    folder, ballast = disk / "index", disk / "ballast"
    lines = [said(old, folder)]
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError as error:
            lines.append(f"disk: {error.strerror}")
    for room in (0, 4, 12):  # KiB: not one file, then parts of one
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - room * 1024)
        lines.append(said(new, folder))
        assert not list(folder.glob("*.part*")), "what a full disk cut short is cleared away"
        lines.append(f"answers {open_store(folder, 'toy').info.claims}")
    mount("-o", "remount,ro", str(disk))
    lines += [said(new, folder), f"answers {open_store(folder, 'toy').info.claims}"]
    mount("-o", "remount,rw", str(disk))
    ballast.unlink()
    lines.append(said(new, folder))
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

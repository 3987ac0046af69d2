"""Kills a rebuild at every step that touches files, as `kill -9` does, and looks each time at what is left. Run by test_build.py.

A child rebuilds; an audit hook counts the files it opens, renames and removes and the databases it connects to, and at the n-th
sends SIGKILL to its own process. The parent then opens the index, which must be whole, the old one or the new one, and lets the next
rebuild run to its end. n grows until a child ends by itself. Prints how many places it was killed at, and which answered after each.
"""

import os
import shutil
import signal
import sys
import warnings
from pathlib import Path

from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.store.files import Files
from index.store.sqlite import open_store

WATCHED = ("open", "os.rename", "os.remove", "sqlite3.connect", "sqlite3.connect/handle")


def killed_at(place: int, old: Path, new: Path, folder: Path) -> bool:
    """Rebuild from `new` in a child that dies at the given place; whether it died."""
    warnings.simplefilter("ignore", DeprecationWarning)  # forking beside numpy's idle threads: the child only rebuilds
    child = os.fork()
    if child == 0:
        documents = read_folder(new)
        left = place

        def step(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in WATCHED:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(step)
        build(documents, ToyEmbedder(), Files(folder))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(old: Path, new: Path, work: Path) -> None:
    fingerprints = [build(read_folder(seeds), ToyEmbedder(), Files(work / seeds.name)).info.fingerprint for seeds in (old, new)]
    answered = []
    for place in range(1, 1000):
        folder = work / f"index-{place}"
        build(read_folder(old), ToyEmbedder(), Files(folder))
        died = killed_at(place, old, new, folder)
        answered.append(fingerprints.index(open_store(folder, "toy").info.fingerprint))
        again = build(read_folder(new), ToyEmbedder(), Files(folder))
        assert again.info.fingerprint == open_store(folder, "toy").info.fingerprint == fingerprints[1]
        files = sorted(path.name for path in folder.iterdir())
        assert len(files) <= 4, f"the next rebuild left {files}"
        assert not [name for name in files if ".part" in name]
        shutil.rmtree(folder)
        if not died:
            break
    print(len(answered) - 1, "".join(map(str, answered)))  # noqa: T201


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

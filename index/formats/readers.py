"""Which reader each file ending has."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from index.formats import claimreview, feed, jats, jsonl, markdown, page, pdf, plain
from index.formats.found import Shown, Unreadable

Reader = Callable[[Path], Iterator[Shown | Unreadable]]

READERS: Mapping[str, Reader] = {
    ".txt": plain.read,
    ".md": markdown.read,
    ".html": page.read,
    ".htm": page.read,
    ".pdf": pdf.read,
    ".nxml": jats.read,
    ".xml": feed.read,
    ".jsonl": jsonl.read,
    ".jsonl.gz": jsonl.read,
    ".json": claimreview.read,
}
"""How each format becomes documents, by file ending. A new format is a line here and a module."""

COLLECTIONS = frozenset({".jsonl", ".jsonl.gz", ".json"})
"""The endings of files that hold documents of their own, each a source."""


def ending(name: str) -> str:
    """The ending by which a file is read, in lower case: `.jsonl.gz` counts as one."""
    lower = name.lower()
    return ".jsonl.gz" if lower.endswith(".jsonl.gz") else Path(lower).suffix


def read(path: Path) -> Iterator[Shown | Unreadable]:
    """The documents of a file, and each place of it that gives none. Unreadable for the file as a whole."""
    reader = READERS.get(ending(path.name))
    if reader is None:
        what = Path(path.name).suffix or "a file without ending"
        raise Unreadable(f"{what} is not a format that can be read", f"use one of {', '.join(READERS)}")
    yield from reader(path)

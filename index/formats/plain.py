"""Plain text: the file's text is the document's, character for character."""

from collections.abc import Iterator
from pathlib import Path

from index.formats.found import Shown, content, decoded, digest, require_kind


def read(path: Path) -> Iterator[Shown]:
    """The one document of a .txt file."""
    data = content(path)
    require_kind(data)
    yield Shown(decoded(data), digest(data))

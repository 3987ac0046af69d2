"""Where the generations of an index are kept, whichever engine keeps them: what a rebuild, the service and the commands need of it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from index.store.contents import Contents
from index.types import ClaimStore, Document, Progress


class Writer(Protocol):
    """The only one who may publish, for as long as the lock is held."""

    def before(self, model: str, /) -> Contents | None:
        """The published generation, for the next to take over what did not change; None where there is none, or none that fits."""
        ...

    def others(self) -> Mapping[str, Sequence[Document]]:
        """Documents that are not this rebuild's to replace, by the name of the collection that holds them."""
        ...

    def publish(self, contents: Contents, documents: Sequence[Document], /) -> str:
        """Write a generation of the documents, prove it whole and make it the one that answers; where it is.

        IndexUnwritable, IndexMismatch: the old one still answers.
        """
        ...

    def keep(self) -> str:
        """Leave the published generation as it is; where it is."""
        ...


class Home(Protocol):
    """One index with its generations, of which one is published."""

    def prepare(self) -> list[str]:
        """Make ready to hold an index, as often as one likes; what was done. IndexUnwritable, IndexUnavailable."""
        ...

    def open(self, model: str, /) -> ClaimStore:
        """The published generation. IndexMissing without one; IndexMismatch for another model or rules, or damage."""
        ...

    def published(self) -> str | None:
        """Which generation is published, cheaply; None where there is none that could be opened."""
        ...

    def stored_files(self) -> Mapping[str, str]:
        """The file of each source that a rebuild would replace, by source id."""
        ...

    def last_two(self) -> tuple[Contents, Contents]:
        """The generation before the published one, and that. IndexMissing where there are not two."""
        ...

    def writing(self, progress: Progress, /) -> AbstractContextManager[Writer]:
        """Hold the writer's place. IndexBusy, IndexUnwritable."""
        ...

"""An index in a folder of this machine: `index.store.home` over SQLite files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.errors import IndexMissing, IndexUnwritable
from index.store import generations, proof, sqlite
from index.store.contents import Contents
from index.store.snapshot import Snapshot
from index.types import Document, Progress


@dataclass(frozen=True, slots=True)
class Files:
    """A `Home`."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)

    def prepare(self) -> list[str]:
        """A folder is made by the first rebuild."""
        return [f"{self.folder} needs nothing: run `sidelight rebuild`"]

    def open(self, model: str, /) -> Snapshot:
        """The published generation, in memory."""
        return sqlite.open_store(self.folder, model)

    def published(self) -> str | None:
        """Which generation is published."""
        return sqlite.published(self.folder)

    def stored_files(self) -> Mapping[str, str]:
        """The file of each source; none where there is no index that can be read."""
        return sqlite.stored_files(self.folder)

    def last_two(self) -> tuple[Contents, Contents]:
        """The generation before the published one, and that."""
        published = self.folder / generations.current(self.folder).file
        earlier = sorted(path for path in self.folder.glob("generation-*.db") if path.name < published.name)
        if not earlier:
            raise IndexMissing(
                f"The index at {self.folder} has no generation before this one to compare with: change a seed, run `sidelight rebuild`"
            )
        return sqlite.read_contents(earlier[-1]), sqlite.read_contents(published)

    @contextmanager
    def writing(self, progress: Progress, /) -> Iterator["FileWriter"]:
        """Hold the folder's lock; IndexBusy names the process that holds it."""
        with generations.lock(self.folder):
            yield FileWriter(self.folder)


@dataclass(frozen=True, slots=True)
class FileWriter:
    """A `Writer`."""

    folder: Path

    def before(self, model: str, /) -> Contents | None:
        """The published generation, if it fits."""
        return sqlite.published_contents(self.folder, model)

    def others(self) -> Mapping[str, list[Document]]:
        """None: a folder has one collection."""
        return {}

    def publish(self, contents: Contents, documents: Sequence[Document], /) -> str:
        """Write, prove and publish. What a failure leaves behind is cleared at once, to give a full disk its room back."""
        part = generations.part(self.folder)
        try:
            sqlite.write(part, contents)
            proof.verify(sqlite.read_contents(part), sqlite.seals(part), str(part))
            return str(generations.publish(part))
        except OSError as error:
            raise IndexUnwritable(
                f"The new index {part} cannot be written ({error.strerror}): make room there, or give --index another folder"
            ) from error
        finally:
            generations.clear(self.folder)

    def keep(self) -> str:
        """Leave it, and clear what a killed rebuild left."""
        generations.clear(self.folder)
        return str(self.folder / generations.current(self.folder).file)

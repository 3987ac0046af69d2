"""The rebuild command, and the place where its parts are put together: `python -m index --seeds DIR --index PATH`."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index import progress as showing
from index.build import build
from index.documents import Reading, read_folder
from index.embedder import DEFAULT_MODEL, make_embedder
from index.errors import BadSeed, IndexProblem, IndexUnavailable
from index.folder import Refusal
from index.report import Report, refusal_lines
from index.store.files import Files
from index.store.home import Home
from index.types import Progress, silent

DEFAULT_SEEDS = Path("seeds")
DEFAULT_INDEX = Path("var/index")


def home_of(index: Path, store: str | None = None, collection: str | None = None) -> Home:
    """Where the index is: the database that `store` names, or else the folder. IndexUnavailable for an address that is none."""
    if store is None:
        return Files(index)
    try:
        from index.store.postgres.home import Postgres  # here, because its driver is an extra
    except ImportError as error:
        raise IndexUnavailable(f"An index in PostgreSQL needs its driver ({error}): pip install -e '.[postgres]'") from None
    return Postgres(store, collection)


def rebuild(
    seeds: Path,
    home: Home,
    model: str = DEFAULT_MODEL,
    *,
    progress: Progress = silent,
    say: Callable[[str], None] = lambda _: None,
    strict: bool = False,
) -> Report:
    """Build the index from a seeds folder and publish it; each refusal is said before the models are loaded.

    IndexProblem says in one line what is wrong and what to do: nothing could be read, or, if `strict`, anything could not.
    """
    reading = read_folder(seeds, progress)
    refused = tuple(with_losses(reading, home.stored_files()))
    for line in refusal_lines(refused):
        say(line)
    if not reading.documents:
        raise BadSeed(f"No document of {seeds} can be read ({len(refused)} refused, said above): mend one and rebuild; the old index stays")
    if strict and refused:
        raise BadSeed(f"{len(refused)} refused, said above, and --strict was given: mend them, or rebuild without it; the old index stays")
    return replace(build(reading, make_embedder(model), home, progress), refused=refused, noted=reading.noted)


def with_losses(reading: Reading, stored: Mapping[str, str]) -> list[Refusal]:
    """The refusals, each file's first with the number of its documents that the index has (`stored`: source id -> file) and will lose."""
    kept = {document.source.id for document in reading}
    lost = Counter(file for key, file in stored.items() if key not in kept)
    return [replace(refusal, lost=lost.pop(refusal.file, 0)) for refusal in reading.refused]


def say(message: str) -> None:
    """A message for people, out of the way of what --json prints."""
    print(message, file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit 0 done, 1 a problem said in one line, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m index", description="Rebuild the index from a folder of seed documents.")
    parser.add_argument("--seeds", type=Path, default=DEFAULT_SEEDS, help="folder of documents with sources.toml (default: seeds)")
    parser.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="folder of the index (default: var/index)")
    parser.add_argument("--store", help="database that holds the index instead of a folder, as postgresql://USER@HOST/NAME")
    parser.add_argument("--collection", help="whose documents these are in the database; others' stay (default: the database user)")
    parser.add_argument("--model", default=DEFAULT_MODEL, help=f"sentence-transformers name or folder (default: {DEFAULT_MODEL})")
    parser.add_argument("--strict", action="store_true", help="publish nothing if any document is refused")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON document on standard output")
    options = parser.parse_args(argv)
    try:
        with showing.shown(sys.stderr) as progress:
            home = home_of(options.index, options.store, options.collection)
            report = rebuild(options.seeds, home, options.model, progress=progress, say=say, strict=options.strict)
    except IndexProblem as problem:
        say(f"problem: {problem}")
        return 1
    say("\n".join(report.lines()))
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

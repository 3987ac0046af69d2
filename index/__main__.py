"""The rebuild command, and the place where its parts are put together: `python -m index --seeds DIR --index PATH`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from index.build import build
from index.documents import read_folder
from index.embedder import DEFAULT_MODEL, SentenceTransformerEmbedder
from index.errors import IndexProblem
from index.report import Report
from index.types import Progress, silent

DEFAULT_SEEDS = Path("seeds")
DEFAULT_INDEX = Path("var/index")


def rebuild(seeds: Path, index: Path, model: str = DEFAULT_MODEL, progress: Progress = silent) -> Report:
    """Build the index from a seeds folder and publish it. IndexProblem says in one line what is wrong and what to do."""
    return build(read_folder(seeds), SentenceTransformerEmbedder(model), index, progress)


def told(what: str, done: int, of: int) -> None:
    """Progress for people."""
    say(f"{done} of {of} {what}")


def say(message: str) -> None:
    """A message for people, out of the way of what --json prints."""
    print(message, file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit 0 done, 1 a problem said in one line, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m index", description="Rebuild the index from a folder of seed documents.")
    parser.add_argument("--seeds", type=Path, default=DEFAULT_SEEDS, help="folder of documents with sources.toml (default: seeds)")
    parser.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="folder of the index (default: var/index)")
    parser.add_argument("--model", default=DEFAULT_MODEL, help=f"sentence-transformers name or folder (default: {DEFAULT_MODEL})")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON document on standard output")
    options = parser.parse_args(argv)
    try:
        report = rebuild(options.seeds, options.index, options.model, told)
    except IndexProblem as problem:
        say(f"problem: {problem}")
        return 1
    say("\n".join(report.lines()))
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

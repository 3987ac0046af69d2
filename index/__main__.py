"""The rebuild command, and the place where its parts are put together: `python -m index --seeds DIR --index PATH`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from index.build import Progress, Report, build
from index.documents import KINDS, read_folder
from index.embedder import DEFAULT_MODEL, SentenceTransformerEmbedder
from index.errors import IndexProblem

DEFAULT_SEEDS = Path("seeds")
DEFAULT_INDEX = Path("var/index")


def rebuild(seeds: Path, index: Path, model: str = DEFAULT_MODEL, progress: Progress = lambda *_: None) -> Report:
    """Build the index from a seeds folder and publish it. IndexProblem says in one line what is wrong and what to do."""
    return build(read_folder(seeds), SentenceTransformerEmbedder(model), index, progress)


def show_progress(doing: str, done: int, of: int) -> None:
    """One line that counts up, on a terminal only: a log needs the report, not the counting."""
    if sys.stderr.isatty():
        print(f"\r{doing}: {done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def report_lines(report: Report) -> list[str]:
    """A rebuild's report for people: a line for each document, what it left out and why, and the whole."""
    width = max((len(source.file) for source in report.sources), default=0)
    lines: list[str] = []
    for source in report.sources:
        lines.append(f"{source.file:{width}}  {source.kept:5} of {source.sentences:5} sentences kept   {KINDS[source.kind]}")
        if source.left_out:
            reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in source.left_out.items())
            lines.append(f"{'':{width}}  left out: {reasons}")
    info = report.info
    made = f"{report.embedded} embedded, {report.reused} unchanged"
    lines.append(f"{info.claims} claims from {info.sources} sources: {made}, in {report.seconds:.1f} s")
    lines.append(f"index {info.fingerprint} ({info.model}) is at {report.path}")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Exit 0 done, 1 a problem said in one line, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m index", description="Rebuild the index from a folder of seed documents.")
    parser.add_argument("--seeds", type=Path, default=DEFAULT_SEEDS, help="folder of documents with sources.toml (default: seeds)")
    parser.add_argument("--index", type=Path, default=DEFAULT_INDEX, help="folder of the index (default: var/index)")
    parser.add_argument("--model", default=DEFAULT_MODEL, help=f"sentence-transformers name or folder (default: {DEFAULT_MODEL})")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON document on standard output")
    options = parser.parse_args(argv)
    try:
        report = rebuild(options.seeds, options.index, options.model, show_progress)
    except IndexProblem as problem:
        print(f"problem: {problem}", file=sys.stderr)
        return 1
    print("\n".join(report_lines(report)), file=sys.stderr)
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The `sidelight` command. Exit 0 done, 1 a problem said in one line with what to do next, 2 wrong usage."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.settings import read_settings
from index.errors import IndexProblem
from index.kinds import KINDS

SETTINGS = ("host", "port", "index", "store", "collection", "seeds", "model", "retractions", "origin")
"""The options that are settings under another name."""

RECORD_OPTIONS = {
    "kind": "what kind of source it is: guideline, journal_article, … ; never guessed",
    "kind_reason": "a sentence on what shows that it is of this kind",
    "publisher": "who says it",
    "title": "the document's title (default: what it shows)",
    "url": "where it stands on the web",
    "date": "when it was published, as 2024, 2024-05 or 2024-05-17",
    "doi": "its DOI",
    "language": "its language (default: what it shows, or en)",
    "commercial_interest": "what the publisher sells of what it speaks of, or who pays it",
    "id": "the source's id (default: from the file's name)",
}
"""The fields of a source record that `add` takes as options, with what they hold."""


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="sidelight", description="Shows evidence beside health claims, from the documents in seeds/.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--index", type=Path, help="folder of the index (default: var/index)")
        sub.add_argument("--store", help="database that holds the index instead, as postgresql://USER@HOST/NAME (deploy/POSTGRES.md)")
        sub.add_argument("--json", action="store_true", help="print one JSON document on stdout and nothing else")
        sub.add_argument("--model", help="embedding model: any sentence-transformers name or folder")
        sub.add_argument("--retractions", type=Path, help="list of retractions in Retraction Watch's CSV layout (default: none)")
        return sub

    serve = command("serve", "serve the API and the page, building the index first if there is none")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 8747)")
    serve.add_argument("--seeds", type=Path, help="folder of evidence documents (default: seeds)")
    serve.add_argument("--origin", help="the only browser extension that may ask, as chrome-extension://ID (default: any)")
    rebuild = command("rebuild", "build the index anew from the seeds and publish it")
    rebuild.add_argument("--seeds", type=Path, help="folder of evidence documents (default: seeds)")
    rebuild.add_argument("--collection", help="whose documents these are in the database; others' stay (default: the database user)")
    rebuild.add_argument("--strict", action="store_true", help="publish nothing if any document is refused")
    add = command("add", "copy documents into the seeds folder, each with its source record")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a document; `--` before names that start with a dash")
    add.add_argument("--seeds", type=Path, help="folder of evidence documents (default: seeds)")
    for name, text in RECORD_OPTIONS.items():
        add.add_argument(f"--{name.replace('_', '-')}", help=text)
    check = command("check", "check a claim, or every claim of a file")
    check.add_argument("claim", nargs="?", help="the claim")
    check.add_argument("--file", type=Path, help="a page as .txt or .html")
    search = command("search", "show the indexed claims nearest to a text")
    search.add_argument("text")
    search.add_argument("-k", type=int, default=10, help="how many (default: 10)")
    kinds = f"only what sources of this kind say; once for each of several kinds: {', '.join(KINDS)}"
    search.add_argument("--kind", action="append", choices=tuple(KINDS), metavar="KIND", help=kinds)
    replay = command("replay", "derive the answers of a saved `check --json` anew and say what changed")
    replay.add_argument("receipt", type=Path, help="file with the JSON that `sidelight check … --json` printed")
    command("audit", "list the pairs of indexed claims that contradict each other")
    command("diff", "say what the last rebuild changed in the index")
    command("sources", "list the sources of the index")
    token = command("token", "make, look for or remove the token that the service asks for")
    token.add_argument("action", choices=("new", "status", "remove"))
    command("prepare", "make a database ready to hold the index: once, and after an update; as its administrator")
    command("doctor", "look at everything Sidelight needs and say what to mend")
    evaluate = command("eval", "measure on files of your own")
    kind = evaluate.add_mutually_exclusive_group(required=True)
    kind.add_argument("--pairs", type=Path, help="lines of {premise, hypothesis, label}: stance")
    kind.add_argument("--claims", type=Path, help="lines of {text, expect, evidence}: verdicts")
    kind.add_argument("--beir", type=Path, help="folder in BEIR form: retrieval")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    args = parser().parse_args(arguments)
    given = {name: value for name in SETTINGS if (value := getattr(args, name, None)) is not None}
    try:
        # Each command is imported when it runs, so that `sidelight --help` need not load a model library.
        from api import commands

        result = commands.COMMANDS[args.command](read_settings(given), args)
    except (IndexProblem, ValueError, OSError) as problem:
        return fail(str(problem))
    except KeyboardInterrupt:
        return 130
    show(result, args.json)
    return 0


def fail(message: str) -> int:
    """Say the problem on stderr in one line."""
    print(f"sidelight: {message}", file=sys.stderr)
    return 1


def show(result: Any, as_json: bool) -> None:
    """Print a command's result: `(json, lines)`, or nothing for None."""
    if result is None:
        return
    document, lines = result
    print(json.dumps(document, ensure_ascii=False, indent=1) if as_json else "\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())

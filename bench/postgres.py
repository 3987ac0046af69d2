"""The index on PostgreSQL beside the one in a SQLite file, in one run: ranking, speed, recall, size, and a filter on a rare kind of source.

    python -m bench.postgres --data DIR [--cache DIR] [--claims 100000] [--only scifact|claims]

Starts a real server. `scifact` ranks the SciFact corpus in both stores. `claims` fills both with the same claims of real trial abstracts
and moved copies (see bench/scale.py), every hundredth document of a kind of its own, and asks them in turns for a page of 100 real
sentences. Times are of search without embedding. Writes bench/results/postgres.json after each step, and the part of
deploy/POSTGRES.md between its marks.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tests.postgres.server import Server

from api import beir
from bench.postgres_filter import kept, ways
from bench.postgres_table import BEGIN, GUIDE, RESULTS, part
from bench.scale import PAGE, Given, Moved, abstracts, enough, exact, opened, page_of, real_vectors, recall
from bench.table import put
from bench.turns import in_turns, medians, seconds
from index.__main__ import home_of
from index.build import build
from index.context import RECIPE, lexical_texts
from index.embedder import make_embedder
from index.search import CANDIDATES, search
from index.store.bm25 import Bm25
from index.store.contents import Contents, Part, collapsed, fingerprint, packed
from index.store.home import Home
from index.store.snapshot import Snapshot
from index.store.words import counted
from index.types import ClaimStore, Document, Query, Rows, Vectors, silent

RARE, ONE_IN = "guideline", 100
"""The kind of every hundredth document; the others are of `peer_reviewed_abstract`."""
K = 20
ROUNDS = 15


def of_kinds(documents: Iterable[Document]) -> list[Document]:
    """The documents, every hundredth of the rare kind."""
    return [
        replace(document, source=replace(document.source, kind=RARE)) if number % ONE_IN == 0 else document
        for number, document in enumerate(documents)
    ]


def claims(folder: Path, server: Server, database: Home, data: Path, cache: Path, wanted: int) -> dict[str, Any]:
    """The same claims in both stores: what they take to write, to keep, to open, and to be asked for a page."""
    page, real = list(page_of(data).values()), abstracts(data)
    moved = Moved(real_vectors(real, make_embedder(), cache))
    documents = of_kinds(enough(real, wanted))
    made = contents_of(documents, moved, folder / "made")
    texts = {document.source.id: document.text for document in documents}
    homes: dict[str, Home] = {"sqlite": Files(folder / "index"), "postgres": database}
    write_s = {name: round(published(home, made, texts), 2) for name, home in homes.items()}
    print("written in", write_s, flush=True)
    stores, open_s, held = {}, {}, {}
    for name, home in homes.items():
        stores[name], open_s[name], held[name] = opened(lambda home=home: home.open(moved.name))
    size = {"sqlite": {"file": Path(next(folder.glob("index/*.db"))).stat().st_size}, "postgres": on_disk(server)}
    size = {name: {what: round(bytes_ / made.info.claims) for what, bytes_ in parts.items()} for name, parts in size.items()}
    memory = {name: round(bytes_ / made.info.claims) for name, bytes_ in held.items()}
    figures = {"claims": made.info.claims, "sources": made.info.sources, "write_s": write_s, "open_s": open_s}
    figures |= {"disk_bytes_per_claim": size, "memory_bytes_per_claim": memory}
    vectors = make_embedder().embed(page)
    print(json.dumps(figures), flush=True)
    return figures | {"page": page_cost(stores, page, vectors), "filter": filtered(server, stores, vectors)}


def contents_of(documents: Sequence[Document], embedder: Embedder, folder: Path) -> Contents:
    """What a rebuild makes of documents, so that both stores are given the same."""
    home = Files(folder)
    build(documents, embedder, home)
    with home.writing(silent) as writer:
        made = writer.before(embedder.name)
    assert made, "it was just built"
    shutil.rmtree(folder)
    return made


def page_cost(stores: Mapping[str, ClaimStore], page: Sequence[str], vectors: Vectors) -> dict[str, Any]:
    """A page of each store in turns: its dense and its lexical part, its whole search; and how many of the nearest are found."""
    queries, given = [Query(text) for text in page], Given(vectors)
    sqlite = stores["sqlite"]
    some = sqlite.vectors(np.random.default_rng(1).integers(0, sqlite.info.claims, PAGE))
    asked = np.concatenate([some, vectors])
    figures: dict[str, Any] = {"queries": len(page)}
    for limit in (K, CANDIDATES):
        nearest = exact(sqlite, asked, limit)
        figures[f"recall@{limit}"] = {name: round(recall(store, asked, nearest), 5) for name, store in stores.items()}
    parts: dict[str, Callable[[ClaimStore], object]] = {
        "search_ms": lambda store: search(store, given, queries, 5),
        "dense_ms": lambda store: store.nearest(vectors, CANDIDATES),
        "lexical_ms": lambda store: store.lexical(page, CANDIDATES),
    }
    for part_name, ask in parts.items():
        times = in_turns({name: lambda store=store, ask=ask: ask(store) for name, store in stores.items()}, ROUNDS)
        figures[part_name] = medians(times)
        figures[part_name] |= {f"{name}_p95": round(float(np.percentile(some, 95)), 2) for name, some in times.items()}
    print(json.dumps(figures), flush=True)
    return figures


def filtered(server: Server, stores: Mapping[str, ClaimStore], vectors: Vectors) -> dict[str, Any]:
    """The nearest claims of the rare kind: from both stores, and from the database by each way that it has."""
    sqlite = stores["sqlite"]
    of_kind = [source.id for source in sqlite.sources.values() if source.kind == RARE]
    rows = np.unique(np.concatenate([sqlite.rows_of(source_id) for source_id in of_kind]))
    cosines = vectors @ sqlite.vectors(rows).T
    nearest = -np.sort(-cosines, axis=1)[:, :K]
    figures: dict[str, Any] = {"kind": RARE, "claims": len(rows), "share": round(len(rows) / sqlite.info.claims, 4), "k": K}
    asked = {name: lambda store=store: list(store.nearest(vectors, K, {RARE})[1]) for name, store in stores.items()}
    with ways(server, vectors, RARE, K) as raw:
        asked |= raw
        figures |= {name: kept(ask(), nearest) for name, ask in asked.items()}
        times = medians(in_turns(asked, 3))
    for name, took in times.items():
        figures[name]["ms"] = took
    print(json.dumps(figures), flush=True)
    return figures


def main() -> None:
    """Measure the parts asked for, keep the others' figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval/scifact, corpus/pmc_rct.jsonl.gz and pages/")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sidelight-bench", help="keeps the embedded abstracts")
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--only", choices=("scifact", "claims"))
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"sizes": []}
    for what in (options.only,) if options.only else ("scifact", "claims"):
        with tempfile.TemporaryDirectory() as folder, Server(durable=True, **SERVER) as server:
            database = prepared(server)
            if what == "scifact":
                results["scifact"] = scifact(Files(Path(folder)), database, options.data / "retrieval" / "scifact")
                print(json.dumps(results["scifact"]), flush=True)
            else:
                measured = claims(Path(folder), server, database, options.data, options.cache, options.claims)
                others = [size for size in results["sizes"] if round(size["claims"], -3) != round(measured["claims"], -3)]
                results["sizes"] = sorted([*others, measured], key=lambda size: size["claims"])
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        put(GUIDE, part(results), BEGIN)


if __name__ == "__main__":
    main()

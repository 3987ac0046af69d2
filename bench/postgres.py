"""The index on PostgreSQL beside the one in a SQLite file, in one run: ranking, speed, recall, size, and a filter on a rare kind of source.

    python -m bench.postgres --data DIR [--cache DIR] [--claims 100000] [--only scifact|claims]

Starts a real server. `scifact` ranks the SciFact corpus in both stores. `claims` fills both with the same claims of real trial abstracts
and moved copies (see bench/scale.py), every hundredth document of a kind of its own, and asks them in turns for a page of 100 real
sentences. Times are of search without embedding. Writes bench/results/postgres.json after each step, and the part of
deploy/POSTGRES.md between its marks.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench import postgres_arithmetic
from bench.postgres_ranking import scifact
from bench.postgres_server import SETTINGS, index_seconds, on_disk, prepared, published
from bench.postgres_table import BEGIN, GUIDE, RESULTS, part
from bench.postgres_ways import TO_A_KIND, WEIGHED, kept, ways
from bench.scale import PAGE, Given, Moved, abstracts, enough, exact, opened, page_of, real_vectors, recall
from bench.table import put
from bench.turns import in_turns, medians
from index.build import build
from index.embedder import make_embedder
from index.search import CANDIDATES, search
from index.store.contents import Contents
from index.store.files import Files
from index.store.home import Home
from index.types import ClaimStore, Document, Embedder, Query, Vectors, silent
from tests.postgres.server import Server

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


def claims(folder: Path, server: Server, data: Path, cache: Path, wanted: int) -> dict[str, Any]:
    """The same claims in both stores: what they take to write, to keep, to open, and to be asked for a page."""
    page, real = list(page_of(data).values()), abstracts(data)
    moved = Moved(real_vectors(real, make_embedder(), cache))
    figures, stores = stored(folder, server, moved, of_kinds(enough(real, wanted)))
    print(json.dumps(figures), flush=True)
    vectors = make_embedder().embed(page)
    figures |= {"page": page_cost(stores, page, vectors), "filter": filtered(server, stores, vectors)}
    return figures | {"weighed": weighed(server, exact(stores["sqlite"], vectors, CANDIDATES), vectors)}


def stored(folder: Path, server: Server, embedder: Embedder, documents: Sequence[Document]) -> tuple[dict[str, Any], dict[str, ClaimStore]]:
    """Both stores, filled and opened, and what that took; build times are without embedding."""
    made = contents_of(documents, embedder, folder / "made")
    homes: dict[str, Home] = {"sqlite": Files(folder / "index"), "postgres": prepared(server)}
    log = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
    before = server.execute(log)[0][0]
    write_s = {name: round(published(home, made, documents), 2) for name, home in homes.items()}
    logged = server.execute(log)[0][0] - before
    print("written in", write_s, flush=True)
    info = made.info
    del made  # gigabytes, over a million claims
    stores, open_s, held = {}, {}, {}
    for name, home in homes.items():
        stores[name], open_s[name], held[name] = opened(lambda home=home: home.open(embedder.name))
    tables = on_disk(server)
    disk = {"sqlite": next(folder.glob("index/*.db")).stat().st_size, "postgres": tables.pop("all")}

    def of_a_claim(sizes: Mapping[str, int]) -> dict[str, int]:
        return {name: round(bytes_ / info.claims) for name, bytes_ in sizes.items()}

    figures: dict[str, Any] = {
        "claims": info.claims, "sources": info.sources, "write_s": write_s, "open_s": open_s,
        "disk_bytes_per_claim": of_a_claim(disk), "memory_bytes_per_claim": of_a_claim(held),
        "tables_bytes_per_claim": of_a_claim(tables), "log_bytes_per_claim": round(logged / info.claims),
    }  # fmt: skip
    return figures, stores


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
    with ways(server, TO_A_KIND, vectors, K, RARE) as raw:
        asked |= raw
        figures |= {name: kept(ask(), nearest) for name, ask in asked.items()}
        times = medians(in_turns(asked, 3))
    for name, took in times.items():
        figures[name]["ms"] = took
    print(json.dumps(figures), flush=True)
    return figures


def weighed(server: Server, nearest: Vectors, vectors: Vectors) -> dict[str, Any]:
    """A page's nearest claims by how many candidates the walk through the vectors' index weighs at once (hnsw.ef_search)."""
    figures: dict[str, Any] = {}
    with ways(server, WEIGHED, vectors, CANDIDATES) as asked:
        for name, ask in asked.items():
            found = ask()
            best = kept([some[:K] for some in found], nearest[:, :K])["recall"]
            figures[name] = {f"recall@{K}": best, f"recall@{CANDIDATES}": kept(found, nearest)["recall"]}
        for name, took in medians(in_turns(asked, 3)).items():
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
    parser.add_argument("--memory", nargs="+", default=[], help="maintenance_work_mem to build the vectors' index again with: 64MB 1GB")
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"sizes": []}
    if options.only != "claims":
        with tempfile.TemporaryDirectory() as folder, Server(durable=True, **SETTINGS) as server:
            results["scifact"] = scifact(Files(Path(folder)), server, options.data / "retrieval" / "scifact")
            print(json.dumps(results["scifact"]), flush=True)
            keep(results)
    if options.only != "scifact":
        with tempfile.TemporaryDirectory() as folder, Server(durable=True, **SETTINGS) as server:
            size = claims(Path(folder), server, options.data, options.cache, options.claims)
            others = [other for other in results["sizes"] if round(other["claims"], -4) != round(size["claims"], -4)]
            keep(results | {"sizes": sorted([*others, size], key=lambda one: one["claims"])})
            for memory in options.memory:
                size.setdefault("index_s", {})[memory] = round(index_seconds(server, memory), 1)
                keep(results | {"sizes": sorted([*others, size], key=lambda one: one["claims"])})


def keep(results: dict[str, Any]) -> None:
    """Write what is measured so far: as JSON, and in the guide."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    put(GUIDE, part(results), BEGIN)
    if results["sizes"]:
        put(GUIDE, postgres_arithmetic.part(results["sizes"][-1]), postgres_arithmetic.BEGIN)


if __name__ == "__main__":
    main()

"""Claims on two servers: hash partitions over postgres_fdw, beside the same claims on one server and a client that asks both.

    python -m bench.sharded --data DIR [--cache DIR] [--claims 20000]

Starts two real servers. The statement is that of a page, 100 queries at once; the vectors are those of real abstracts, moved (see
bench/scale.py). Writes bench/results/sharded.json and the part of deploy/POSTGRES.md between its marks: the SQL there is what ran here.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector

from bench.postgres_table import GUIDE
from bench.scale import Moved, abstracts, real_vectors
from bench.table import put
from bench.turns import in_turns, medians, seconds
from index.embedder import make_embedder
from index.types import Vectors
from tests.postgres.server import SUPERUSER, Server

RESULTS = Path(__file__).with_name("results") / "sharded.json"
BEGIN = "<!-- sharded: written by bench/sharded.py from bench/results/sharded.json -->"
QUERIES, K, ROUNDS = 100, 20, 7

NODE = """create extension vector;
create table claims (row bigint not null, embedding halfvec({dimensions}) not null);
alter database {database} set hnsw.ef_search = 100;"""
INDEX = "create index on claims using hnsw (embedding halfvec_cosine_ops) with (m = 16, ef_construction = 128);"
"""On each node, after it is loaded."""
FRONT = """create extension vector;
create extension postgres_fdw;
create table claims (row bigint not null, embedding halfvec({dimensions}) not null) partition by hash (row);"""
PARTITION = """create server node_{number} foreign data wrapper postgres_fdw options
  (host '127.0.0.1', port '{port}', dbname 'node', extensions 'vector', fetch_size '{k}', batch_size '1000');
create user mapping for current_user server node_{number} options (user '{user}');
create foreign table claims_{number} partition of claims for values with (modulus 2, remainder {number})
  server node_{number} options (table_name 'claims');"""
ONE = "select row from claims order by embedding <=> $1::halfvec limit 20"
PAGE = """select q.number, found.row, found.distance
from unnest($1::halfvec[]) with ordinality q(vector, number)
cross join lateral (select row, embedding <=> q.vector as distance from claims order by embedding <=> q.vector limit 20) found"""

Connection = psycopg.Connection[Any]
Found = list[tuple[int, int, float]]
"""(query, row, distance); queries are numbered from 1."""


def connected(server: Server, database: str, **form: object) -> Connection:
    """A new database, prepared by the SQL given in the form."""
    server.execute(f"create database {database}")
    connection = psycopg.connect(server.url(database=database), autocommit=True)
    for statement in str(form.pop("sql")).format(database=database, **form).split(";\n"):
        connection.execute(statement)
    connection.execute("set hnsw.ef_search = 100")
    register_vector(connection)
    return connection


def load(connection: Connection, vectors: Vectors) -> None:
    """Copy all claims into the table, which may be the coordinator's: it sends each row to its node."""
    with connection.cursor() as cursor, cursor.copy("copy claims (row, embedding) from stdin with (format binary)") as copy:
        copy.set_types(["int8", "halfvec"])
        for row, vector in enumerate(vectors):
            copy.write_row((row, HalfVector(vector)))


def ask(connection: Connection, queries: Sequence[HalfVector]) -> Found:
    """The page's statement."""
    return connection.execute(PAGE.replace("$1", "%s"), [list(queries)]).fetchall()


def ask_all(connections: Sequence[Connection], queries: Sequence[HalfVector]) -> Found:
    """The page's statement on every node at once, merged as a coordinator would."""
    with ThreadPoolExecutor(len(connections)) as pool:
        answers = list(pool.map(lambda connection: ask(connection, queries), connections))
    best: dict[int, Found] = {}
    for hit in sorted((hit for answer in answers for hit in answer), key=lambda hit: (hit[0], hit[2])):
        best.setdefault(hit[0], []).append(hit)
    return [hit for hits in best.values() for hit in hits[:K]]


def recall(found: Found, vectors: Vectors, queries: Vectors) -> float:
    """Share of the nearest rows, by float32 over all, that were found."""
    nearest = np.argsort(-(queries @ vectors.T), axis=1)[:, :K]
    return (
        len({(query - 1, row) for query, row, _ in found} & {(q, int(row)) for q, rows in enumerate(nearest) for row in rows})
        / nearest.size
    )


def plan(connection: Connection, statement: str) -> list[str]:
    """What PostgreSQL does for a statement with parameters."""
    return [line for (line,) in connection.execute(f"explain (generic_plan, verbose, costs off) {statement}")]


def cursor_plan(node: Connection, query: HalfVector) -> str:
    """What a node does with the statement that the coordinator sends it, which has no limit: it is read by a cursor."""
    statement = "select row, embedding from claims order by embedding <=> %s::halfvec"
    with node.transaction():
        return str(node.execute(f"explain (costs off) declare found cursor for {statement}", (query,)).fetchone()[0])


def measure(one: Server, two: Server, vectors: Vectors, queries: Vectors) -> dict[str, Any]:
    """Fill one database with all claims and two with a half each, and ask them in turns."""
    width = vectors.shape[1]
    single = connected(one, "everything", sql=NODE, dimensions=width)
    nodes = [connected(server, "node", sql=NODE, dimensions=width) for server in (one, two)]
    front = connected(one, "front", sql=FRONT, dimensions=width)
    for number, server in enumerate((one, two)):
        for statement in PARTITION.format(number=number, port=server.port, user=SUPERUSER, k=K).split(";\n"):
            front.execute(statement)
    results: dict[str, Any] = {"claims": len(vectors), "queries": len(queries), "k": K}
    results["load_s"] = {"one": round(seconds(lambda: load(single, vectors)), 2), "two": round(seconds(lambda: load(front, vectors)), 2)}
    results["rows_on_each"] = [node.execute("select count(*) from claims").fetchone()[0] for node in nodes]
    with ThreadPoolExecutor(2) as pool:
        results["index_s"] = {
            "one": round(seconds(lambda: single.execute(INDEX)), 2),
            "two": round(seconds(lambda: list(pool.map(lambda node: node.execute(INDEX), nodes))), 2),
        }
    asked = [HalfVector(query) for query in queries]
    results["plan_of_one_query"], results["plan_of_a_page"] = plan(front, ONE), plan(front, PAGE)
    results["plan_on_a_node"] = cursor_plan(nodes[0], asked[0])
    ways: dict[str, Callable[[], Found]] = {
        "one": lambda: ask(single, asked),
        "front": lambda: ask(front, asked),
        "client": lambda: ask_all(nodes, asked),
    }
    results["recall"] = {name: round(recall(way(), vectors, queries), 4) for name, way in ways.items()}
    results["page_ms"] = medians(in_turns(ways, ROUNDS))
    for connection in (single, front, *nodes):
        connection.close()
    return results


def part(results: dict[str, Any]) -> str:
    """The guide's part, without its marks."""
    page, recalls, index = results["page_ms"], results["recall"], results["index_s"]
    rows = {
        "one server with all of them": ("one", index["one"]),
        "the coordinator, over both nodes": ("front", index["two"]),
        "a client that asks both nodes at once": ("client", index["two"]),
    }
    table = [
        f"| {name} | {page[way]:,.0f} ms | {page[way] / page['one']:.2f} | {recalls[way]:.3f} | {built:.1f} s |"
        for name, (way, built) in rows.items()
    ]
    shown = {"dimensions": 384, "user": "sidelight_nodes", "k": results["k"]}
    on_node = f"{NODE.format(database='node', **shown)}\n-- load, then:\n{INDEX}"
    on_front = f"{FRONT.format(**shown)}\n-- for each node, here the first of two:\n{PARTITION.format(number=0, port=5432, **shown)}"
    return "\n".join([
        f"Run by `python -m bench.sharded --data DIR` on two servers of one machine: {results['claims']:,} claims, "
        f"{' and '.join(f'{n:,}' for n in results['rows_on_each'])} of them on the nodes, {results['queries']} queries in one statement, "
        f"{results['k']} claims each, m 16, ef_construction 128, ef_search 100.",
        "", "| who is asked | page | of one server's time | recall@20 | index built in |", "|---|---|---|---|---|", *table,
        "", "On each node:", "", "```sql", on_node, "```",
        "", "On the coordinator, which holds no row:", "", "```sql", on_front, "```",
        "", "What the coordinator does for one query; each node sorts by its own HNSW index, and the coordinator merges:",
        "", "```", *results["plan_of_one_query"], "```",
    ])  # fmt: skip


def main() -> None:
    """Start two servers, measure, write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus/pmc_rct.jsonl.gz")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sidelight-bench", help="keeps the embedded abstracts")
    parser.add_argument("--claims", type=int, default=20_000)
    options = parser.parse_args()
    moved = Moved(real_vectors(abstracts(options.data), make_embedder(), options.cache))
    vectors = moved.embed([f"claim {number}" for number in range(options.claims)])
    queries = moved.embed([f"query {number}" for number in range(QUERIES)])
    settings = {"shared_buffers": "512MB", "maintenance_work_mem": "512MB"}
    with Server(durable=True, **settings) as one, Server(durable=True, **settings) as two:
        results = measure(one, two, vectors, queries)
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    put(GUIDE, part(results), BEGIN)


if __name__ == "__main__":
    main()

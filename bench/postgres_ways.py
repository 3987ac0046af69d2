"""The nearest claims by SQL of one's own: by each way that PostgreSQL has to a rare kind, and with each number of candidates weighed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector
from psycopg import sql

from index.store.postgres.connections import CANDIDATES_WEIGHED
from index.types import Vectors
from tests.postgres.server import Server

PAGE = """select q.number, 1 - found.distance
from unnest(%s::halfvec[]) with ordinality q(vector, number)
cross join lateral (select embedding <=> q.vector as distance from {} {} order by embedding <=> q.vector limit %s) found
order by 1, 2 desc"""
WALKING = {"enable_seqscan": "off", "enable_bitmapscan": "off", "hnsw.ef_search": str(CANDIDATES_WEIGHED)}
TO_A_KIND: Mapping[str, Mapping[str, str]] = {
    "sorting": {"enable_indexscan": "off"},
    "walking": {**WALKING, "hnsw.iterative_scan": "relaxed_order"},
    "walking once": {**WALKING, "hnsw.iterative_scan": "off"},
}
"""Settings that leave the planner one way; `walking once` is what pgvector does unless told otherwise."""
WEIGHED: Mapping[str, Mapping[str, str]] = {
    number: {**WALKING, "hnsw.iterative_scan": "relaxed_order", "hnsw.ef_search": number} for number in ("100", "200", "400", "800")
}
"""Settings by how many candidates a walk weighs at once: what is paid for recall."""

Found = Sequence[Vectors]
"""For each query the cosines of what was found, best first."""


@contextmanager
def ways(
    server: Server, settings: Mapping[str, Mapping[str, str]], vectors: Vectors, limit: int, kind: str | None = None
) -> Iterator[dict[str, Callable[[], Found]]]:
    """Each way, ready to be asked for the `limit` nearest claims, of a kind or of any, while the block lasts."""
    queries = [HalfVector(vector) for vector in vectors]
    ((table,),) = server.execute("select relname from pg_class where relname like 'claims\\_%' and relkind = 'r'")
    where = sql.SQL("where kinds && {}").format(sql.Literal([kind])) if kind else sql.SQL("")
    page = sql.SQL(PAGE).format(sql.Identifier("sidelight", table), where)
    with ExitStack() as stack:
        asked = {}
        for name, some in settings.items():
            connection = stack.enter_context(psycopg.connect(server.url(), autocommit=True))
            register_vector(connection)
            for setting, value in some.items():
                connection.execute(f"set {setting} = {value}")
            asked[name] = lambda connection=connection: by_query(connection.execute(page, (queries, limit)).fetchall(), len(queries))
        yield asked


def by_query(found: Sequence[tuple[Any, ...]], queries: int) -> Found:
    """(query from 1, cosine) as an array for each query."""
    numbers, cosines = np.array([row[0] for row in found]), np.array([row[1] for row in found], np.float32)
    return [cosines[numbers == query + 1] for query in range(queries)]


def kept(found: Found, nearest: Vectors, tolerance: float = 1e-4) -> dict[str, float]:
    """How many claims a query is given, at least and in the mean, and the share of the nearest among them.

    `nearest` has their true cosines, best first. What the database says of stored halves is off by less than the tolerance.
    """
    right = sum(int(np.sum(some >= best[-1] - tolerance)) for some, best in zip(found, nearest, strict=True))
    rows = [len(some) for some in found]
    return {"rows_least": min(rows), "rows_mean": round(float(np.mean(rows)), 2), "recall": round(right / nearest.size, 4)}

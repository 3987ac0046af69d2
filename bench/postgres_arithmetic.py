"""What a million, a hundred million and a billion claims would take on PostgreSQL, reckoned from what was measured: for its guide."""

from math import ceil
from typing import Any

BEGIN = "<!-- arithmetic: written by bench/postgres.py from bench/results/postgres.json -->"
SIZES = (1_000_000, 100_000_000, 1_000_000_000)
SERVER_GB = 48
"""Of a server with 64 GB, what the vectors' index may take."""
EMBEDDED_PER_SECOND = 164
"""Claims on two cores: 43,830 of 3,717 abstracts in 267 s (bench/results/speed.json, "rebuild")."""
QUANTISED_BYTES = 330
"""A claim in an HNSW index over one bit for each dimension: 33 MB were measured over 100,000, with a recall@20 of 0.93."""
REBUILT_BYTES = 8_400
"""Memory of a rebuild for each claim: what its process took more for 18,672 claims (170 MB) than for 4,767 (59 MB), no part new."""
DAY = 86_400


def part(size: dict[str, Any]) -> str:
    """The guide's part, without its marks; from the largest size that was measured."""
    whole, vectors = size["disk_bytes_per_claim"]["postgres"], size["tables_bytes_per_claim"]["of claims the vectors' index"]
    written = size["write_s"]["postgres"] / size["claims"]
    page = size["page"]["dense_ms"]["postgres"] / 1000
    servers = {claims: ceil(claims * vectors / 1e9 / SERVER_GB) for claims in SIZES}
    rows: list[tuple[str, list[str]]] = [
        (f"one generation on disk ({whole:,} bytes a claim)", [_bytes(n * whole) for n in SIZES]),
        ("… with the one before and one being written", [_bytes(3 * n * whole) for n in SIZES]),
        (f"of it the vectors' index, to be kept in memory ({vectors:,} bytes a claim)", [_bytes(n * vectors) for n in SIZES]),
        (f"servers of 64 GB for that, {SERVER_GB} GB of each", [f"{servers[n]:,}" for n in SIZES]),
        ("… with one bit for each dimension instead, and recall 0.93", [f"{ceil(n * QUANTISED_BYTES / 1e9 / SERVER_GB):,}" for n in SIZES]),
        ("writing a generation, all servers at once", [_time(n * written / servers[n]) for n in SIZES]),
        (f"memory of the process that rebuilds ({REBUILT_BYTES:,} bytes a claim)", [_bytes(n * REBUILT_BYTES) for n in SIZES]),
        ("embedding everything once, on two cores", [_time(n / EMBEDDED_PER_SECOND) for n in SIZES]),
        ("processor time of all servers for the vectors of one page", [f"{page * servers[n]:,.1f} s" for n in SIZES]),
        (
            "the same index in the memory of one Sidelight over a file",
            [_bytes(n * size["memory_bytes_per_claim"]["sqlite"]) for n in SIZES],
        ),
    ]
    said = (
        f"Bytes a claim, seconds of writing and of a page are measured over {size['claims']:,} claims (above), embedding over 43,830; "
        "all in this table is reckoned from them in proportion, and the last two columns were not tried. In truth building grows a little "
        "faster than the number of claims, and a search slower: a graph of a hundred times as many claims takes about twice the steps."
    )
    head = ["| claims | 1 million | 100 million | 1 billion |", "|---|---|---|---|"]
    return "\n".join([said, "", *head, *(f"| {name} | {' | '.join(values)} |" for name, values in rows)])


def _bytes(number: float) -> str:
    return f"{number / 1e12:,.1f} TB" if number >= 1e12 else f"{number / 1e9:,.1f} GB"


def _time(seconds: float) -> str:
    if seconds >= 2 * DAY:
        return f"{seconds / DAY:,.0f} days"
    return f"{seconds / 3600:,.1f} h" if seconds >= 7200 else f"{seconds / 60:,.0f} min"

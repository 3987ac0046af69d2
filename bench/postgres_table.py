"""The figures of bench/results/postgres.json as deploy/POSTGRES.md shows them."""

from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "postgres.json"
GUIDE = ROOT / "deploy" / "POSTGRES.md"
BEGIN = "<!-- figures: written by bench/postgres.py from bench/results/postgres.json -->"
STORES = ("sqlite", "postgres")
PARTS = {
    "a page of 100 sentences, search, ms (p95)": "search_ms",
    "… of it the 100 nearest of each": "dense_ms",
    "… and the 100 best by words": "lexical_ms",
}
TAKES = {
    "writing a generation, s": "write_s",
    "opening it, s": "open_s",
    "on disk, bytes a claim": "disk_bytes_per_claim",
    "memory of a service for it, bytes a claim": "memory_bytes_per_claim",
}
WAYS = {
    "sqlite": "SQLite's store, exact",
    "postgres": "the database's store",
    "sorting": "SQL: all claims of the kind, sorted",
    "walking": "SQL: the vectors' index, `iterative_scan = relaxed_order`",
    "walking once": "SQL: the vectors' index, `iterative_scan = off`",
}


def part(results: dict[str, Any]) -> str:
    """The guide's part, without its marks."""
    lines = [ranking(results["scifact"]), ""] if "scifact" in results else []
    for size in results["sizes"]:
        lines += [*cost(size), "", *kinds(size["filter"], size["claims"]), ""]
    return "\n".join(lines).rstrip()


def ranking(found: dict[str, Any]) -> str:
    """What SciFact says."""
    queries, one, two, three = found["sqlite"]["queries"], found["sqlite"], found["postgres"], found["walking"]
    return (
        f"SciFact ({found['claims']:,} claims, {queries} queries): nDCG@10 {one['ndcg@10']:.4f} in SQLite and {two['ndcg@10']:.4f} in "
        f"PostgreSQL, with {two['same_but_for_ties']} of {queries} rankings equal but for ties; {three['ndcg@10']:.4f} and "
        f"{three['same_but_for_ties']} where the planner is kept to the vectors' index, which it may leave alone over so few claims."
    )


def cost(size: dict[str, Any]) -> list[str]:
    """Both stores side by side over one corpus."""
    page = size["page"]
    lines = [f"| {size['claims']:,} claims | SQLite | PostgreSQL | ratio |", "|---|---|---|---|"]
    for name, key in PARTS.items():
        times = page[key]
        shown = [f"{times[store]:,.0f} ({times[f'{store}_p95']:,.0f})" for store in STORES]
        lines.append(_row(name, *shown, times["postgres"] / times["sqlite"]))
    lines += [_row(f"recall@{limit} against exact", *(f"{page[f'recall@{limit}'][store]:.4f}" for store in STORES)) for limit in (20, 100)]
    for name, key in TAKES.items():
        one, two = (size[key][store] for store in STORES)
        lines.append(_row(name, f"{one:,}", f"{two:,}", two / one if one else None))
    return [*lines, "", *database(size), "", *weighing(size["weighed"])]


def database(size: dict[str, Any]) -> list[str]:
    """What it takes in the database, by table."""
    tables = ", ".join(f"{name} {number:,}" for name, number in size["tables_bytes_per_claim"].items() if number > 20)
    built = ", ".join(f"{took:,} s with {memory}" for memory, took in size.get("index_s", {}).items())
    said = (
        f"Bytes a claim in the database, each table with its indexes: {tables}. The rebuild wrote {size['log_bytes_per_claim']:,} bytes a "
        "claim of write-ahead log, which is what each replica is sent."
    )
    return [said + (f" The vectors' index alone, by `maintenance_work_mem`: {built}." if built else "")]


def weighing(found: dict[str, Any]) -> list[str]:
    """What more candidates cost and give."""
    lines = ["| candidates weighed (`hnsw.ef_search`) | recall@20 | recall@100 | ms for 100 queries |", "|---|---|---|---|"]
    return [*lines, *(f"| {n} | {one['recall@20']:.4f} | {one['recall@100']:.4f} | {one['ms']:,.0f} |" for n, one in found.items())]


def _row(name: str, one: str, two: str, ratio: float | None = None) -> str:
    return f"| {name} | {one} | {two} | {'' if ratio is None else f'{ratio:.2g}'} |"


def kinds(found: dict[str, Any], claims: int) -> list[str]:
    """The filter on a rare kind, by each way."""
    lines = [
        f"Of the {claims:,} claims {found['claims']:,} ({found['share']:.1%}) are of one kind; asked for the {found['k']} nearest of it:",
        "", "| way | rows, least and mean | recall | ms for 100 queries |", "|---|---|---|---|",
    ]  # fmt: skip
    for key, name in WAYS.items():
        way = found[key]
        lines.append(f"| {name} | {way['rows_least']} / {way['rows_mean']} | {way['recall']:.3f} | {way['ms']:,.0f} |")
    return lines

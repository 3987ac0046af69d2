"""The figures of bench/results/postgres.json as deploy/POSTGRES.md shows them."""

from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "postgres.json"
GUIDE = ROOT / "deploy" / "POSTGRES.md"
BEGIN = "<!-- figures: written by bench/postgres.py from bench/results/postgres.json -->"
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
    both = " and ".join(f"{found[name]['ndcg@10']:.4f} in {label}" for name, label in (("sqlite", "SQLite"), ("postgres", "PostgreSQL")))
    queries = found["sqlite"]["queries"]
    return (
        f"SciFact ({found['claims']:,} claims, {queries} queries): nDCG@10 {both}; {found['same_but_for_ties']} of {queries} rankings are "
        f"equal but for ties, {found['same_order']} to the last place."
    )


def cost(size: dict[str, Any]) -> list[str]:
    """Both stores side by side over one corpus."""
    page, disk = size["page"], size["disk_bytes_per_claim"]
    rows = [(f"page of {page['queries']} sentences, search", "search_ms"), ("… nearest 100 of each", "dense_ms"), ("… lexical 100 of each", "lexical_ms")]
    lines = [f"| {size['claims']:,} claims | SQLite | PostgreSQL | ratio |", "|---|---|---|---|"]
    for name, key in rows:
        one, two = page[key]["sqlite"], page[key]["postgres"]
        lines.append(f"| {name}, ms (p95) | {one:,.0f} ({page[key]['sqlite_p95']:,.0f}) | {two:,.0f} ({page[key]['postgres_p95']:,.0f}) | {two / one:.1f} |")
    for limit in (20, 100):
        found = page[f"recall@{limit}"]
        lines.append(f"| recall@{limit} against exact | {found['sqlite']:.4f} | {found['postgres']:.4f} | |")
    for name, key in (("memory of a service, bytes a claim", "memory_bytes_per_claim"), ("opening, s", "open_s"), ("writing a generation, s", "write_s")):
        one, two = size[key]["sqlite"], size[key]["postgres"]
        lines.append(f"| {name} | {one:,} | {two:,} | {two / one:.2f} |")
    one, two = disk["sqlite"]["file"], disk["postgres"]["all"]
    lines.append(f"| on disk, bytes a claim | {one:,} | {two:,} | {two / one:.2f} |")
    return lines


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

"""Retrieval measured on a folder in BEIR form: corpus.jsonl, queries.jsonl (plain or gzipped), qrels/test.tsv."""

import csv
import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.context import claim_texts, claim_vectors
from index.search import search
from index.store.snapshot import Snapshot
from index.types import Claim, ClaimStore, Embedder, Evidence, IndexInfo, Query, Sentence, Source, Span

DEPTH = 10


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The lines of `name`.jsonl or `name`.jsonl.gz. Raises ValueError when there is neither."""
    for path, opener in ((folder / f"{name}.jsonl", open), (folder / f"{name}.jsonl.gz", gzip.open)):
        if path.exists():
            with opener(path, "rt", encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines)
            return
    raise ValueError(f"{folder} has no {name}.jsonl: give --beir a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv")


def read_judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Query id -> document id -> grade, from qrels/test.tsv."""
    judged: dict[str, dict[str, int]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            judged.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return judged


def snapshot(folder: Path, embedder: Embedder) -> Snapshot:
    """The corpus as an index in memory: a document is one claim under its title."""
    source = Source("corpus", "", "other", "a benchmark's corpus", folder.name, "corpus.jsonl", "en")
    claims = []
    for row in rows(folder, "corpus"):
        text = f"{row['title']}. {row['text']}" if row.get("title") else row["text"]
        claims.append(Claim(str(row["_id"]), source.id, Sentence(Span(0, len(text), text))))
    vectors = claim_vectors(embedder, [claim_texts(claim, "") for claim in claims])
    info = IndexInfo("", embedder.name, "", vectors.shape[1], 1, len(claims), "")
    return Snapshot.of(info, {source.id: source}, claims, vectors)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """nDCG at `depth`, in 0..1 (Järvelin and Kekäläinen 2002, with gain = grade, as BEIR's trec_eval does)."""
    gained = sum(grades.get(name, 0) / math.log2(place + 2) for place, name in enumerate(ranked[:depth]))
    ideal = sum(grade / math.log2(place + 2) for place, grade in enumerate(sorted(grades.values(), reverse=True)[:depth]))
    return gained / ideal if ideal else 0.0


def ranked(store: ClaimStore, folder: Path, embedder: Embedder) -> dict[str, list[Evidence]]:
    """What hybrid search over a store of the folder's corpus finds for each of its test queries, best first."""
    texts = {str(row["_id"]): row["text"] for row in rows(folder, "queries")}
    asked = list(read_judgements(folder))
    return dict(zip(asked, search(store, embedder, [Query(texts[query]) for query in asked], DEPTH), strict=True))


def figures(folder: Path, found: Mapping[str, Sequence[Evidence]]) -> dict[str, Any]:
    """nDCG@10 and recall@10 of what was found for the folder's test queries."""
    names = {query: [evidence.claim.id for evidence in hits] for query, hits in found.items()}
    judged = read_judgements(folder)
    gains = [ndcg(names[query], grades) for query, grades in judged.items()]
    recall = [sum(name in names[query] for name in grades) / len(grades) for query, grades in judged.items()]
    return {"ndcg@10": round(sum(gains) / len(gains), 4), "recall@10": round(sum(recall) / len(recall), 4), "queries": len(judged)}


def measure(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """nDCG@10 and recall@10 of hybrid search over the folder's test queries."""
    return figures(folder, ranked(snapshot(folder, embedder), folder, embedder))

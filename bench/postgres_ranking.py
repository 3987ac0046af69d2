"""SciFact's corpus in the folder's store and in the database's: how good is each, and do they rank alike."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from api import beir
from bench.postgres_server import published
from index.context import RECIPE, lexical_texts
from index.embedder import make_embedder
from index.store.bm25 import Bm25
from index.store.contents import Contents, Part, collapsed, fingerprint, packed
from index.store.home import Home
from index.store.snapshot import Snapshot
from index.store.words import counted
from index.types import Document

SAME_SCORE = 1e-5
"""Fused scores that differ by less are ties: the two stores add the same numbers in another order."""


def scifact(homes: Mapping[str, Home], folder: Path) -> dict[str, Any]:
    """nDCG@10 of each store over the corpus of a BEIR folder, and whether they rank alike."""
    embedder = make_embedder()
    contents = as_contents(beir.snapshot(folder, embedder))
    found = {}
    for name, home in homes.items():
        published(home, contents, [Document(source, "", contents.hashes[key]) for key, source in contents.sources.items()])
        found[name] = beir.ranked(home.open(embedder.name), folder, embedder)
    figures: dict[str, Any] = {name: beir.figures(folder, hits) for name, hits in found.items()}
    mine, theirs = found.values()
    figures["claims"] = contents.info.claims
    figures["same_order"] = sum([e.claim.id for e in mine[query]] == [e.claim.id for e in theirs[query]] for query in mine)
    figures["same_but_for_ties"] = sum(
        len(mine[query]) == len(theirs[query])
        and all(abs(a.score - b.score) < SAME_SCORE for a, b in zip(mine[query], theirs[query], strict=True))
        for query in mine
    )
    return figures


def as_contents(corpus: Snapshot) -> Contents:
    """A corpus in memory, as a rebuild would hand it to any store: one source, each claim a row of its own."""
    claims = corpus.claims
    rows = np.arange(len(claims))
    (source,) = corpus.sources.values()
    (words,) = counted([[lexical_texts(claim, source.title) for claim in claims]])
    vectors = corpus.vectors(rows).astype(np.float16)
    parts = {source.id: Part("corpus", len(claims), {}, packed(claims), rows.tobytes(), vectors.tobytes(), words)}
    hashes = {source.id: "corpus"}
    name = fingerprint(corpus.info.model, RECIPE, corpus.sources, hashes, parts)
    info = replace(corpus.info, rules=RECIPE, fingerprint=name, built_at="2026-01-01T00:00:00Z")
    return Contents(info, corpus.sources, hashes, parts, Bm25.of([words], collapsed(list(parts.values())).named()))

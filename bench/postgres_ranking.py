"""SciFact's corpus in the folder's store and in the database's: how good is each, and do they rank alike."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from api import beir
from bench.postgres_server import prepared, published
from index.__main__ import home_of
from index.context import RECIPE, lexical_texts
from index.embedder import make_embedder
from index.store.bm25 import Bm25
from index.store.contents import Contents, Part, collapsed, fingerprint, packed
from index.store.home import Home
from index.store.snapshot import Snapshot
from index.store.words import counted
from index.types import Document, Evidence
from tests.postgres.server import Server

SAME_SCORE = 1e-5
"""Fused scores that differ by less are ties: the two stores add the same numbers in another order."""


def scifact(files: Home, server: Server, folder: Path) -> dict[str, Any]:
    """nDCG@10 of each store over the corpus of a BEIR folder, and how many queries they rank as the folder's store does.

    `walking` is the database's with the planner kept to the vectors' index; left alone it may compare all claims of so small a corpus.
    """
    embedder, database = make_embedder(), prepared(server)
    contents = as_contents(beir.snapshot(folder, embedder))
    for home in (files, database):
        published(home, contents, [Document(source, "", contents.hashes[key]) for key, source in contents.sources.items()])
    walking = home_of(Path(), f"{server.url()}?options=-c%20enable_seqscan%3Doff")
    found = {
        name: beir.ranked(home.open(embedder.name), folder, embedder)
        for name, home in (("sqlite", files), ("postgres", database), ("walking", walking))
    }
    return {"claims": contents.info.claims} | {
        name: beir.figures(folder, hits)
        | {"same_order": same_order(hits, found["sqlite"]), "same_but_for_ties": same(hits, found["sqlite"])}
        for name, hits in found.items()
    }


Ranked = Mapping[str, Sequence[Evidence]]


def same_order(one: Ranked, other: Ranked) -> int:
    """Queries for which both name the same claims in the same order."""
    return sum([hit.claim.id for hit in one[query]] == [hit.claim.id for hit in other[query]] for query in one)


def same(one: Ranked, other: Ranked) -> int:
    """Queries for which both have the same score in each place: claims may change places where scores are equal, and not otherwise."""
    scores = [[[hit.score for hit in ranked[query]] for query in one] for ranked in (one, other)]
    return sum(len(a) == len(b) and bool(np.allclose(a, b, rtol=0, atol=SAME_SCORE)) for a, b in zip(*scores, strict=True))


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

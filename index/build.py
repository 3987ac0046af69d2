"""Documents -> claims -> vectors -> a new generation, verified and published. A rebuild that fails or dies leaves the old one."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from index.context import RECIPE
from index.errors import BadSeed
from index.parts import make_parts
from index.report import Report, SourceReport
from index.store.bm25 import Bm25
from index.store.contents import Collapsed, Contents, Part, collapsed, fingerprint
from index.store.home import Home
from index.types import Document, Embedder, IndexInfo, Progress, silent


def build(documents: Sequence[Document], embedder: Embedder, home: Home, progress: Progress = silent) -> Report:
    """Index the documents, beside those of others, and publish it. IndexBusy while another rebuild runs; IndexMismatch if it is unsound.

    Where the published index says the same already, it stays.
    """
    began = time.monotonic()
    with home.writing(progress) as writer:
        documents = _ordered([*documents, *_of_others(documents, writer.others())])
        before = writer.before(embedder.name)
        made = make_parts(documents, embedder, before, progress)
        name = _fingerprint(documents, embedder.name, made.parts)
        rows = collapsed(list(made.parts.values()))
        changed = before is None or before.info.fingerprint != name
        if before is None or changed:
            contents = _contents(documents, embedder, name, made.parts, rows)
            path, info = writer.publish(contents, documents), contents.info
        else:
            path, info = writer.keep(), before.info
    sources = _told(documents, list(made.parts.values()), rows)
    return Report(info, path, sources, made.embedded, made.reused, time.monotonic() - began, changed)


def _of_others(documents: Sequence[Document], others: Mapping[str, Sequence[Document]]) -> Iterator[Document]:
    mine = {document.source.id for document in documents}
    for collection, theirs in others.items():
        for document in theirs:
            if document.source.id in mine:
                raise BadSeed(
                    f"The source {document.source.id!r} is in the collection {collection!r} of this index too: give it another id, take it "
                    "out of one of the two, or name that collection with --collection to replace it"
                )
            yield document


def _ordered(documents: Sequence[Document]) -> list[Document]:
    """By source id, so that the order in which they were found changes nothing."""
    for source_id, times in Counter(document.source.id for document in documents).items():
        if times > 1:
            raise BadSeed(f"The source {source_id!r} is there more than once: give each document a source of its own")
    return sorted(documents, key=lambda document: document.source.id)


def _told(documents: Sequence[Document], parts: Sequence[Part], rows: Collapsed) -> tuple[SourceReport, ...]:
    shared = iter((np.bincount(rows.row)[rows.row] > 1).tolist())
    return tuple(
        SourceReport(
            document.source.id, document.source.file, document.source.kind,
            part.sentences, part.size, part.left_out, sum(islice(shared, part.size)),
        )
        for document, part in zip(documents, parts, strict=True)
    )  # fmt: skip


def _fingerprint(documents: Sequence[Document], model: str, parts: Mapping[str, Part]) -> str:
    sources = {document.source.id: document.source for document in documents}
    return fingerprint(model, RECIPE, sources, {document.source.id: document.sha256 for document in documents}, parts)


def _contents(documents: Sequence[Document], embedder: Embedder, name: str, parts: Mapping[str, Part], rows: Collapsed) -> Contents:
    claims = len(rows.first)
    dimensions = next((len(part.vectors) // part.size // 2 for part in parts.values() if part.size), 0)
    info = IndexInfo(
        name,
        embedder.name,
        RECIPE,
        dimensions or embedder.embed(["dimensions"]).shape[1],
        len(parts),
        claims,
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    sources = {document.source.id: document.source for document in documents}
    hashes = {document.source.id: document.sha256 for document in documents}
    return Contents(info, sources, hashes, parts, Bm25.of([part.words for part in parts.values()], rows.named()))

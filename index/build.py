"""Documents -> claims -> vectors -> a new generation, verified and published. A rebuild that fails or dies leaves the old one."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from index.context import RECIPE
from index.errors import BadSeed, IndexUnwritable
from index.parts import make_parts
from index.report import Report, SourceReport
from index.store import generations, proof, sqlite
from index.store.bm25 import Bm25
from index.store.contents import Collapsed, Contents, Part, collapsed, fingerprint
from index.types import Document, Embedder, IndexInfo, Progress, silent


def build(documents: Sequence[Document], embedder: Embedder, folder: Path, progress: Progress = silent) -> Report:
    """Index the documents in `folder` and publish it. IndexBusy while another rebuild runs; IndexMismatch if it proves unsound.

    Where the published index says the same already, it stays.
    """
    began = time.monotonic()
    documents = _ordered(documents)
    with generations.lock(folder):
        before = sqlite.published_contents(folder, embedder.name)
        made = make_parts(documents, embedder, before, progress)
        name = _fingerprint(documents, embedder.name, made.parts)
        rows = collapsed(list(made.parts.values()))
        changed = before is None or before.info.fingerprint != name
        if before is None or changed:
            contents = _contents(documents, embedder, name, made.parts, rows)
            path, info = _publish(folder, contents), contents.info
        else:
            generations.clear(folder)
            path, info = folder / generations.current(folder).file, before.info
    sources = _told(documents, list(made.parts.values()), rows)
    return Report(info, str(path), sources, made.embedded, made.reused, time.monotonic() - began, changed)


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


def _publish(folder: Path, contents: Contents) -> Path:
    """Write, prove and publish. What a failure leaves behind is cleared at once, to give a full disk its room back."""
    part = generations.part(folder)
    try:
        sqlite.write(part, contents)
        proof.verify(part)
        return generations.publish(part)
    except OSError as error:
        raise IndexUnwritable(
            f"The new index {part} cannot be written ({error.strerror}): make room there, or give --index another folder"
        ) from error
    finally:
        generations.clear(folder)

"""Documents -> claims -> vectors -> a new generation, verified and published. A rebuild that fails or dies leaves the old one."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index.claims import claims, left_out
from index.context import RECIPE, claim_texts, claim_vectors
from index.errors import IndexUnwritable
from index.report import Report, SourceReport
from index.sentences import split
from index.store import generations, proof, sqlite
from index.store.contents import Contents, fingerprint
from index.types import Claim, Document, Embedder, IndexInfo, Progress, Sentence, Vectors, silent

EMBEDDED_AT_ONCE = 512
"""Claims for each call of the embedder: enough to sort by length, few enough to show progress."""


def build(documents: Sequence[Document], embedder: Embedder, folder: Path, progress: Progress = silent) -> Report:
    """Index the documents in `folder` and publish it. IndexBusy while another rebuild runs; IndexMismatch if it proves unsound."""
    began = time.monotonic()
    with generations.lock(folder):
        read = [_read(document) for document in documents]
        found = [claim for _, of_document in read for claim in of_document]
        texts = _texts(documents, found)
        keys = [_key(pair) for pair in texts]
        known = sqlite.stored_vectors(folder, embedder.name)
        vectors = _vectors(embedder, texts, keys, known, progress)
        info = _info(documents, found, embedder.name, vectors.shape[1])
        path = _publish(folder, Contents(info, documents, found, keys, vectors))
    reused = sum(key in known for key in keys)
    return Report(info, str(path), tuple(report for report, _ in read), len(found) - reused, reused, time.monotonic() - began)


def _read(document: Document) -> tuple[SourceReport, list[Claim]]:
    sentences = split(document.text)
    kept = [_claim(document, sentence) for sentence in claims(sentences)]
    reasons = {str(reason): count for reason, count in sorted(left_out(sentences).items(), key=lambda item: (-item[1], item[0]))}
    source = document.source
    return SourceReport(source.id, source.file, source.kind, len(sentences), len(kept), reasons), kept


def _claim(document: Document, sentence: Sentence) -> Claim:
    span = sentence.span
    return Claim(f"{document.source.id}-{span.start}-{hashlib.sha256(span.text.encode()).hexdigest()[:8]}", document.source.id, sentence)


def _texts(documents: Sequence[Document], found: Sequence[Claim]) -> list[tuple[str, str]]:
    titles = {document.source.id: document.source.title for document in documents}
    return [claim_texts(claim, titles[claim.source_id]) for claim in found]


def _key(texts: tuple[str, str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _vectors(
    embedder: Embedder, texts: Sequence[tuple[str, str]], keys: Sequence[str], known: Mapping[str, bytes], progress: Progress
) -> Vectors:
    """One row for each claim, made anew only where the published index has none for the same texts."""
    fresh = {key: pair for key, pair in zip(keys, texts, strict=True) if key not in known}
    made = {key: np.frombuffer(known[key], dtype=np.float16).astype(np.float32) for key in keys if key in known}
    order = list(fresh)
    for start in range(0, len(order), EMBEDDED_AT_ONCE):
        chunk = order[start : start + EMBEDDED_AT_ONCE]
        made.update(zip(chunk, claim_vectors(embedder, [fresh[key] for key in chunk]), strict=True))
        progress("claims embedded", start + len(chunk), len(order))
    return np.stack([made[key] for key in keys]) if keys else np.empty((0, embedder.embed(["dimensions"]).shape[1]), dtype=np.float32)


def _info(documents: Sequence[Document], found: Sequence[Claim], model: str, dimensions: int) -> IndexInfo:
    sources = {document.source.id: document.source for document in documents}
    hashes = {document.source.id: document.sha256 for document in documents}
    name = fingerprint(model, RECIPE, sources, hashes, found)
    return IndexInfo(name, model, RECIPE, dimensions, len(sources), len(found), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


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

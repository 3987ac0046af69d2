"""Documents -> parts: what each gives the index. What the published index has for an unchanged one is taken over."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.claims import why_left_out
from index.context import RECIPE, claim_texts, claim_vectors, lexical_texts
from index.sentences import split
from index.store.contents import Contents, Part, packed, unpacked
from index.store.words import counted
from index.twins import twin_key
from index.types import Claim, Document, Embedder, Progress, Sentence

EMBEDDED_AT_ONCE = 512
"""Claims for each call of the embedder: enough to sort by length, few enough to show progress."""
COUNTED_AT_ONCE = 1024
"""Documents whose words are cut at once: few enough for memory not to matter."""

Texts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """Parts by source id, in the order of the documents; how many claims had to be embedded, how many did not."""

    parts: Mapping[str, Part]
    embedded: int
    reused: int


@dataclass(frozen=True, slots=True)
class _Read:
    """A document that has to be read anew."""

    document: Document
    sentences: int
    left_out: Mapping[str, int]
    claims: Sequence[Claim]

    def texts(self) -> list[Texts]:
        return [claim_texts(claim, self.document.source.title) for claim in self.claims]


def make_parts(documents: Sequence[Document], embedder: Embedder, before: Contents | None, progress: Progress) -> Made:
    """The parts of all documents; only what `before`, the published index, does not have is made."""
    old = {part.key: part for part in before.parts.values()} if before else {}
    keys = [part_key(document) for document in documents]
    new = [_read(document) for document, key in zip(documents, keys, strict=True) if key not in old]
    known = _known(before, set(keys)) if new else {}
    fresh = [pair for pair in dict.fromkeys(pair for one in new for pair in one.texts()) if pair not in known]
    vectors = known | _embedded(embedder, fresh, progress)
    made = iter(_parts(new, vectors))
    parts = {document.source.id: old[key] if key in old else next(made) for document, key in zip(documents, keys, strict=True)}
    return Made(parts, len(fresh), sum(part.size for part in parts.values()) - len(fresh))


def part_key(document: Document) -> str:
    """Names all that a part is made from: the rules, the text, and what its claims take from the record."""
    source = document.source
    return hashlib.sha256(json.dumps([RECIPE, source.id, source.title, document.text]).encode()).hexdigest()


def _read(document: Document) -> _Read:
    sentences = split(document.text)
    reasons = [why_left_out(sentence) for sentence in sentences]
    counts = Counter(str(reason) for reason in reasons if reason is not None)
    left_out = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    claims = [_claim(document, sentence) for sentence, reason in zip(sentences, reasons, strict=True) if reason is None]
    return _Read(document, len(sentences), left_out, claims)


def _claim(document: Document, sentence: Sentence) -> Claim:
    span = sentence.span
    return Claim(f"{document.source.id}-{span.start}-{hashlib.sha256(span.text.encode()).hexdigest()[:8]}", document.source.id, sentence)


def _known(before: Contents | None, kept: set[str]) -> dict[Texts, bytes]:
    """Vectors of parts that are not taken over whole: an edited document still has most of its claims, a renamed one all."""
    known: dict[Texts, bytes] = {}
    if before is None:
        return known
    for source_id, part in before.parts.items():
        if part.key not in kept and part.size:
            title, wide = before.sources[source_id].title, len(part.vectors) // part.size
            for place, claim in enumerate(unpacked(source_id, part.claims)):
                known[claim_texts(claim, title)] = part.vectors[place * wide : (place + 1) * wide]
    return known


def _embedded(embedder: Embedder, texts: Sequence[Texts], progress: Progress) -> dict[Texts, bytes]:
    """A vector in half precision for each: rounded here, once, so that one made today and one taken over are the same."""
    made: dict[Texts, bytes] = {}
    for start in range(0, len(texts), EMBEDDED_AT_ONCE):
        chunk = texts[start : start + EMBEDDED_AT_ONCE]
        rows = claim_vectors(embedder, chunk).astype(np.float16)
        made.update(zip(chunk, (row.tobytes() for row in rows), strict=True))
        progress("claims embedded", start + len(chunk), len(texts))
    return made


def _parts(new: Sequence[_Read], vectors: Mapping[Texts, bytes]) -> list[Part]:
    parts: list[Part] = []
    for start in range(0, len(new), COUNTED_AT_ONCE):
        chunk = new[start : start + COUNTED_AT_ONCE]
        words = counted([[lexical_texts(claim, one.document.source.title) for claim in one.claims] for one in chunk])
        for one, found in zip(chunk, words, strict=True):
            title = one.document.source.title
            twins = np.array([twin_key(claim, title) for claim in one.claims], dtype=np.int64).tobytes()
            rows = b"".join(vectors[pair] for pair in one.texts())
            parts.append(Part(part_key(one.document), one.sentences, one.left_out, packed(one.claims), twins, rows, found))
    return parts

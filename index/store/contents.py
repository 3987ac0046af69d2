"""What a generation holds, whichever engine keeps it, and the fingerprint that names it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from index.types import Claim, Document, IndexInfo, Source, Vectors


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything to be written: row i of `vectors` and `keys` is about claim i; a key names what its vector was made from."""

    info: IndexInfo
    documents: Sequence[Document]
    claims: Sequence[Claim]
    keys: Sequence[str]
    vectors: Vectors


def fingerprint(model: str, rules: str, sources: Mapping[str, Source], hashes: Mapping[str, str], claims: Sequence[Claim]) -> str:
    """A short name for what an index says: the same for the same seeds, model and rules, however and wherever it was built.

    Vectors are left out, because two machines differ in their last bits; time and generation are left out too.
    """
    digest = hashlib.sha256()
    parts: list[object] = [
        model,
        rules,
        *([asdict(sources[key]), hashes[key]] for key in sorted(sources)),
        *(asdict(claim) for claim in claims),
    ]
    for part in parts:
        digest.update(json.dumps(part, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()[:16]

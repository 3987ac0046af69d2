"""Labelled pairs for training and measuring stance: reading, capping, splitting."""

import gzip
import json
import random
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LABELS = ("contradict", "neutral", "support")
MIX = Path(__file__).with_name("mix.toml")
CALIBRATED_ON = frozenset({"healthver", "check_covid", "evidence_inference_v2"})
"""Data sets of dev that are about health and have all three labels: a two-way set would teach that nothing is neutral."""
CONTRAST_HELD_OUT = 20
"""Every 20th piece of contrast evidence is kept from training, with all its claims, to select on."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One evidence text, one claim and the stance of the first towards the second."""

    premise: str
    hypothesis: str
    label: str
    dataset: str


@dataclass(frozen=True, slots=True)
class Phase:
    """What one training phase is made of: caps and repeats are pairs and passes by data set."""

    max_tokens: int
    caps: dict[str, int]
    repeat: dict[str, int]


def read_pairs(path: Path, dataset: str | None = None) -> list[Pair]:
    """Read `{premise, hypothesis, label}` lines, plain or gzipped.

    Raises ValueError naming the line where a label is none of `LABELS`.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    pairs = []
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            if row["label"] not in LABELS:
                raise ValueError(f"{path}:{number}: label {row['label']!r} is not one of {', '.join(LABELS)}")
            name = dataset or row.get("dataset") or path.stem
            pairs.append(Pair(row["premise"], row["hypothesis"], row["label"], name))
    return pairs


def read_phase(name: str) -> tuple[Phase, frozenset[str]]:
    """The named phase of mix.toml and the data sets whose terms forbid or leave open commercial use."""
    mix = tomllib.loads(MIX.read_text(encoding="utf-8"))
    return Phase(**mix["phase"][name]), frozenset(mix["noncommercial"])


def split_contrast(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Contrast pairs as (train, held out), divided by evidence so that no evidence is on both sides."""
    order = {premise: n for n, premise in enumerate(dict.fromkeys(pair.premise for pair in pairs))}
    train = [p for p in pairs if order[p.premise] % CONTRAST_HELD_OUT]
    return train, [p for p in pairs if not order[p.premise] % CONTRAST_HELD_OUT]


def mixed(pairs: Iterable[Pair], phase: Phase, seed: int) -> list[Pair]:
    """Pairs after caps and repeats, shuffled; the same seed gives the same list."""
    rng = random.Random(seed)
    by_set: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_set[pair.dataset].append(pair)
    chosen: list[Pair] = []
    for name in sorted(by_set):
        group = by_set[name]
        cap = phase.caps.get(name, len(group))
        taken = rng.sample(group, min(cap, len(group)))
        chosen += taken * phase.repeat.get(name, 1)
    rng.shuffle(chosen)
    return chosen

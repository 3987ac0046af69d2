"""Pairs by rule from trial abstracts: a sentence beside itself with one direction word or one percentage changed.

`python -m api.stance.opposites --data DIR --out FILE`. A word of the same direction, or a rounded figure, makes a claim that the sentence
supports; the opposite word, or another figure, one that it contradicts. So the words in common give nothing away. The tables were
written for this purpose; only sentences with a single direction word and no negation are used, where the change turns the whole statement.
"""

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from api.stance.neutrals import sentences

MOST = 1500
"""Sentences used for each of the two kinds: with more, whole-sentence claims would drown the written ones."""
LONGEST = 220

SAME_AND_OPPOSITE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "increased": (("raised", "elevated"), ("decreased", "reduced", "lowered")),
    "decreased": (("lowered", "reduced"), ("increased", "raised")),
    "reduced": (("lowered", "decreased"), ("increased", "raised")),
    "reduces": (("lowers", "decreases"), ("increases", "raises")),
    "increases": (("raises",), ("reduces", "lowers", "decreases")),
    "reduction": (("decrease",), ("increase", "rise")),
    "higher": (("greater",), ("lower",)),
    "lower": (("smaller",), ("higher", "greater")),
    "improved": (("enhanced",), ("worsened", "impaired")),
    "improves": (("enhances",), ("worsens", "impairs")),
    "improvement": (("gain",), ("worsening", "decline")),
    "better": (("superior",), ("worse",)),
    "superior": (("better",), ("inferior",)),
    "longer": (("more prolonged",), ("shorter",)),
    "shorter": (("briefer",), ("longer",)),
    "faster": (("quicker",), ("slower",)),
    "earlier": (("sooner",), ("later",)),
    "prevents": (("averts",), ("causes",)),
    "inhibits": (("blocks", "suppresses"), ("activates", "stimulates")),
    "inhibited": (("blocked", "suppressed"), ("activated", "stimulated")),
    "effective": (("efficacious",), ("ineffective",)),
    "safe": (("harmless",), ("dangerous", "harmful")),
    "common": (("usual",), ("rare", "uncommon")),
    "before": (("prior to",), ("after",)),
}
"""Word -> (words of the same direction, words of the opposite one)."""
DIRECTION = re.compile(
    r"\b(?:" + "|".join(SAME_AND_OPPOSITE) + r"|increase|decrease|decreases|lowered|raised|worse|inferior|greater|fewer|more|less)\b",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"\b(?:no|not|nor|neither|without|whether|or|either|if|cannot|n't|compare|hypothes\w+"
    r"|objectives?|aims?|aimed|purpose|background|methods?)\b",
    re.IGNORECASE,
)
"""Words with which one changed word may not turn the statement, or there is none."""
ASIDE = re.compile(r"^[A-Z]\w+(?: \w+)?: |\s?\([^()]*\)|\s?\[[^\[\]]*\]")
"""Section labels and brackets, which a page would not repeat."""
PERCENT = re.compile(r"\b(?P<whole>[1-9]\d?)(?:\.(?P<part>\d))\s?%")


def pairs_from(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(claim, label) made from a sentence by its one direction word, or nothing."""
    found = list(DIRECTION.finditer(sentence))
    if len(found) != 1 or found[0][0] not in SAME_AND_OPPOSITE or DENIAL.search(sentence):
        return
    for words, label in zip(SAME_AND_OPPOSITE[found[0][0]], ("support", "contradict"), strict=True):
        yield ASIDE.sub("", sentence[: found[0].start()] + rng.choice(words) + sentence[found[0].end() :]), label


def pairs_by_figure(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(claim, label) made from a sentence by its one percentage with a decimal, or nothing."""
    found = list(PERCENT.finditer(sentence))
    if len(found) != 1 or DENIAL.search(sentence):
        return
    exact = float(f"{found[0]['whole']}.{found[0]['part']}")
    other = rng.choice(
        [share for share in (exact / 3, exact / 2, exact * 2, exact + 25, 100 - exact) if 1 < share < 99 and abs(share - exact) > 8]
    )
    for figure, label in ((f"about {round(exact)} percent", "support"), (f"about {round(other)} percent", "contradict")):
        yield ASIDE.sub("", sentence[: found[0].start()] + figure + sentence[found[0].end() :]), label


def main() -> None:
    """Write the pairs as one gzipped file of lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus/")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rng = random.Random(5)
    texts = [text for _, text in sentences(args.data / "corpus" / "pmc_rct.jsonl.gz") if len(text) <= LONGEST]
    rng.shuffle(texts)
    with gzip.open(args.out, "wt", encoding="utf-8") as out:
        for make in (pairs_from, pairs_by_figure):
            made = [(text, claims) for text in texts if (claims := list(make(text, rng)))][:MOST]
            for text, claims in made:
                for claim, label in claims if claims[0][0] != claims[1][0] else ():
                    out.write(json.dumps({"premise": text, "hypothesis": claim, "label": label}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

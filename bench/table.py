"""The figures of bench/results/quality.json as README and the model card show them: `python -m bench.table` rewrites their parts."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
CARD = ROOT / "api" / "stance" / "weights" / "MODEL_CARD.md"
RESULTS = ROOT / "bench" / "results" / "quality.json"
CLAIMS = ROOT / "bench" / "results" / "claims.json"
BEGIN, END = "<!-- figures: written by bench/table.py from bench/results/quality.json -->", "<!-- end of figures -->"
NAMES = {
    "healthver_test": "HealthVer",
    "healthver_test_unseen": "HealthVer, new evidence",
    "healthver_abstract_test": "HealthVer, whole abstracts",
    "check_covid_test": "Check-COVID",
    "scifact_dev": "SciFact dev",
    "scifact_dev_unseen": "SciFact dev, new evidence",
    "scifact_abstract_dev": "SciFact dev, whole abstracts",
    "evidence_inference_v2_test": "Evidence Inference",
    "covidfact_test": "CovidFact",
    "nli4ct_test": "NLI4CT",
    "pubmedqa_l_test": "PubMedQA (questions)",
    "fever_symmetric_test": "FEVER-Symmetric",
    "scone_test": "ScoNe",
    "xnli_en_test": "XNLI-en",
}


def stance_table(stance: dict[str, Any]) -> list[str]:
    """One row for each test set."""
    lines = [
        "| stance, test set | pairs | macro-F1 | contradict precision / recall | contradicts shown | supports shown | calibration error |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, name in NAMES.items():
        f = stance[key]
        both = f"{f['contradict_precision']:.2f} / {f['contradict_recall']:.2f}"
        lines.append(
            f"| {name} | {f['n']} | {f['macro_f1']:.3f} | {both} | {right(f, 'contradicts')} | {right(f, 'supports')} | {f['ece']:.3f} |"
        )
    return lines


def right(figures: dict[str, Any], side: str) -> str:
    """What a reader would be shown: "N of M", or that nothing is."""
    return f"{figures[f'{side}_shown_right']} of {figures[f'{side}_shown']}" if figures[f"{side}_shown"] else "none shown"


def figures(results: dict[str, Any]) -> str:
    """README's part, without its marks."""
    page = results["ketamine_dev"]
    lines = [
        f"Measured with `{results['command']}` on public sets and on 40 page sentences with the verdict that the five seeds should give.",
        "",
        f"On the page sentences: {page['verdict_right']} of {page['n']} verdicts right, right evidence among the first five for "
        f"{page['evidence_in_5']} of {page['answerable']}, {page['false_contradicted']} wrongly called contradicted, "
        f"{page['false_any']} given a verdict where none was due.",
    ]
    if "retrieval" in results:
        scifact = results["retrieval"]["scifact_test"]
        lines += ["", f"Retrieval on SciFact (BEIR test, {scifact['queries']} queries): nDCG@10 {scifact['ndcg@10']:.3f}."]
    lines += ["", *claim_lines(json.loads(CLAIMS.read_text(encoding="utf-8")))]
    note = (
        "macro-F1 is by the most likely label; “shown” is what a reader meets, after thresholds and rules, and how many of those were"
        " right. “New evidence”: only pairs whose evidence is in no training pair. Calibration error has 10 bins."
    )
    return "\n".join([*lines, "", *stance_table(results["stance"]), "", note])


def claim_lines(claims: dict[str, Any]) -> list[str]:
    """What claim detection leaves out, and why it is done by rules."""
    names = {"pubmed_test": "PubMed test", "scitweets": "SciTweets", "fullfact": "Full Fact"}
    sets = ", ".join(f"{name} {claims[key]['rules']['recall']:.2f} ({claims[key]['linear']['recall']:.2f})" for key, name in names.items())
    f1 = ", ".join(f"{claims[key]['rules']['f1']:.2f} ({claims[key]['linear']['f1']:.2f})" for key in names)
    return [
        f"Claim detection, share of marked claims kept by the rules, in brackets by a linear model over the embeddings: {sets}; F1 {f1}. "
        "The rules stay: what they wrongly keep is looked up in vain, what the linear model wrongly drops is never answered.",
    ]


def card_table(results: dict[str, Any]) -> str:
    """The model card's part: one row for each test set, by the most likely label."""
    rows = [
        f"| {name} | {f['n']} | {f['macro_f1']:.3f} | {f['contradict_precision']:.3f} | {f['contradict_recall']:.3f} | {f['ece']:.3f} |"
        for name, f in results["stance"].items()
    ]
    head = ["| test set | pairs | macro-F1 | contradict precision | contradict recall | calibration error |", "|---|---|---|---|---|---|"]
    return "\n".join(head + rows)


def put(path: Path, part: str, begin: str = BEGIN) -> None:
    """Replace what stands in a file between the mark `begin` and the next END."""
    text = path.read_text(encoding="utf-8")
    between = re.escape(begin) + "(?:.*?" + re.escape(END) + ")?"
    path.write_text(re.sub(between, lambda _: f"{begin}\n{part}\n{END}", text, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    """Put the figures between the marks."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    put(README, figures(results))
    put(CARD, card_table(results))


if __name__ == "__main__":
    main()

"""The figures of bench/results/speed.json as README shows them; `bench/speed.py` puts them there."""

from typing import Any

BEGIN = "<!-- speed: written by bench/speed.py from bench/results/speed.json -->"
Figures = dict[str, Any]


def speed_part(results: Figures) -> str:
    """README's part, without its marks; a part that is not measured is not there."""
    if not results.keys() & {"page_100", "rebuild", "quality"}:
        return ""
    processors = f"{results['processors']} processors, models warm"
    lines = [f"Measured with `{results['command']}` on {processors}, against what one would write in an afternoon (`bench/naive.py`)."]
    if "page_100" in results:
        lines += ["", *page_lines(results["page_100"])]
    if "rebuild" in results:
        r = results["rebuild"]
        lines += [
            "",
            f"Rebuilding the index of {r['documents']:,} abstracts: {r['seconds']:.0f} s; again after a change to one file: "
            f"{r['second_seconds']:.1f} s ({r['second_share']:.1%}). {r['sample']} of them: {r['sample_seconds']:.0f} s, naive "
            f"{r['naive_sample_seconds']:.0f} s ({r['ratio']:.1f} times faster).",
        ]
    if "quality" in results:
        lines += ["", *quality_lines(results["quality"])]
    return "\n".join(lines)


def page_lines(page: Figures) -> list[str]:
    """Two pages of 100 sentences, and what the processes take."""
    rows = {"a page found on the web": page, "abstracts on the seeds' subject": page["on_subject"]}
    lines = ["| 100 sentences | claims | naive | cold | asked again | first annotation |", "|---|---|---|---|---|---|"]
    for name, f in rows.items():
        first = f"{f['first_seconds']:.2f} s" if "first_seconds" in f else "none to show"
        lines.append(
            f"| {name} | {f['claims']} | {f['naive_seconds']:.1f} s | {f['cold_seconds']:.2f} s ({f['cold_ratio']:.0f} times faster) "
            f"| {f['cached_seconds']:.3f} s ({f['cached_ratio']:.0f}) | {first} |"
        )
    lines += ["", "| | start to ready | memory at rest | at most under load |", "|---|---|---|---|"]
    for name, side in (("Sidelight", "ours"), ("naive", "naive")):
        f = page[side]
        lines.append(f"| {name} | {f['ready_seconds']:.1f} s | {f['rest_mib']:.0f} MiB | {f['load_mib']:.0f} MiB |")
    return lines


def quality_lines(both: Figures) -> list[str]:
    """How right both are on the same questions."""
    verdicts = f"verdicts right of {both['ours']['ketamine_dev']['n']}"
    head = f"| | {verdicts} | macro-F1 on {both['stance_pairs']} stance pairs | nDCG@10, part of SciFact |"
    rows = [
        f"| {name} | {f['ketamine_dev']['verdict_right']} | {f['stance_macro_f1']:.3f} | {f['scifact_part']['ndcg@10']:.3f} |"
        for name, f in (("Sidelight", both["ours"]), ("naive", both["naive"]))
    ]
    return [head, "|---|---|---|---|", *rows]

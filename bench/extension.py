"""What the extension costs a page: `.venv/bin/python -m bench.extension` measures it for bench/results/extension.json.

It also rewrites the table in extension/README.md, both after each size and browser, so that a run that is cut off keeps what it has.

Two measurements in real headless Chromium and Firefox, with the real service. By phase, on the service's own page, which runs the same
files: reading all text (extract), painting all highlights (paint), and finding everything again after the page has replaced all its
nodes (re-anchor), each the median of some runs. As a whole, with the extension on a page of its own: how long the page was kept from
anything else in one piece, from the toolbar click to the last highlight, beside the same on the page left alone. The browser is asked as
little as can be meanwhile, because its answers come from the page's own thread: a look into our closed shadow root takes Chromium 60 ms at
5,000 sentences, more than all that is measured.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from statistics import median
from typing import Any

from bench.table import put
from index.__main__ import rebuild
from index.store.files import Files
from tests.browser.chromium import Chromium
from tests.browser.conftest import Service, settings
from tests.browser.firefox import Firefox
from tests.browser.probe import HELD, MUTATIONS
from tests.browser.serving import serve
from tests.browser.waiting import until

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("results") / "extension.json"
README = ROOT / "extension" / "README.md"
BEGIN = "<!-- figures: written by bench/extension.py -->"
SIZES = (100, 1000, 5000)
RUNS = 5
ENOUGH_S = 900
"""Firefox and the service on two busy cores take four minutes for the longest page."""
CLAIMS = [
    "Ketamine blocks the brain's NMDA receptors.",
    "Ketamine abuse can permanently damage the bladder.",
    "Ketamine infusions erase patients' memories.",
]
IN_A_BLOCK = 5
READINGS = 5
"""Readings of the page as a whole; two busy cores and a browser's own tidying make single ones differ by a factor of two."""

PREPARE = """(async () => { const { annotate } = await import("/shared/service.js");
  const root = document.querySelector("#read");
  document.querySelector("#result").hidden = false;
  root.innerHTML = %s;
  const ask = (blocks) => annotate({ address: location.origin }, blocks);
  window.reading = new sidelight.Reading({ root: () => root, ask, entered() {} });
  reading.read(() => {}).then(({ findings, problem }) => { window.found = findings; window.wrong = problem }) })()"""
PHASES = """(async () => { const root = document.querySelector("#read");
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const timed = async (work) => { await frames(); const began = performance.now(); await work(); return performance.now() - began };
  const { extract, highlight } = sidelight;
  const extracted = await timed(() => { for (const block of extract.blocks(root)) block?.text });
  highlight.clear();
  const painted = await timed(() => highlight.paint(found));
  root.innerHTML = root.innerHTML;
  const anchored = await timed(async () => highlight.paint((await reading.read(() => {})).findings));
  return [extracted, painted, anchored] })()"""
PAINTED = """["supported", "disputed", "contradicted"].map((verdict) => CSS.highlights.get("sidelight-" + verdict)?.size ?? 0)
  .reduce((all, some) => all + some)"""


def page(sentences: int) -> str:
    """Paragraphs of five sentences, the first of every other one a claim on the seeds' subject; questions cost the service nothing."""
    blocks = []
    for n in range(sentences // IN_A_BLOCK):
        claim = CLAIMS[n // 2 % len(CLAIMS)] if n % 2 == 0 else "Is the harbour quiet in the morning?"
        rest = " ".join(f"When does boat {n}-{i} of the <i>northern</i> line leave for the islands?" for i in range(IN_A_BLOCK - 1))
        blocks.append(f"<p>{claim} {rest}</p>")
    return "".join(blocks)


class Pages(BaseHTTPRequestHandler):
    """`/100` is a page of 100 sentences."""

    def do_GET(self) -> None:
        """Answer with the page, or with nothing for a favicon."""
        size = self.path.strip("/")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if size.isdecimal():
            self.wfile.write(f"<!doctype html><title>{size} sentences</title>{page(int(size))}".encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def phases(browser: Any, service: Service, sentences: int) -> dict[str, Any]:
    """Milliseconds of each phase on the service's own page."""
    browser.open(service.address)
    until(lambda: browser.page("'ready' in document.documentElement.dataset"))
    browser.page(PREPARE % json.dumps(page(sentences)))
    until(lambda: browser.page("'found' in window"), ENOUGH_S)
    if problem := browser.page("window.wrong ?? null"):
        raise RuntimeError(f"the service gave no answer: {problem}")
    highlights = browser.page("found.length")
    runs = [browser.page(PHASES) for _ in range(RUNS)]
    names = ("extract_ms", "paint_ms", "reanchor_ms")
    return {"highlights": highlights} | {name: round(median(run), 1) for name, run in zip(names, zip(*runs, strict=True), strict=True)}


def whole(browser: Any, url: str, highlights: int) -> dict[str, Any]:
    """The longest piece of the page's time, with the extension and without, and what the extension changed in the page."""
    readings = [reading(browser, url, highlights) for _ in range(READINGS)]
    pieces = [one["longest_piece_ms"] for one in readings]
    idle = [one["longest_piece_idle_ms"] for one in readings]
    return {
        "painted": readings[0]["painted"],
        "longest_piece_ms": median(pieces),
        "longest_piece_worst_ms": max(pieces),
        "longest_piece_idle_ms": median(idle),
        "page_mutations": max(one["page_mutations"] for one in readings),
    }


def reading(browser: Any, url: str, highlights: int) -> dict[str, Any]:
    """One reading of the page. It is over when as many `highlights` are painted as the service has findings."""
    browser.open(url)
    browser.page(HELD)
    browser.page(MUTATIONS)
    browser.page("new Promise((done) => setTimeout(done, 1000))")
    browser.page("void (longest = 0)")
    browser.page("new Promise((done) => setTimeout(done, 3000))")
    idle = browser.page("longest")
    browser.page("void (longest = 0)")
    browser.toolbar()
    until(lambda: time.sleep(1) or browser.page(PAINTED) == highlights, ENOUGH_S)
    browser.page("new Promise((done) => setTimeout(done, 1000))")
    painted = browser.page(PAINTED)
    return {
        "painted": painted,
        "longest_piece_ms": round(browser.page("longest"), 1),
        "longest_piece_idle_ms": round(idle, 1),
        "page_mutations": browser.page("mutations"),
    }


def table(results: dict[str, Any]) -> str:
    """The figures as extension/README.md shows them."""
    lines = [
        "| browser | sentences | highlights | extract ms | paint ms | re-anchor ms | longest piece ms (page alone; worst) | mutations |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in ("chromium", "firefox"):
        for size, f in results.get(name, {}).items():
            piece = f"{f['longest_piece_ms']} ({f['longest_piece_idle_ms']}; {f['longest_piece_worst_ms']})"
            phases_ms = f"{f['extract_ms']} | {f['paint_ms']} | {f['reanchor_ms']}"
            lines.append(f"| {name} | {int(size):,} | {f['highlights']} | {phases_ms} | {piece} | {f['page_mutations']} |")
    return "\n".join(lines)


def main() -> None:
    """Measure in both browsers or one of them, or put the stored figures into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", action="store_true", help="only rewrite the table")
    parser.add_argument("--browser", choices=("chromium", "firefox"), help="measure in this one, to go on where a run was cut off")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="sentences of the pages")
    asked = parser.parse_args()
    if asked.table:
        keep(json.loads(RESULTS.read_text(encoding="utf-8")))
    else:
        # So that what was started is stopped when this is told to end, too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
        measure([kind for kind in (Chromium, Firefox) if asked.browser in (None, kind.name)], asked.sizes)


def measure(kinds: list[Any], sizes: list[int]) -> None:
    """Measure and keep the figures, one size in one browser after the other."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results |= {"command": "python -m bench.extension", "runs": RUNS}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as later:
        index = Path(folder) / "index"
        rebuild(ROOT / "seeds", Files(index))
        service = Service(index)
        later.callback(service.stop)
        server = serve(Pages)
        later.callback(server.shutdown)
        for kind in kinds:
            browser = kind(ROOT / "extension", Path(folder) / kind.name)
            later.callback(browser.close)
            browser.open("about:blank")
            settings(browser, address=service.address)
            for size in sizes:
                figures = phases(browser, service, size)
                figures |= whole(browser, f"http://127.0.0.1:{server.server_port}/{size}", figures["highlights"])
                results[kind.name] = results.get(kind.name, {}) | {str(size): figures}
                print(kind.name, size, figures, flush=True)
                keep(results)


def keep(results: dict[str, Any]) -> None:
    """Write the figures, and the README's table of them."""
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    put(README, table(results), BEGIN)


if __name__ == "__main__":
    main()

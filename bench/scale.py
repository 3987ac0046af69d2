"""Cost as the corpus grows: 1,000, 10,000, 100,000 and 1,000,000 claims beside the five seeds.

    python -m bench.scale --data DIR [--cache DIR] [--sizes 1000 10000 ...]

The claims are those of the trial abstracts, then of copies of them with words replaced by words of others. The abstracts' sentences are
embedded once by the real model and kept in --cache; every other text has one of these vectors, moved a little at random, because
embedding a million texts takes hours. Texts and vectors of copies do not belong together: speed, size and recall are measured on them,
quality is not, and build times are without embedding. A page is 100 claims of real pages. Writes "scale" in bench/results/speed.json,
scale.png beside it and README's table after each size.
"""

import argparse
import gzip
import json
import random
import tempfile
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from api.app import models
from api.check import Engine, check_page
from api.pages import read_page
from api.settings import Settings
from api.types import StanceModel
from bench.table import README, put
from index.build import build
from index.claims import claims
from index.documents import read_folder
from index.search import CANDIDATES, search
from index.sentences import split
from index.store.files import Files
from index.store.scan import ROWS_AT_ONCE, unit_rows
from index.store.snapshot import Snapshot
from index.store.sqlite import open_store
from index.types import ClaimStore, Document, Embedder, Query, Source, Vectors

Opened = TypeVar("Opened", bound=ClaimStore)
ROOT = Path(__file__).resolve().parents[1]
SPEED = ROOT / "bench" / "results" / "speed.json"
BEGIN = "<!-- scale: written by bench/scale.py from bench/results/speed.json -->"
ABOUT = (
    "As the corpus grows (`python -m bench.scale --data DIR`): milliseconds for 100 sentences of real pages, search and whole. Claims are "
    "those of trial abstracts and copies of them with words replaced; build times are without embedding; the first row is the five seeds."
)
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PAGE = 100
REPEATS = 7
MOVED = 0.35
"""Length of the random step away from a real vector: a cosine of about 0.94 to it."""
REPLACED = 0.2
"""Share of a copy's long words that are replaced: short ones make it a sentence."""
LONG = 5
JUDGED = 300
"""Documents by which it is judged how many make a size."""
ENDING = 24
"""Characters at the end of a text that choose its vector: a sentence alone and one with its title before it end alike."""


class Moved:
    """Every text has the vector of a real sentence, chosen by its ending, and moved by a step of its own."""

    name = "all-MiniLM-L6-v2"

    def __init__(self, real: Vectors) -> None:
        self.real = real

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One unit row for each text."""
        chosen = [zlib.crc32(text.rstrip(".")[-ENDING:].encode()) % len(self.real) for text in texts]
        steps = np.stack(
            [np.random.default_rng(zlib.crc32(t.encode())).standard_normal(self.real.shape[1], dtype=np.float32) for t in texts]
        )
        return unit_rows((self.real[chosen] + MOVED * unit_rows(steps.astype(np.float16))).astype(np.float16))


def abstracts(data: Path) -> list[tuple[str, str]]:
    """(title, text) of the trial abstracts."""
    with gzip.open(data / "corpus" / "pmc_rct.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [(row["title"], row["abstract"]) for row in map(json.loads, lines)]


def documents(real: Sequence[tuple[str, str]]) -> Iterator[Document]:
    """The abstracts, and then copies of them without end."""
    rng = random.Random(7)
    words = [word for _, text in real[:500] for word in text.split() if is_long(word)]
    for number in count():
        title, text = real[number % len(real)]
        if number >= len(real):
            text = " ".join(rng.choice(words) if is_long(word) and rng.random() < REPLACED else word for word in text.split(" "))
        source = Source(f"d{number:07}", title, "peer_reviewed_abstract", "a benchmark", "PMC", f"{number}.txt", "en")
        yield Document(source, text, str(zlib.crc32(text.encode())))


def is_long(word: str) -> bool:
    """Whether a word may be replaced or stand in for another."""
    return len(word) >= LONG and word.isalpha() and word.islower()


def enough(real: Sequence[tuple[str, str]], wanted: int) -> list[Document]:
    """As many documents as make about so many claims, judged by some of them."""
    found = list(islice(documents(real), 2 * len(real)))
    some = random.Random(3).sample(found, min(JUDGED, len(found)))
    made = sum(len(claims(split(document.text))) for document in some)
    return list(islice(documents(real), max(1, round(wanted * len(some) / made))))


def real_vectors(real: Sequence[tuple[str, str]], embedder: Embedder, cache: Path) -> Vectors:
    """The abstracts' sentences as the real model sees them, from the cache where it has them."""
    path = cache / "abstracts.npy"
    if not path.exists():
        texts = [sentence.span.text for _, text in real for sentence in claims(split(text))]
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, embedder.embed(texts).astype(np.float16))
    return unit_rows(np.load(path))


def page_of(data: Path) -> dict[str, str]:
    """The first 100 claims of the real pages, each a block."""
    texts = [text for path in sorted((data / "pages").glob("*.html")) for text in read_page(path).values()]
    found = [sentence.span.text for text in texts for sentence in claims(split(text))][:PAGE]
    return {f"b{number}": text for number, text in enumerate(found)}


def median_ms(what: Callable[[], object], repeats: int = REPEATS) -> float:
    """Milliseconds of wall time, the median of some runs after one that warms up."""
    what()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        what()
        times.append(time.perf_counter() - began)
    return round(1000 * sorted(times)[len(times) // 2], 2)


def exact(store: Snapshot, queries: Vectors, limit: int) -> Vectors:
    """The highest cosines of each query, best first, by float32 over all rows."""
    rows = range(0, store.info.claims, ROWS_AT_ONCE)
    blocks = [queries @ store.vectors(np.arange(start, min(start + ROWS_AT_ONCE, store.info.claims))).T for start in rows]
    return -np.sort(-np.concatenate(blocks, axis=1), axis=1)[:, :limit]


def recall(store: ClaimStore, queries: Vectors, nearest: Vectors) -> float:
    """Share of the found rows that are among the nearest too, given by their cosines; rows whose cosines are equal to 1e-6 are equals."""
    _, found = store.nearest(queries, nearest.shape[1])
    return float(np.mean(found >= nearest[:, -1:] - 1e-6))


def cost(engine: Engine, page: dict[str, str], repeats: int) -> dict[str, float]:
    """Milliseconds of a page: its dense and its lexical part, its whole search, and all of it with embedding and stances."""
    queries = [Query(text) for text in page.values()]
    vectors = engine.embedder.embed([query.text for query in queries])
    given = Given(vectors)
    return {
        "dense_ms": median_ms(lambda: engine.store.nearest(vectors, CANDIDATES)),
        "lexical_ms": median_ms(lambda: engine.store.lexical([query.text for query in queries], CANDIDATES)),
        "search_ms": median_ms(lambda: search(engine.store, given, queries, 5)),
        "page_ms": median_ms(lambda: check_page(engine, page), repeats),
    }


class Given:
    """Gives the vectors that it was given, so that search is timed without embedding."""

    name = "given"

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """The vectors given."""
        return self.vectors


def opened(open_it: Callable[[], Opened]) -> tuple[Opened, float, int]:
    """An index, the seconds it takes to open, and the bytes of memory that it holds."""
    began = time.perf_counter()
    store = open_it()
    took = time.perf_counter() - began
    del store
    tracemalloc.start()  # counts numpy's memory too, to the byte; it slows, so this opening is not timed
    store = open_it()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return store, round(took, 2), held


def measured(
    seeds: Sequence[Document], embedder: Embedder, judges: tuple[Embedder, StanceModel], page: dict[str, str], repeats: int
) -> dict[str, Any]:
    """Build, open and search one size."""
    with tempfile.TemporaryDirectory() as folder:
        report = build(seeds, embedder, Files(Path(folder)))
        size = Path(report.path).stat().st_size
        store, open_s, held = opened(lambda: open_store(Path(folder), embedder.name))
    rows = np.random.default_rng(1).integers(0, store.info.claims, PAGE)
    asked = np.concatenate([store.vectors(rows), judges[0].embed(list(page.values()))])
    return {
        "claims": store.info.claims,
        "sources": store.info.sources,
        "build_s": round(report.seconds, 2),
        "disk_bytes_per_claim": round(size / store.info.claims),
        "memory_bytes_per_claim": round(held / store.info.claims),
        "open_s": open_s,
        "recall": recall(store, asked, exact(store, asked, CANDIDATES)),
        **cost(Engine(store, *judges), page, repeats),
    }


def keep(sentences: int, results: list[dict[str, Any]]) -> None:
    """Write what is measured so far: beside the other speeds, as README's table, as a picture."""
    for row in results:
        row["page_ratio"] = round(row["page_ms"] / results[0]["page_ms"], 2)
    speed = json.loads(SPEED.read_text(encoding="utf-8")) if SPEED.exists() else {}
    speed |= {"scale": {"page_sentences": sentences, "sizes": results}}
    SPEED.write_text(json.dumps(speed, indent=1) + "\n", encoding="utf-8")
    put(README, part(results), BEGIN)
    plot(results, SPEED.with_name("scale.png"))


def part(results: Sequence[dict[str, Any]]) -> str:
    """README's part, without its marks."""
    return f"{ABOUT}\n\n{table(results)}\n\n![Cost of a page](bench/results/scale.png)" if results else ""


def table(results: Sequence[dict[str, Any]]) -> str:
    """As Markdown."""
    sizes = ("claims", "build_s", "open_s", "disk_bytes_per_claim", "memory_bytes_per_claim", "recall")
    columns = (*sizes, "dense_ms", "lexical_ms", "search_ms", "page_ms", "page_ratio")
    head = ["| " + " | ".join(name.replace("_", " ") for name in columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(head + ["| " + " | ".join(f"{row[name]:,}" for name in columns) + " |" for row in results])


def plot(results: Sequence[dict[str, Any]], path: Path) -> None:
    """The cost of a page and its parts by the number of claims."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    sizes = [row["claims"] for row in results]
    for name, label in (("page_ms", "page"), ("search_ms", "search"), ("dense_ms", "dense"), ("lexical_ms", "lexical")):
        axes.plot(sizes, [row[name] for row in results], marker="o", label=label)
    axes.set(xscale="log", yscale="log", xlabel="claims in the index", ylabel="milliseconds for 100 sentences", title="Cost of a page")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus/pmc_rct.jsonl.gz and pages/")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sidelight-bench", help="keeps the embedded abstracts")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--abstracts", type=int, help="take only so many of them, for a try")
    parser.add_argument("--repeats", type=int, default=3, help="of the whole page")
    options = parser.parse_args()
    embedder, stance = models(Settings())
    stance.load()
    judges = (embedder, stance)
    page, real = page_of(options.data), abstracts(options.data)[: options.abstracts]
    moved = Moved(real_vectors(real, embedder, options.cache))
    results = [measured(read_folder(ROOT / "seeds"), embedder, judges, page, options.repeats)]
    for size in options.sizes:
        results.append(measured(enough(real, size), moved, judges, page, options.repeats))
        print(json.dumps(results[-1]), flush=True)
        keep(len(page), results)


if __name__ == "__main__":
    main()

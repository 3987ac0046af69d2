"""The load bench: what it asks is of the pages and varies, and its slope of memory is right on series that are known."""

import itertools
import json
import random

import pytest

from bench.load import BLOCKS, RESULTS, requests, slope, table


def test_requests_are_slices_of_the_pages_and_vary(tmp_path):
    (tmp_path / "page.html").write_text("".join(f"<p>Sentence number {n}.</p>" for n in range(200)), encoding="utf-8")
    asked = list(itertools.islice(requests(tmp_path), 50))
    assert {len(body["blocks"]) for body in asked} == {BLOCKS}
    assert len({json.dumps(body) for body in asked}) > 40
    assert all(block["text"].startswith("Sentence number") for body in asked for block in body["blocks"])


def test_a_folder_without_pages_says_what_to_do(tmp_path):
    with pytest.raises(SystemExit, match="--pages"):
        next(requests(tmp_path))


def test_a_leak_is_seen_and_noise_is_not():
    chance = random.Random(1)
    noise = [chance.gauss(0, 5) for _ in range(1200)]
    steady = slope([(n, 900 + mb) for n, mb in enumerate(noise)])
    assert steady["low"] < 0 < steady["high"]
    leak = slope([(n, 900 + mb + n * 60 / 3600) for n, mb in enumerate(noise)])
    assert leak["low"] > 0
    assert leak["low"] < 60 < leak["high"]


def test_memory_that_fills_once_is_no_slope():
    filled = slope([(n, 900 + min(n, 300) + (n % 7)) for n in range(1200)])
    assert abs(filled["mb_per_hour"]) < 10


def test_readme_shows_the_measured_load():
    from bench.load import BEGIN
    from bench.table import END, README

    shown = README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == (table(json.loads(RESULTS.read_text(encoding="utf-8"))) if RESULTS.exists() else "")

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import TEXTS
from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.errors import IndexBusy, IndexUnwritable
from index.store import generations
from index.store.files import Files
from index.store.sqlite import open_store, published

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (HERE.parents[1], HERE.parent, HERE)))}
MORE = TEXTS | {"zinc": "Zinc shortens a cold by one day."}


def test_reports_what_it_kept_and_left_out(write_seeds, toy: ToyEmbedder, tmp_path: Path) -> None:
    report = build(read_folder(write_seeds(TEXTS)), toy, Files(tmp_path / "index"))
    aspirin, honey = report.sources
    assert (aspirin.sentences, aspirin.kept, aspirin.left_out) == (3, 2, {"call_to_action": 1})
    assert (honey.sentences, honey.kept, honey.left_out) == (3, 2, {"heading": 1})
    assert (report.embedded, report.reused, report.info.claims, report.info.sources) == (4, 0, 4, 2)
    assert json.loads(json.dumps(report.to_json()))["info"]["fingerprint"] == report.info.fingerprint
    text = "\n".join(report.lines())
    assert "2 of    3 sentences kept   Journal article" in text
    assert "left out: 1 call to action" in text
    assert "4 claims from 2 sources: 4 embedded, 0 unchanged" in text


def test_says_how_far_it_is(write_seeds, toy: ToyEmbedder, tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    build(read_folder(write_seeds(TEXTS)), toy, Files(tmp_path / "index"), lambda *words: said.append(words))
    assert said == [("claims embedded", 4, 4)]


@pytest.mark.parametrize(
    ("old", "new"),
    [('title = "Honey"', 'title = "Bees"'), ('kind = "journal_article"', 'kind = "guideline"'), ("A journal", "A shop")],
)
def test_the_fingerprint_tells_records_apart(write_seeds, toy: ToyEmbedder, tmp_path: Path, old: str, new: str) -> None:
    seeds = write_seeds({"honey": TEXTS["honey"]})
    before = build(read_folder(seeds), toy, Files(tmp_path / "index")).info.fingerprint
    records = seeds / "sources.toml"
    records.write_text(records.read_text().replace(old, new))
    assert build(read_folder(seeds), toy, Files(tmp_path / "index")).info.fingerprint != before


def test_the_fingerprint_tells_texts_apart_even_where_claims_are_the_same(write_seeds, toy: ToyEmbedder, tmp_path: Path) -> None:
    one = build(read_folder(write_seeds({"honey": "Honey eases a cough."})), toy, Files(tmp_path / "index"))
    other = build(read_folder(write_seeds({"honey": "Honey eases a cough.\n"})), toy, Files(tmp_path / "index"))
    assert one.info.fingerprint != other.info.fingerprint


def test_step_by_step_with_the_real_model(write_seeds, real_embedder, tmp_path: Path) -> None:
    old = read_folder(write_seeds(TEXTS))
    new = read_folder(write_seeds(TEXTS | {"honey": TEXTS["honey"] + " Zinc shortens a cold."}))
    for seeds in (old, new):
        report = build(seeds, real_embedder, Files(tmp_path / "index"))
    fresh = build(new, real_embedder, Files(tmp_path / "fresh"))
    assert (report.embedded, report.reused, report.info.fingerprint) == (1, 4, fresh.info.fingerprint)
    one, other = (open_store(tmp_path / name, real_embedder.name) for name in ("index", "fresh"))
    assert one.words.same(other.words)
    # A text's neighbours in its batch may move a float's last bits, which half precision mostly rounds away.
    assert np.abs(one.scan.matrix - other.scan.matrix).max() < 1e-3


def test_keeps_the_last_two_generations(write_seeds, toy: ToyEmbedder, tmp_path: Path) -> None:
    for texts in (TEXTS, MORE, TEXTS, MORE):
        build(read_folder(write_seeds(texts)), toy, Files(tmp_path / "index"))
    assert sorted(path.name for path in (tmp_path / "index").glob("*.db*")) == ["generation-000003.db", "generation-000004.db"]


def test_a_second_rebuild_says_who_holds_the_lock(write_seeds, toy: ToyEmbedder, toy_index: Path) -> None:
    with generations.lock(toy_index), pytest.raises(IndexBusy, match=rf"being rebuilt by process {os.getpid()} since .* UTC: wait"):
        build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))
    build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))


def test_a_folder_that_cannot_be_made(write_seeds, toy: ToyEmbedder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexUnwritable, match="give --index another folder"):
        build(read_folder(write_seeds(TEXTS)), toy, Files(tmp_path / "file" / "index"))


@pytest.mark.parametrize("room", [0, 10_000, 30_000])
def test_a_full_disk_leaves_the_old_index(write_seeds, toy: ToyEmbedder, toy_index: Path, room: int) -> None:
    seeds, before = read_folder(write_seeds(MORE)), published(toy_index)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        with pytest.raises(IndexUnwritable, match=r"cannot be written \(.*\): make room there"):
            build(seeds, toy, Files(toy_index))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert published(toy_index) == before
    assert not list(toy_index.glob("*.part*"))
    assert len(open_store(toy_index, "toy").claims) == 4


def test_a_kill_at_any_step_leaves_a_whole_index(write_seeds, tmp_path: Path) -> None:
    old, new = write_seeds(TEXTS, "old"), write_seeds(MORE, "new")
    (work := tmp_path / "work").mkdir()
    run = subprocess.run(
        [sys.executable, str(HERE / "killed.py"), str(old), str(new), str(work)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = re.fullmatch(r"(\d+) (0+1+)\n", run.stdout)
    assert found, f"the old index up to some step and the new one from there on, not {run.stdout}"
    assert int(found[1]) >= 15, "too few places to be a proof"


def test_a_rebuild_killed_from_outside_lets_go_of_the_lock(write_seeds, toy: ToyEmbedder, toy_index: Path) -> None:
    seeds, before = write_seeds(MORE), published(toy_index)
    code = (
        "import sys, time; from pathlib import Path; from toy import ToyEmbedder; from index.build import build;"
        "from index.store.files import Files;"
        "from index.documents import read_folder;"
        "ToyEmbedder.embed = lambda self, texts: (print('embedding', flush=True), time.sleep(60));"
        "build(read_folder(Path(sys.argv[1])), ToyEmbedder(), Files(Path(sys.argv[2])))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(seeds), str(toy_index)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "embedding\n"
        with pytest.raises(IndexBusy, match=f"process {process.pid}"):
            build(read_folder(seeds), toy, Files(toy_index))
        process.kill()
        began = time.monotonic()
        process.wait()
    assert published(toy_index) == before
    assert build(read_folder(seeds), toy, Files(toy_index)).info.claims == 5
    assert time.monotonic() - began < 10


def test_a_real_disk_that_is_full_or_read_only_leaves_the_old_index(write_seeds, tmp_path: Path) -> None:
    old, new = write_seeds(TEXTS, "old"), write_seeds(MORE, "new")
    (disk := tmp_path / "disk").mkdir()
    # As root within its own mount space, so that nothing is mounted for anybody else.
    own_space = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-root-user"]
    run = subprocess.run(
        [*own_space, sys.executable, str(HERE / "full.py"), str(old), str(new), str(disk)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    first, full, *tried, read_only, answers, last = run.stdout.splitlines()
    assert (first, full, answers, last) == ("built 4", "disk: No space left on device", "answers 4", "built 5")
    for problem, left in zip(tried[::2], tried[1::2], strict=True):
        assert re.fullmatch(r"IndexUnwritable: The new index .* cannot be written \(.*\): make room there, or give --index .*", problem)
        assert left == "answers 4"
    assert re.fullmatch(r"IndexUnwritable: The index folder .* cannot be written \(Read-only file system\): give --index .*", read_only)

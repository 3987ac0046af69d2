import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import TEXTS
from toy import ToyEmbedder

from index.build import build
from index.documents import read_folder
from index.errors import IndexBusy, IndexProblem, IndexUnwritable
from index.store import generations, proof
from index.store.files import Files
from index.store.sqlite import open_store, published

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}
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


def test_embeds_only_what_is_new(write_seeds, tmp_path: Path) -> None:
    folder, again, other = tmp_path / "index", ToyEmbedder(), ToyEmbedder()
    build(read_folder(write_seeds(TEXTS)), ToyEmbedder(), Files(folder))
    report = build(read_folder(write_seeds(MORE)), again, Files(folder))
    assert (report.embedded, report.reused) == (1, 4)
    assert all("Zinc" in text for text in again.texts)
    assert build(read_folder(write_seeds(MORE)), other, Files(folder)).embedded == 0
    assert other.texts == []


def test_another_model_or_recipe_embeds_all(write_seeds, toy_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = read_folder(write_seeds(TEXTS))
    monkeypatch.setattr(ToyEmbedder, "name", "other toy")
    assert build(seeds, ToyEmbedder(), Files(toy_index)).embedded == 4
    for module in ("index.build", "index.parts", "index.store.sqlite"):
        monkeypatch.setattr(f"{module}.RECIPE", "claims 99, context 1")
    assert build(seeds, ToyEmbedder(), Files(toy_index)).embedded == 4


def test_step_by_step_gives_the_same_index_as_from_nothing(write_seeds, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    for texts in (TEXTS, MORE, {"honey": TEXTS["honey"]}, {"honey": TEXTS["honey"], "zinc": MORE["zinc"] + " It is cheap."}):
        report = build(read_folder(write_seeds(texts)), ToyEmbedder(), Files(folder))
        fresh = build(read_folder(write_seeds(texts)), ToyEmbedder(), Files(tmp_path / f"fresh-{len(texts)}-{report.info.claims}"))
        assert report.info.fingerprint == fresh.info.fingerprint
        one, other = open_store(folder, "toy"), open_store(Path(fresh.path).parent, "toy")
        assert one.claims == other.claims
        assert one.sources == other.sources
        assert (one.scan.matrix == other.scan.matrix).all()


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


def test_seeds_without_a_claim_make_an_empty_index(write_seeds, toy: ToyEmbedder, tmp_path: Path) -> None:
    report = build(read_folder(write_seeds({"none": "Is it safe?"})), toy, Files(tmp_path / "index"))
    assert (report.info.claims, report.info.dimensions) == (0, 64)
    assert open_store(tmp_path / "index", "toy").lexical(["safe"], 5) == [{}]


def test_keeps_the_last_two_generations(write_seeds, toy: ToyEmbedder, tmp_path: Path) -> None:
    for texts in (TEXTS, MORE, TEXTS, MORE):
        build(read_folder(write_seeds(texts)), toy, Files(tmp_path / "index"))
    assert sorted(path.name for path in (tmp_path / "index").glob("*.db*")) == ["generation-000003.db", "generation-000004.db"]


def test_a_second_rebuild_says_who_holds_the_lock(write_seeds, toy: ToyEmbedder, toy_index: Path) -> None:
    with generations.lock(toy_index), pytest.raises(IndexBusy, match=rf"being rebuilt by process {os.getpid()} since .* UTC: wait"):
        build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))
    build(read_folder(write_seeds(TEXTS)), toy, Files(toy_index))


def test_what_fails_verification_is_not_published(write_seeds, toy: ToyEmbedder, toy_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = published(toy_index)

    def fail(*_: object) -> None:
        raise IndexProblem("not whole")

    monkeypatch.setattr(proof, "verify", fail)
    with pytest.raises(IndexProblem, match="not whole"):
        build(read_folder(write_seeds(MORE)), toy, Files(toy_index))
    assert published(toy_index) == before
    assert not list(toy_index.glob("*.part*"))


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


def test_readers_see_one_whole_generation_at_a_time(write_seeds, toy_index: Path) -> None:
    versions = [read_folder(write_seeds(texts, f"seeds-{len(texts)}")) for texts in (MORE, TEXTS)]
    known = {"zinc": 5, "honey": 4}
    seen: list[tuple[int, int]] = []
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                store = open_store(toy_index, "toy")
                seen.append((len(store.claims), known[max(store.sources)]))
            except Exception as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(12):
        build(versions[turn % 2], ToyEmbedder(), Files(toy_index))
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert {claims for claims, _ in seen} == {4, 5}
    assert all(claims == expected for claims, expected in seen)


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
        "import sys, time; from pathlib import Path; from toy import ToyEmbedder; from index.build import build; from index.store.files import Files;"
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

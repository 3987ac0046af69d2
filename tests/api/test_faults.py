"""What breaks under the service: it goes on with the good index, or refuses to start with a line that says what to do."""

import shutil
import time
from pathlib import Path

import pytest
from running import get, post, serving, wait_until
from small import engine

from api.app import models
from api.cli import main
from api.live import Live
from index.errors import IndexMismatch

CLAIM = {"claim": "Ketamine blocks the brain's NMDA receptors."}


def damage(path: Path, how: str) -> None:
    """Garbage in place of a file, its first half alone, or nothing."""
    content = path.read_bytes()
    if how == "deleted":
        path.unlink()
    else:
        path.write_bytes({"garbage": b"\x00garbage\xff" * 4096, "truncated": content[: len(content) // 2]}[how])


@pytest.fixture(scope="module")
def service(tmp_path_factory, built_index):
    folder = tmp_path_factory.mktemp("faults")
    shutil.copytree(built_index, folder / "index")
    with serving(folder, "--index", folder / "index") as (address, _):
        wait_until(lambda: get(address, "/readyz"))
        yield address, folder


@pytest.mark.parametrize("how", ["garbage", "truncated", "deleted"])
@pytest.mark.parametrize("what", ["generation", "pointer"])
def test_a_damaged_index_leaves_the_good_one_serving(service, built_index, what, how):
    address, folder = service
    index = folder / "index"
    damage(index / "current.json" if what == "pointer" else next(index.glob("*.db")), how)
    time.sleep(1.5)  # The service looks each second.
    assert get(address, "/readyz") == {"status": "ready"}
    assert post(address, "/v1/check", CLAIM)["verdict"] == "supported"
    shutil.rmtree(index)
    shutil.copytree(built_index, index)


def test_it_says_once_that_a_published_index_cannot_be_used(service, built_index):
    address, folder = service
    index = folder / "index"
    damage(next(index.glob("*.db")), "garbage")
    (index / "current.json").write_text('{"file": "generation-000009.db", "sha256": "0"}')
    said = folder / "stderr"
    wait_until(lambda: "names a generation that is not there" in said.read_text(), 20)
    assert "run `sidelight rebuild`; the index loaded before goes on serving" in said.read_text()
    time.sleep(2.5)
    assert said.read_text().count("not there") == 1
    assert post(address, "/v1/check", CLAIM)["verdict"] == "supported"
    shutil.rmtree(index)
    shutil.copytree(built_index, index)


def refused(capsys, *words):
    """The one line with which a command refuses."""
    assert main([str(word) for word in words]) == 1
    printed = capsys.readouterr()
    line = printed.err.strip().splitlines()[-1]
    assert "Traceback" not in printed.err
    return line


@pytest.mark.parametrize("how", ["garbage", "truncated", "deleted"])
@pytest.mark.parametrize("what", ["generation", "pointer"])
def test_a_command_refuses_a_damaged_index(tmp_path, built_index, capsys, what, how):
    index = shutil.copytree(built_index, tmp_path / "index")
    damage(index / "current.json" if what == "pointer" else next(index.glob("*.db")), how)
    assert "run `sidelight rebuild`" in refused(capsys, "check", CLAIM["claim"], "--index", index)


@pytest.fixture
def fresh_models():
    """Models are made once for each settings; those of these tests are made for them alone."""
    models.cache_clear()
    yield
    models.cache_clear()


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "stance.json"])
@pytest.mark.parametrize("how", ["garbage", "deleted"])
def test_it_does_not_start_with_damaged_weights(tmp_path, built_index, settings, monkeypatch, capsys, fresh_models, file, how):
    weights = tmp_path / "weights"
    weights.mkdir()
    for each in settings.stance.iterdir():
        if each.is_file():
            (weights / each.name).hardlink_to(each) if each.name != file else shutil.copy(each, weights)
    damage(weights / file, how)
    monkeypatch.setenv("SIDELIGHT_STANCE", str(weights))
    line = refused(capsys, "serve", "--port", 0, "--index", built_index)
    assert str(weights) in line
    assert "reinstall Sidelight" in line


def test_it_does_not_start_without_its_stance_model(tmp_path, built_index, monkeypatch, capsys, fresh_models):
    monkeypatch.setenv("SIDELIGHT_STANCE", str(tmp_path / "none"))
    line = refused(capsys, "serve", "--port", 0, "--index", built_index)
    assert f"no model in {tmp_path / 'none'}" in line
    assert "reinstall Sidelight" in line


def test_it_does_not_start_without_its_embedding_model(tmp_path, capsys, fresh_models):
    line = refused(capsys, "serve", "--port", 0, "--index", tmp_path / "index", "--model", tmp_path / "none")
    assert str(tmp_path / "none") in line
    assert "SIDELIGHT_MODEL" in line


def test_loading_that_fails_is_tried_again_ever_less_often_and_a_new_index_at_once():
    tried, version, good = [], ["one"], engine([], {})

    def load():
        tried.append(version[0])
        if version[0] == "one":
            raise IndexMismatch("damaged: run `sidelight rebuild`")
        return good

    live = Live(load, lambda: version[0], poll_seconds=0.01)
    live.start()
    time.sleep(1.0)
    failures = len(tried)
    assert 3 <= failures <= 8  # after 0, 10, 30, 70, 150, 310, 630 ms; without backing off it would be about 100
    assert live.problem == "damaged: run `sidelight rebuild`"
    version[0] = "two"
    wait_until(lambda: live.current is good, 1)
    time.sleep(0.1)
    live.stop()
    assert tried[failures:].count("two") == 1


def test_an_error_that_nobody_expected_does_not_end_the_watching(caplog):
    outcomes = iter([ZeroDivisionError("division"), engine([], {})])

    def load():
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    live = Live(load, lambda: None, poll_seconds=0.01)
    live.start()
    wait_until(lambda: live.current, 2)
    live.stop()
    assert "ZeroDivisionError" in caplog.text
    assert "sidelight doctor" in caplog.text

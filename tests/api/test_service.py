"""The real service as a process: it builds what is missing, and swaps a new index in."""

import shutil
import subprocess
import sys

import pytest
from running import ROOT, get, post, serving, wait_until


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of seeds of our own, without an index."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    return folder


@pytest.fixture(scope="module")
def service(place):
    """(address, place): `sidelight serve` on a free port, all it prints kept in files."""
    with serving(place, "--index", place / "index", "--seeds", place / "seeds") as (address, _):
        wait_until(lambda: get(address, "/readyz"))
        yield address, place


def test_it_built_the_missing_index_and_answers(service):
    address, _ = service
    assert get(address, "/v1/index")["sources"] == 5
    assert post(address, "/v1/check", {"claim": "Ketamine blocks the brain's NMDA receptors."})["verdict"] == "supported"


def test_serving_and_checking_need_no_torch(built_index):
    code = (
        "import sys, api.commands; from api.app import create_app, load_engine, warm; from api.settings import Settings; "
        f"settings = Settings(index={str(built_index)!r}); create_app(settings); warm(load_engine(settings)); "
        "print({'torch', 'transformers', 'sentence_transformers', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "set()"


def test_a_second_service_on_the_port_says_what_to_do(service):
    address, _ = service
    port = address.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "serve", "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "--port N" in done.stderr


def test_a_rebuild_is_picked_up_without_a_failed_request(service):
    address, place = service
    before = get(address, "/v1/index")["fingerprint"]
    records = place / "seeds" / "sources.toml"
    (place / "seeds" / "note.txt").write_text("Zinc tablets shorten a cold by one day in adults.", encoding="utf-8")
    records.write_text(
        records.read_text(encoding="utf-8")
        + '\n[[source]]\nid = "note"\nfile = "note.txt"\ntitle = "A note on zinc"\nkind = "other"\n'
        + 'publisher = "Ourselves"\nlanguage = "en"\nkind_reason = "Written for this test."\n',
        encoding="utf-8",
    )
    rebuild = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "rebuild", "--index", str(place / "index"), "--seeds", str(place / "seeds")],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    seen = set()
    while rebuild.poll() is None:
        seen.add(post(address, "/v1/check", {"claim": "Zinc tablets make a cold shorter."})["index"]["fingerprint"])
    assert rebuild.returncode == 0
    wait_until(lambda: get(address, "/v1/index")["fingerprint"] != before, 30)
    seen.add(get(address, "/v1/index")["fingerprint"])
    assert before in seen
    assert len(seen) == 2
    assert get(address, "/v1/index")["sources"] == 6

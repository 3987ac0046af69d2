"""The real service as a process: it builds what is missing, swaps a new index in, and keeps nothing of a page."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CANARY = "zebrafinchcanary"


def post(address, path, body):
    request = urllib.request.Request(address + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def get(address, path):
    with urllib.request.urlopen(address + path, timeout=60) as answer:
        return json.load(answer)


def wait_until(question, seconds=120):
    for _ in range(seconds * 5):
        try:
            if question():
                return
        except urllib.error.URLError:
            pass
        time.sleep(0.2)
    raise AssertionError("waited too long")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of seeds of our own, without an index."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    return folder


@pytest.fixture(scope="module")
def service(place):
    """(address, place): `sidelight serve` on a free port, all it prints kept in files."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place)}
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--index", str(place / "index"), "--seeds", str(place / "seeds")]
    with (place / "stdout").open("w") as out, (place / "stderr").open("w") as err:
        process = subprocess.Popen(command, cwd=place, env=environment, stdout=out, stderr=err)
        wait_until(lambda: "serves on" in (place / "stdout").read_text() or process.poll() is not None)
        address = re.search(r"http://\S+", (place / "stdout").read_text())
        assert address, (place / "stderr").read_text()
        wait_until(lambda: get(address.group(), "/readyz"))
        yield address.group(), place
        process.terminate()
        assert process.wait(timeout=30) is not None


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


def test_nothing_of_a_page_is_kept(service):
    address, place = service
    text = f"Ketamine of the {CANARY} kind blocks NMDA receptors in most patients."
    body = {"blocks": [{"id": "b", "text": text}], "page": {"host": f"{CANARY}.example"}}
    assert post(address, "/v1/annotate", body)["coverage"]["claims"] == 1
    post(address, "/v1/check", {"claim": text})
    with pytest.raises(urllib.error.HTTPError):
        post(address, "/v1/annotate", {"blocks": [{"id": "b", "text": [text]}]})
    written = [p for p in place.rglob("*") if p.is_file()]
    assert any("index" in p.parts for p in written)
    assert not [p for p in written if CANARY.encode() in p.read_bytes()]


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

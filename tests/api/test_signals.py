"""Signals to the real process: SIGTERM finishes what is in flight, SIGHUP loads the index again, and the log is JSON lines."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon".split()
PAGE = {"blocks": [{"id": word, "text": f"Ketamine blocks the {word} kind of NMDA receptors in the brain."} for word in WORDS]}


@pytest.fixture(scope="module")
def service(built_index, tmp_path_factory):
    """(process, port, log): a service of its own, ready; `log()` gives its lines so far."""
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", "--index", str(built_index)]
    path = tmp_path_factory.mktemp("service") / "log"
    with path.open("w") as err:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=err, text=True
        )
    port = int(process.stdout.readline().rpartition(":")[2])
    deadline = time.monotonic() + 120
    while ask(port, "GET", "/readyz")[0] != 200:
        assert time.monotonic() < deadline, path.read_text()
        time.sleep(0.2)
    yield process, port, lambda: [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]
    process.kill()
    process.wait()
    process.stdout.close()


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body and json.dumps(body), {"content-type": "application/json"})
    answer = connection.getresponse()
    told = answer.status, json.loads(answer.read() or "null")
    connection.close()
    return told


def in_flight(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        return float(re.search(r"^sidelight_requests_in_flight (\S+)$", answer.read().decode(), re.MULTILINE).group(1))


def wait_for(question):
    deadline = time.monotonic() + 30
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_sighup_loads_the_index_again(service):
    process, port, log = service
    loaded = sum("serving index" in line["message"] for line in log())
    process.send_signal(signal.SIGHUP)
    wait_for(lambda: sum("serving index" in line["message"] for line in log()) == loaded + 1)
    assert ask(port, "GET", "/readyz")[0] == 200
    assert process.poll() is None


def test_sigterm_finishes_what_is_in_flight(service):
    process, port, log = service
    answers = []
    asking = threading.Thread(target=lambda: answers.append(ask(port, "POST", "/v1/annotate", PAGE)))
    asking.start()
    wait_for(lambda: in_flight(port) == 2)  # the page, and the request that asks for the metrics
    process.send_signal(signal.SIGTERM)
    asking.join(60)
    assert process.wait(30) in {0, -signal.SIGTERM}
    [(status, answer)] = answers
    assert (status, answer["coverage"]["claims"]) == (200, len(WORDS))
    assert [line["status"] for line in log() if line.get("route") == "/v1/annotate"] == [200]
    with pytest.raises(ConnectionRefusedError):
        ask(port, "GET", "/healthz")

"""The real service as a process of its own, and how the tests speak to it."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def post(address, path, body):
    """The JSON that a POST of JSON is answered with. Raises HTTPError for a problem."""
    request = urllib.request.Request(address + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def get(address, path):
    """The JSON that a GET is answered with."""
    with urllib.request.urlopen(address + path, timeout=60) as answer:
        return json.load(answer)


def problem(ask, *arguments):
    """(status, headers, JSON) of the problem that `ask(*arguments)` meets."""
    try:
        ask(*arguments)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, json.load(error)
    raise AssertionError("it was answered")


def wait_until(question, seconds=120):
    """Ask until it is so."""
    for _ in range(seconds * 5):
        try:
            if question():
                return
        except urllib.error.URLError:
            pass
        time.sleep(0.2)
    raise AssertionError("waited too long")


@contextmanager
def serving(folder, *options, program=("-m", "api.cli"), **environment):
    """(address, process) of `sidelight serve` on a free port, working and printing into a folder; ends with the block."""
    command = [sys.executable, *map(str, program), "serve", "--port", "0", *map(str, options)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder), **environment}
    with (folder / "stdout").open("w") as out, (folder / "stderr").open("w") as err:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=err)
    try:
        wait_until(lambda: "serves on" in (folder / "stdout").read_text() or process.poll() is not None)
        address = re.search(r"http://\S+", (folder / "stdout").read_text())
        assert address, (folder / "stderr").read_text()
        yield address.group(), process
    finally:
        process.terminate()
        process.wait(timeout=30)

"""The server of the tests leaves nothing behind, however its process ends."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

TESTS = Path(__file__).resolve().parents[1]
PROGRAM = """
from postgres.server import Server
with Server() as server:
    print(server.process.pid, server.data.parent, flush=True)
    input()
"""


def test_a_killed_process_takes_its_servers_with_it() -> None:
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        number, folder = process.stdout.readline().split()
        every = [server := psutil.Process(int(number)), *server.children(recursive=True)]
        assert len(every) > 4
        process.kill()
    ends = time.monotonic() + 15
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in every) or Path(folder).exists():
        assert time.monotonic() < ends
        time.sleep(0.1)

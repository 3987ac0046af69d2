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
    replica = server.replica()
    print(server.process.pid, replica.process.pid, server.data.parent, flush=True)
    input()
"""


def test_a_killed_process_takes_its_servers_with_it() -> None:
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        *numbers, folder = process.stdout.readline().split()
        servers = [psutil.Process(int(number)) for number in numbers]
        every = servers + [child for server in servers for child in server.children(recursive=True)]
        assert len(every) > 8
        process.kill()
    ends = time.monotonic() + 15
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in every) or Path(folder).exists():
        assert time.monotonic() < ends
        time.sleep(0.1)

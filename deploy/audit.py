"""Looks the locked dependencies up in OSV's list of known vulnerabilities, through pip-audit: `make audit`.

Exit 1 when one is known. Where the list cannot be reached, one loud line says so and the exit is 0: an audit that did not happen
must neither look like one that found nothing nor stop work offline. pip-audit itself says "No known vulnerabilities found" when
every package was skipped, so what was looked up is counted here.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCK = Path(__file__).with_name("test.lock")
SECONDS = 120


def pinned(lock: str) -> list[str]:
    """`name==version` of a lock file; a local version such as +cpu is left off, because vulnerabilities are listed without it."""
    return [line.split()[0].partition("+")[0] for line in lock.splitlines() if "==" in line]


def look_up(requirements: list[str], *options: str) -> list[dict[str, Any]] | None:
    """pip-audit's word on each package, or None when it could not ask."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(requirements))
        file.flush()
        command = [sys.executable, "-m", "pip_audit", "-r", file.name, "--no-deps", "--disable-pip", "-s", "osv", "--timeout", "5"]
        try:
            done = subprocess.run(
                [*command, "--progress-spinner", "off", "-f", "json", *options],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            return list(json.loads(done.stdout)["dependencies"])
        except (ValueError, subprocess.TimeoutExpired):
            return None


def report(packages: list[dict[str, Any]] | None, asked: int) -> tuple[int, str]:
    """The exit code and what to print."""
    looked_up = [package for package in packages or [] if "skip_reason" not in package]
    found = [
        f"{package['name']} {package['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no release'}"
        for package in looked_up
        for known in package["vulns"]
    ]
    if found:
        return 1, "\n".join(["known vulnerabilities among the locked dependencies:", *found])
    if len(looked_up) < asked:
        return 0, f"*** AUDIT NOT DONE: {asked - len(looked_up)} of {asked} packages could not be looked up (is there a network?) ***"
    return 0, f"{asked} locked packages looked up: no known vulnerability"


if __name__ == "__main__":
    names = pinned(LOCK.read_text(encoding="utf-8"))
    code, text = report(look_up(names, *sys.argv[1:]), len(names))
    print(text)
    sys.exit(code)

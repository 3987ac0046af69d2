"""What stands in deploy/ and THIRD_PARTY.md fits the code: paths, commands, ports, times, locks, licences."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.utils import canonicalize_name

from api.serving import GRACE_SECONDS
from api.settings import Settings
from deploy.audit import pinned, report
from deploy.third_party import IN_THE_IMAGE, NOT_IN_THE_IMAGE, RUNTIME, TESTS, asked, closure, declared, of_the_image, shown

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "sidelight.service").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["sidelight"]
THIRD_PARTY = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
LOCKS = {name: (DEPLOY / name).read_text(encoding="utf-8") for name in ("serve.lock", "test.lock", "image.lock")}
PORT, HOST = Settings.model_fields["port"].default, Settings.model_fields["host"].default


@pytest.fixture(scope="module")
def unit():
    """Section -> name -> values; a name may stand several times."""
    sections = {}
    for line in UNIT.splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            section.setdefault(name, []).append(value)
    return sections


def environment(unit):
    return dict(pair.split("=", 1) for line in unit["Service"]["Environment"] for pair in line.split())


def known_settings(names):
    return {name.removeprefix("SIDELIGHT_").lower() for name in names if name.startswith("SIDELIGHT_")} <= set(Settings.model_fields)


def test_the_unit_runs_a_command_that_exists_with_settings_that_exist(unit):
    program, command = unit["Service"]["ExecStart"][0].split()
    assert program.endswith("/.venv/bin/sidelight")
    assert subprocess.run([sys.executable, "-m", "api.cli", command, "--help"], cwd=ROOT, capture_output=True, check=False).returncode == 0
    given = environment(unit)
    assert known_settings(given)
    settings = Settings(**{n.removeprefix("SIDELIGHT_").lower(): v for n, v in given.items() if n.startswith("SIDELIGHT_")})
    assert (settings.host, settings.port, settings.log) == (HOST, PORT, "json")
    assert str(settings.index).startswith(f"/var/lib/{unit['Service']['StateDirectory'][0]}/")


def test_the_unit_is_hardened(unit):
    service = unit["Service"]
    wanted = {
        "DynamicUser": "yes",
        "ProtectSystem": "strict",
        "NoNewPrivileges": "yes",
        "IPAddressDeny": "any",
        "CapabilityBoundingSet": "",
    }
    assert {name: service[name][0] for name in wanted} == wanted
    assert service["MemoryMax"]


def test_stopping_leaves_time_for_what_is_in_flight(unit):
    assert int(unit["Service"]["TimeoutStopSec"][0]) > GRACE_SECONDS
    assert int(COMPOSE["stop_grace_period"].removesuffix("s")) > GRACE_SECONDS


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here; the unit's parts are checked above")
def test_systemd_accepts_the_unit(tmp_path):
    program = tmp_path / ".venv" / "bin" / "sidelight"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "sidelight.service"
    unit.write_text(UNIT.replace("/opt/sidelight", str(tmp_path)))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_copies_what_exists_and_runs_as_a_user():
    sources = [word for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINER, re.MULTILINE) for word in line.split()[:-1]]
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    assert set(IN_THE_IMAGE) <= set(sources)
    stages = CONTAINER.split("\nFROM ")
    assert len(stages) == 3  # what stands before the first, and two stages
    assert re.search(r"^USER (\d+):\1$", stages[-1], re.MULTILINE).group(1) != "0"
    assert "--require-hashes -r deploy/image.lock" in CONTAINER
    assert "curl" not in CONTAINER
    assert known_settings(re.findall(r"SIDELIGHT_\w+", CONTAINER))
    assert set(re.findall(r"\b8\d{3}\b", CONTAINER)) == {str(PORT)}


def test_what_the_container_copies_is_enough(tmp_path):
    for folder in IN_THE_IMAGE:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    code = "import api.app, api.settings; api.app.create_app(api.settings.Settings()); print(api.app.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(tmp_path / "api" / "app.py"), done.stderr


def test_the_images_packages_are_enough(tmp_path):
    """The service's models, an index of the seeds and a check of a claim, without any package that the image has not got."""

    def run(*command):
        program = [sys.executable, Path(__file__).with_name("image.py"), DEPLOY / "image.lock", *command, "--index", tmp_path]
        return subprocess.run(program, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)

    assert run("rebuild").returncode == 0
    done = run("check", "Ketamine blocks NMDA receptors.")
    assert done.stdout.startswith("✓ supported"), done.stderr
    other = run("rebuild", "--model", "another")
    assert (other.returncode, "No module named 'sentence_transformers'" in other.stderr) == (1, True)


def test_the_health_check_is_python_that_runs():
    code = re.search(r'"-c", "(.*)"\]', CONTAINER).group(1)
    done = subprocess.run([sys.executable, "-c", code.replace(str(PORT), "9")], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "URLError" in done.stderr


def test_compose_keeps_the_service_on_loopback_and_read_only():
    assert COMPOSE["network_mode"] == "host"
    assert (COMPOSE["environment"]["SIDELIGHT_HOST"], int(COMPOSE["environment"]["SIDELIGHT_PORT"])) == (HOST, PORT)
    assert COMPOSE["read_only"] is True
    assert COMPOSE["cap_drop"] == ["ALL"]
    assert COMPOSE["user"] == re.search(r"^USER (\S+)$", CONTAINER, re.MULTILINE).group(1)
    assert (DEPLOY / COMPOSE["build"]["context"] / COMPOSE["build"]["dockerfile"]).is_file()
    index = re.search(r"SIDELIGHT_INDEX=(\S+)", CONTAINER).group(1)
    assert any(index.startswith(volume.split(":")[1] + "/") for volume in COMPOSE["volumes"])


@pytest.mark.parametrize(("name", "extras"), [("serve.lock", ()), ("test.lock", ("test",))])
def test_a_lock_has_every_dependency_hashed_and_names_no_place(name, extras):
    names = {canonicalize_name(line.partition("==")[0]) for line in pinned(LOCKS[name])}
    assert {name for name, _ in declared(*extras)} <= names, "run `make lock`"
    assert set(closure(declared(*extras))) <= names, "run `make lock`"
    blocks = re.split(r"\n(?=\S)", LOCKS[name].strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?:|file:|index-url|find-links", LOCKS[name])


def test_the_images_lock_is_part_of_what_was_tested():
    lines, tested = set(pinned(LOCKS["image.lock"])), set(pinned(LOCKS["test.lock"]))
    assert lines <= tested | {line for line in lines if line.startswith("setuptools==")}
    names = {canonicalize_name(line.partition("==")[0]) for line in lines}
    assert names == set(closure({asked(needed) for needed in of_the_image()})), "run `make lock`"
    assert names.isdisjoint(NOT_IN_THE_IMAGE)


@pytest.mark.parametrize(("mark", "extras"), [(RUNTIME, ()), (TESTS, ("test",))])
def test_third_party_names_every_package(mark, extras):
    rows = shown(THIRD_PARTY, RUNTIME) | shown(THIRD_PARTY, mark)
    assert {name for name, _ in declared(*extras)} <= set(rows), "run `make lock`"
    locked = dict(line.split("==") for line in pinned(LOCKS["test.lock" if extras else "serve.lock"]))
    assert {canonicalize_name(name): version.partition("+")[0] for name, version in rows.items()} == locked, "run `make lock`"


def test_what_the_audit_says():
    clean = {"name": "a", "version": "1", "vulns": []}
    known = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
    skipped = {"name": "c", "skip_reason": "not found"}
    assert report([clean], 1) == (0, "1 locked packages looked up: no known vulnerability")
    code, text = report([clean, known, skipped], 3)
    assert code == 1
    assert "b 2: CVE-1, mended in 3" in text
    for answer in ([clean, skipped], None):
        code, text = report(answer, 2)
        assert (code, text.startswith("*** AUDIT NOT DONE")) == (0, True)

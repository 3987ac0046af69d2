"""`sidelight doctor`: look at everything Sidelight needs and say what to mend."""

import json
import platform
import shutil
import socket
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from api.app import home, models
from api.settings import Settings
from index.errors import IndexProblem
from index.folder import assigned
from index.records import read_records

ROOM = 200 * 1024 * 1024
"""Bytes a rebuild should find free, beside twice the index that there is: the new generation stands beside the last two."""

EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
"""An origin as a browser gives to an extension; the service lets every extension ask, whatever its id."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing looked at: whether it is in order, and what there is or what to do."""

    what: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Examined]:
    """All checks, in the order in which they depend on each other."""
    embedder, stance = models(settings)

    def index() -> str:
        info = home(settings).open(embedder.name).info
        return f"{info.claims} claims of {info.sources} sources, built {info.built_at}, {home(settings)}"

    def stance_weights() -> str:
        stance.load()
        return stance.name

    def embedding() -> str:
        return f"{embedder.name}, {embedder.embed(['Ketamine blocks NMDA receptors.']).shape[1]} dimensions"

    running = answers(settings)
    return [
        python(),
        attempt("embedding model", embedding, "name another with --model or SIDELIGHT_MODEL"),
        attempt("stance model", stance_weights, "reinstall Sidelight"),
        seeds(settings.seeds),
        attempt("index", index, "run `sidelight rebuild`"),
        *([] if settings.store else [room(settings.index)]),
        port(settings, running),
        extension(settings, running),
    ]


def attempt(what: str, look: Callable[[], str], remedy: str) -> Examined:
    """The result of one look; any failure is a finding."""
    try:
        return Examined(what, True, look())
    except IndexProblem as problem:
        return Examined(what, False, str(problem))
    except Exception as error:
        return Examined(what, False, f"{type(error).__name__}: {error}; {remedy}")


def python() -> Examined:
    """Whether this Python is new enough."""
    ok = sys.version_info >= (3, 11)
    return Examined("python", ok, platform.python_version() + ("" if ok else ": 3.11 or newer is needed, make PYTHON=… serve"))


def seeds(folder: Path) -> Examined:
    """Whether the folder of documents has a record for each; the documents themselves are not read."""
    try:
        plan, refused = assigned(folder, read_records(folder))
    except IndexProblem as problem:
        return Examined("seeds", False, str(problem))
    if refused:
        return Examined("seeds", False, f"{len(refused)} of {folder} would be refused, first {refused[0]}")
    return Examined("seeds", True, f"{len(plan)} files with a record, {folder}")


def room(index: Path) -> Examined:
    """Whether the disk holds another generation of the index."""
    there = next(place for place in (index, *index.absolute().parents) if place.exists())
    used = sum(path.stat().st_size for path in index.glob("generation-*.db"))
    free, needed = shutil.disk_usage(there).free, ROOM + 2 * used
    detail = f"{free / 1e9:.1f} GB free at {there}"
    if free >= needed:
        return Examined("disk room", True, detail)
    remedy = "make room there, or give --index another folder"
    return Examined("disk room", False, f"{detail}, a rebuild may need {needed / 1e9:.1f} GB: {remedy}")


def answers(settings: Settings) -> bool:
    """Whether a Sidelight answers on the port."""
    try:
        with urllib.request.urlopen(f"{address(settings)}/healthz", timeout=2) as answer:
            return bool(json.load(answer) == {"status": "ok"})
    except (OSError, ValueError, HTTPException):
        return False


def address(settings: Settings) -> str:
    """Where the service is asked."""
    return f"http://{settings.host}:{settings.port}"


def port(settings: Settings, running: bool) -> Examined:
    """Whether the service answers on its port, is still loading, or could be started there."""
    where = address(settings)
    if running:
        loaded = "" if ready(where) else ", but is still loading or has no index: its /readyz says which"
        return Examined("service", True, f"answers on {where}{loaded}")
    with socket.socket() as probe:
        probe.settimeout(2)
        taken = probe.connect_ex((settings.host, settings.port)) == 0
    if taken:
        remedy = "stop it, or serve with --port N and set the same address in the extension"
        return Examined("service", False, f"something else listens on {where}: {remedy}")
    return Examined("service", True, f"not running; `make serve` starts it on {where}")


def ready(where: str) -> bool:
    """Whether models and index are loaded."""
    try:
        with urllib.request.urlopen(f"{where}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


def extension(settings: Settings, running: bool) -> Examined:
    """Whether the service lets a browser extension ask, seen from outside: the preflight that a browser sends, and its answer."""
    where = address(settings)
    if not running:
        return Examined("browser extension", True, f"not looked at, the service is not running; the extension asks {where}")
    headers = {"Origin": EXTENSION, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    try:
        request = urllib.request.Request(f"{where}/v1/annotate", method="OPTIONS", headers=headers)
        with urllib.request.urlopen(request, timeout=2) as answer:
            allowed = answer.headers.get("Access-Control-Allow-Origin") == EXTENSION
    except (OSError, HTTPException):
        allowed = False
    if allowed:
        return Examined("browser extension", True, f"may ask {where}; the extension's settings must name this address")
    return Examined("browser extension", False, f"{where} turns extensions away: it is not this Sidelight; stop it, then `make serve`")

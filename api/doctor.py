"""`sidelight doctor`: look at everything Sidelight needs and say what to mend."""

import platform
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from api.app import models
from api.settings import Settings
from index.errors import IndexProblem
from index.store.sqlite import open_store


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
        info = open_store(settings.index, embedder.name).info
        return f"{info.claims} claims of {info.sources} sources, built {info.built_at}, {settings.index}"

    def stance_weights() -> str:
        stance.load()
        return stance.name

    def embedding() -> str:
        return f"{embedder.name}, {embedder.embed(['Ketamine blocks NMDA receptors.']).shape[1]} dimensions"

    return [
        Examined("python", sys.version_info >= (3, 11), platform.python_version()),
        attempt("embedding model", embedding, "name another with --model or SIDELIGHT_MODEL"),
        attempt("stance model", stance_weights, "reinstall Sidelight"),
        attempt("index", index, "run `sidelight rebuild`"),
        port(settings),
    ]


def attempt(what: str, look: Callable[[], str], remedy: str) -> Examined:
    """The result of one look; any failure is a finding."""
    try:
        return Examined(what, True, look())
    except IndexProblem as problem:
        return Examined(what, False, str(problem))
    except Exception as error:
        return Examined(what, False, f"{type(error).__name__}: {error}; {remedy}")


def port(settings: Settings) -> Examined:
    """Whether the service answers on its port, or could be started there."""
    address = f"http://{settings.host}:{settings.port}"
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            return Examined("service", answer.status == 200, f"answers on {address}; the extension can reach it")
    except (urllib.error.URLError, OSError):
        with socket.socket() as probe:
            taken = probe.connect_ex((settings.host, settings.port)) == 0
        if taken:
            return Examined(
                "service",
                False,
                f"something else listens on {address}: stop it, or serve with --port N and set the same address in the extension",
            )
        return Examined("service", True, f"not running; `make serve` starts it on {address}")

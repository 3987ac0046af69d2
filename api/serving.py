"""`sidelight serve`: build the index if there is none, then serve until interrupted."""

import signal
import socket
import threading
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from api import logs
from api.app import create_app, load_engine
from api.settings import Settings
from index.errors import IndexMismatch, IndexMissing

GRACE_SECONDS = 30
"""How long requests in flight may take to end after SIGTERM: a page at the limit of claims takes about 20 s on two cores."""


def serve(settings: Settings, build: Callable[[], object], say: Callable[[str], None]) -> None:
    """Serve until interrupted; `build` makes a missing or unfit index.

    Raises ValueError when anybody on the network could ask, OSError when the port is taken.
    """
    logs.set_up(settings.log)
    app = create_app(settings)
    with listen(settings.host, settings.port) as listener:
        say("loading the models and the index ...")
        try:
            load_engine(settings)
        except (IndexMissing, IndexMismatch) as problem:  # what a rebuild mends; a bad list of retractions is none of it
            if settings.store is not None:  # which this service may read only
                raise
            say(f"{problem}; building it from {settings.seeds} ...")
            build()
        run(app, listener)


def run(app: FastAPI, listener: socket.socket) -> None:
    """Serve on a bound socket until interrupted, and say where."""
    if hasattr(signal, "SIGHUP"):  # not on Windows
        signal.signal(signal.SIGHUP, lambda number, frame: app.state.live.reload())
    # No access log of uvicorn's: its lines hold addresses and the query of a search, which is text that somebody reads.
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    server = uvicorn.Server(config)
    host, port = listener.getsockname()[:2]
    threading.Thread(
        target=announce, args=(server, f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"), daemon=True
    ).start()
    server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises OSError with a remedy when the address cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(f"cannot listen on {host}:{port} ({error.strerror}): stop what runs there, or serve with --port N") from error
    return listener


def announce(server: uvicorn.Server, address: str) -> None:
    """Print the address once requests are answered there."""
    while not server.started:
        if server.should_exit:
            return
        threading.Event().wait(0.05)
    print(f"Sidelight serves on {address}", flush=True)  # noqa: T201

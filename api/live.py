"""The engine in use, swapped whole when a rebuild publishes a new index."""

import logging
import threading
import time
from collections.abc import Callable

from api.check import Engine
from api.problems import Problem, place
from index.errors import IndexProblem

log = logging.getLogger("sidelight")
POLL_SECONDS = 1.0
LONGEST_WAIT = 60.0
"""Seconds between attempts to load what could not be loaded, once it failed often: each reads the index and the weights through."""


class Live:
    """Holds one immutable `Engine`; a request reads the reference once and keeps that engine to its end.

    `load` makes an engine, `version` says cheaply which index is published now (None when there is none).
    """

    def __init__(self, load: Callable[[], Engine], version: Callable[[], str | None], poll_seconds: float = POLL_SECONDS) -> None:
        self.load, self.version, self.poll_seconds = load, version, poll_seconds
        self.current: Engine | None = None
        self.problem = "The models and the index are still being loaded; ask again in a moment."
        self.stopping = threading.Event()
        self.asked_again = False
        self.thread = threading.Thread(target=self.watch, name="index-watch", daemon=True)

    def engine(self) -> Engine:
        """The engine in use. Raises Problem (503) while there is none, with the reason."""
        if self.current is None:
            raise Problem(503, "Not ready", self.problem, {"Retry-After": "5"})
        return self.current

    def start(self) -> None:
        """Load in the background and keep watching for a new index."""
        self.thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self.stopping.set()
        self.thread.join()

    def reload(self) -> None:
        """Load the published index again at the next look, changed or not. Only sets a flag, so a signal handler may call it."""
        self.asked_again = True

    def watch(self) -> None:
        """Load whenever another version is published; one that cannot be loaded leaves the old engine serving, and is tried again later.

        The wait doubles with each failure up to `LONGEST_WAIT`; a new version is tried at once.
        """
        seen: str | None = None
        wait, due = self.poll_seconds, 0.0
        while not self.stopping.is_set():
            published = self.version()
            if published != seen or self.asked_again:
                wait, due = self.poll_seconds, 0.0
            if time.monotonic() >= due:
                seen, self.asked_again = published, False
                if self.swap():
                    due = float("inf")
                else:
                    due = time.monotonic() + wait
                    wait = min(2 * wait, LONGEST_WAIT)
            self.stopping.wait(self.poll_seconds)

    def swap(self) -> bool:
        """Put a newly loaded engine in place, or remember why that failed; whether it did not."""
        try:
            self.current = self.load()
        except Exception as error:
            self.report(error)
            return False
        log.info("serving index %s with %d claims", self.current.store.info.fingerprint[:12], self.current.store.info.claims)
        return True

    def report(self, error: Exception) -> None:
        """Log a problem once, not at each attempt."""
        expected = isinstance(error, (IndexProblem, OSError))
        problem = str(error) if expected else f"Loading failed: {type(error).__name__} ({error}) at {place(error)}. Run `sidelight doctor`."
        if problem != self.problem:
            log.error("%s%s", problem, "; the index loaded before goes on serving" if self.current else "")
        self.problem = problem

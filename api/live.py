"""The engine in use, swapped whole when a rebuild publishes a new index."""

import logging
import threading
from collections.abc import Callable

from api.check import Engine
from api.problems import Problem
from index.errors import IndexProblem

log = logging.getLogger("sidelight")
POLL_SECONDS = 1.0


class Live:
    """Holds one immutable `Engine`; a request reads the reference once and keeps that engine to its end.

    `load` makes an engine, `version` says cheaply which index is published now (None when there is none).
    """

    def __init__(self, load: Callable[[], Engine], version: Callable[[], str | None]) -> None:
        self.load, self.version = load, version
        self.current: Engine | None = None
        self.problem = "The models and the index are still being loaded; ask again in a moment."
        self.stopping = threading.Event()
        self.asked_again = False
        self.thread = threading.Thread(target=self.watch, name="index-watch", daemon=True)

    def engine(self) -> Engine:
        """The engine in use. Raises Problem (503) while there is none, with the reason."""
        if self.current is None:
            raise Problem(503, "Not ready", self.problem)
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
        """Load whenever another version is published; a version that cannot be loaded leaves the old engine serving."""
        seen: str | None = None
        while not self.stopping.is_set():
            published = self.version()
            if published != seen or self.current is None or self.asked_again:
                seen, self.asked_again = published, False
                self.swap()
            self.stopping.wait(POLL_SECONDS)

    def swap(self) -> None:
        """Put a newly loaded engine in place, or remember why that failed."""
        try:
            self.current = self.load()
            log.info("serving index %s with %d claims", self.current.store.info.fingerprint[:12], self.current.store.info.claims)
        except (IndexProblem, OSError) as error:
            if str(error) != self.problem:
                log.error("%s%s", error, "; the index loaded before goes on serving" if self.current else "")
            self.problem = str(error)

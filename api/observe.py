"""Every request is named, timed, counted and logged: the outermost middleware."""

import logging
import re
import time
import uuid
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import REQUEST_ID
from api.metrics import RECORD, Metrics, Record

log = logging.getLogger("sidelight")

SANE_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
"""What a client may name its request: an id has these characters; an address or a text has others, and must not reach the log."""

CLIENT_GONE = 499
"""The status, as nginx has it, of a request whose client left before there was an answer."""

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""What is asked every few seconds and not worth a line."""

NO_ROUTE = "none"


@dataclass(slots=True)
class Seen:
    """What is seen of one request as it passes."""

    begun: float = field(default_factory=time.perf_counter)
    record: Record = field(default_factory=Record)
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


def request_id(headers: Headers) -> str:
    """The id that the client gave, if it is one, or a new one."""
    given = headers.get("x-request-id", "")
    return given if SANE_ID.fullmatch(given) else uuid.uuid4().hex


def template(scope: Scope) -> str:
    """The template of the route that answered, such as `/v1/claims/{claim_id}`; a folder of files by its own path, the rest as `none`."""
    route = scope.get("route")
    if route is not None:
        return str(route.path)
    return scope.get("root_path") or NO_ROUTE


class Observe:
    """ASGI middleware. Gives the request its id and record and the response its `X-Request-ID`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under observation."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen, name = Seen(), request_id(Headers(scope=scope))
        REQUEST_ID.set(name)
        RECORD.set(seen.record)

        async def receive_seen() -> Message:
            message = await receive()
            seen.bytes_in += len(message.get("body", b""))
            return message

        async def send_seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = name
            seen.bytes_out += len(message.get("body", b""))
            await send(message)

        with self.metrics.in_flight.track_inprogress():
            try:
                await self.app(scope, receive_seen, send_seen)
            except Exception:
                seen.status = seen.status or 500
                raise
            finally:
                self.finish(scope, seen)

    def finish(self, scope: Scope, seen: Seen) -> None:
        """Count and log a request that is over."""
        seconds = time.perf_counter() - seen.begun
        route, status = template(scope), seen.status or CLIENT_GONE
        self.metrics.answered(route, status, seconds, seen.record)
        if route in QUIET and status < 400:
            return
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
        told: dict[str, object] = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        told |= {"bytes_in": seen.bytes_in, "bytes_out": seen.bytes_out}
        if seen.record.seconds:
            told["stages_ms"] = {name: round(spent * 1000, 1) for name, spent in seen.record.seconds.items()}
        log.info("answered", extra={"fields": told})

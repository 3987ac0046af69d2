"""Who may ask: the reader's own browser extension and page, never a web page that found the port.

Three checks on every request, before any route sees it: the Host header (a web page can point its own name at 127.0.0.1, DNS
rebinding), the Origin header, and the size of the body. CORS is answered for the origins that may ask, so
that the extension also works when the browser withholds its host permission.
"""

from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, problem_response

EXTENSION_SCHEMES = ("chrome-extension://", "moz-extension://", "safari-web-extension://")


def host_name(host: str) -> str:
    """The name in a Host header, without the port or the brackets of IPv6."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def is_loopback(name: str) -> bool:
    """Whether a host name can only mean this machine."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI middleware for the three checks. `bound` is the address served; a wider one is allowed as a Host too."""

    def __init__(self, app: ASGIApp, bound: str, origins: frozenset[str], max_body_bytes: int) -> None:
        self.app, self.bound, self.origins, self.max_body_bytes = app, bound, origins, max_body_bytes

    def may_ask(self, origin: str, host: str) -> bool:
        """Whether this Origin is an extension, a configured one, or this service's own page."""
        return origin.startswith(EXTENSION_SCHEMES) or origin in self.origins or origin == f"http://{host}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, answer the preflight, or pass on with a body that is within its limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        refusal = None
        if not (is_loopback(host_name(host)) or host_name(host) == self.bound):
            refusal = problem_response(403, "Wrong host", f"Ask for http://{self.bound}, not for {host_name(host)!r}.")
        elif origin and not self.may_ask(origin, host):
            refusal = problem_response(
                403, "This origin may not ask", f"Web pages may not use Sidelight. To allow {origin}, set SIDELIGHT_ORIGINS."
            )
        if refusal is None and scope["method"] == "OPTIONS" and origin:
            refusal = problem_response(200, "Preflight", "You may ask.")
        if refusal is not None:
            await refusal(scope, receive, self.with_cors(send, origin if origin and self.may_ask(origin, host) else None))
            return
        messages = await self.read(receive)
        if messages is None:
            await self.too_large().response()(scope, receive, self.with_cors(send, origin))
            return

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await self.app(scope, replay, self.with_cors(send, origin))

    def too_large(self) -> Problem:
        """The error for a body over the limit."""
        return Problem(413, "Too much at once", f"The body may have {self.max_body_bytes} bytes. Send the page in parts.")

    async def read(self, receive: Receive) -> list[Message] | None:
        """The messages of the whole body, or None when it outgrows the limit, whatever length it declared."""
        messages: list[Message] = []
        size = 0
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())
            size += len(messages[-1].get("body", b""))
            if size > self.max_body_bytes:
                return None
        return messages

    def with_cors(self, send: Send, origin: str | None) -> Send:
        """`send` that adds the CORS headers for an origin that may ask."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers.append("Vary", "Origin")
                if origin:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
                    headers["Access-Control-Allow-Headers"] = "content-type, accept, authorization"
                    headers["Access-Control-Allow-Private-Network"] = "true"
            await send(message)

        return send_with_headers

"""Who may ask: the reader's own browser extension and page, never a web page that found the port.

Checked on every request, before any route sees it: the Host header (a web page can point its own name at 127.0.0.1, DNS rebinding),
the Origin header, what the browser says of a request without one, and the token where there is one. CORS is answered for the origins
that may ask, so that the extension also works when the browser withholds its host permission.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import bearer
from api.problems import problem_response
from api.settings import Settings

EXTENSION_SCHEMES = ("chrome-extension://", "moz-extension://", "safari-web-extension://")
OPEN_PATHS = frozenset({"/", "/healthz"})
OPEN_FOLDERS = ("/page/", "/shared/", "/locales/")
"""What is answered without the token: that the process lives, and the page at `/`, which is public code and itself asks with the token."""


def host_name(host: str) -> str:
    """The name in a Host header, without the port or the brackets of IPv6."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def is_address(name: str) -> bool:
    """Whether a host name is a bare address, which nobody can point elsewhere."""
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def is_loopback(name: str) -> bool:
    """Whether a host name can only mean this machine."""
    return name == "localhost" or (is_address(name) and ip_address(name).is_loopback)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask. `bound` is the address served, `extension` the only extension's origin, `token` the hash of what must be shown."""

    bound: str
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    extension: str | None = None
    token: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Access":
        """What the settings allow. Raises ValueError where they would let anybody on the network ask."""
        token = bearer.stored(settings.token_file)
        if token is None and not is_loopback(settings.host):
            raise ValueError(
                f"{settings.host} can be reached from other machines, and there is no token: run `sidelight token new`, "
                "or serve on 127.0.0.1"
            )
        return cls(settings.host, settings.hosts, settings.origins, settings.origin, token)

    def knows_host(self, name: str) -> bool:
        """Whether the service may be asked by this name; beyond loopback, any bare address is as good as the one bound."""
        wide = not is_loopback(self.bound)
        return is_loopback(name) or name == self.bound or name in self.hosts or (wide and is_address(name))

    def may_ask(self, origin: str, host: str) -> bool:
        """Whether this Origin is a configured one, this service's own page, or an extension: the pinned one, where one is."""
        if origin in self.origins or origin == f"http://{host}":
            return True
        return origin == self.extension if self.extension else origin.startswith(EXTENSION_SCHEMES)

    def refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Why this request is not answered, or None."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.knows_host(host_name(host)):
            detail = f"Ask for http://{self.bound}, not for {host_name(host)!r}. To answer to that name, set SIDELIGHT_HOSTS."
            return problem_response(403, "Wrong host", detail)
        if origin and not self.may_ask(origin, host):
            return self.wrong_origin(origin)
        if not origin and is_from_a_web_page(headers):
            return problem_response(403, "This origin may not ask", "Web pages may not use Sidelight. To allow one, set SIDELIGHT_ORIGINS.")
        if scope["method"] == "OPTIONS" and origin:  # A preflight never carries the token.
            return Response(status_code=204)
        if self.token and not is_open(scope["path"]) and not bearer.fits(headers.get("authorization", ""), self.token):
            return no_token(given="authorization" in headers)
        return None

    def wrong_origin(self, origin: str) -> Response:
        """Why this origin may not ask."""
        if origin.startswith(EXTENSION_SCHEMES):
            detail = f"This service answers {self.extension} alone. For another extension, serve with --origin {origin}."
        else:
            detail = f"Web pages may not use Sidelight. To allow {origin}, set SIDELIGHT_ORIGINS."
        return problem_response(403, "This origin may not ask", detail)


def is_from_a_web_page(headers: Headers) -> bool:
    """Whether a browser says that another site asks, though without an Origin: an image, a script, a form; following a link is none."""
    elsewhere = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    return elsewhere and (headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") != "document")


def is_open(path: str) -> bool:
    """Whether a path is answered without the token."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def no_token(given: bool) -> Response:
    """The refusal of a request without the right token."""
    wrong = "This is not the token of this service" if given else "This service asks for its token"
    detail = f"{wrong}: send `Authorization: Bearer TOKEN`, or set it in the extension's options. `sidelight token new` makes another."
    response = problem_response(401, "Wrong token" if given else "No token", detail)
    response.headers["WWW-Authenticate"] = 'Bearer realm="Sidelight"'
    return response


class Guard:
    """ASGI middleware: refuses, answers the preflight, or passes on; every answer has the CORS headers of an origin that may ask."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may be answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        allowed = origin if origin and self.access.may_ask(origin, headers.get("host", "")) else None
        await (self.access.refusal(scope, headers) or self.app)(scope, receive, with_cors(send, allowed))


def with_cors(send: Send, origin: str | None) -> Send:
    """`send` that adds the CORS headers for an origin that may ask."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers.append("Vary", "Origin")
            if origin:
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
                headers["Access-Control-Allow-Headers"] = "content-type, accept, authorization, if-none-match"
                headers["Access-Control-Expose-Headers"] = "etag, retry-after"
                headers["Access-Control-Allow-Private-Network"] = "true"
        await send(message)

    return send_with_headers

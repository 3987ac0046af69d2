"""A relay in front of the real service: what is asked can be looked at, and answers can be held back."""

import select
import time
import urllib.request
from http.server import BaseHTTPRequestHandler
from json import loads
from urllib.error import HTTPError

from .serving import serve


class Relay:
    """Passes all on to `behind`. `asked` holds the bodies of all questions, `statuses` what was answered to them; `delay` is how many
    seconds an answer is held back.

    Where `token` is set, whoever does not bring it is turned away; `host` is the name by which the service is asked instead of its own.
    """

    def __init__(self, behind: str) -> None:
        self.asked: list[dict] = []
        self.statuses: list[int] = []
        self.delay = 0.0
        self.token = ""
        self.host = ""
        self.given_up = 0
        self.server = serve(handler(self, behind))
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def texts(self) -> list[str]:
        """The texts of all blocks that were sent."""
        return [block["text"] for body in self.asked for block in body.get("blocks", [])]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def handler(relay: Relay, behind: str) -> type[BaseHTTPRequestHandler]:
    """The class that an HTTP server makes one of for each connection."""
    return type("Passing", (Passing,), {"relay": relay, "behind": behind})


class Passing(BaseHTTPRequestHandler):
    relay: Relay
    behind: str

    def do_GET(self) -> None:
        self.pass_on(None)

    def do_OPTIONS(self) -> None:
        self.pass_on(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.relay.asked.append(loads(body))
        if self.is_waited_for():
            self.pass_on(body)

    def is_waited_for(self) -> bool:
        """Holds the answer back; False when the browser gives up meanwhile."""
        end = time.monotonic() + self.relay.delay
        while time.monotonic() < end:
            if select.select([self.connection], [], [], 0.1)[0]:
                self.relay.given_up += 1
                return False
        return True

    def pass_on(self, body: bytes | None) -> None:
        if self.relay.token and self.headers["Authorization"] != f"Bearer {self.relay.token}":
            self.send_error(401)
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection", "accept-encoding"}}
        if self.relay.host:
            headers["Host"] = self.relay.host
        request = urllib.request.Request(self.behind + self.path, body, headers, method=self.command)
        try:
            answer = urllib.request.urlopen(request)
        except HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
        if body is not None:
            self.relay.statuses.append(answer.status)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in {"transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass

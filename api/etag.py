"""Strong ETags on reads: a client that has the answer already gets 304 and no body (RFC 9110, sections 8.8.3 and 13.1.2)."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class Tagged(APIRoute):
    """A route whose answers carry an ETag and are checked against `If-None-Match`.

    The tag is the hash of the answer itself: the index fingerprint alone would miss a new list of retractions or a new release, and
    an index swapped between naming the answer and giving it. What is saved is the transfer, and the client's parsing.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, followed by the comparison; errors pass as they are."""
        answer = super().get_route_handler()

        async def compared(request: Request) -> Response:
            response = await answer(request)
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
            headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
            if matches(request.headers.get("if-none-match", ""), tag):
                return Response(status_code=304, headers=headers)
            response.headers.update(headers)
            return response

        return compared


def matches(condition: str, tag: str) -> bool:
    """Whether an If-None-Match header names the tag; `W/` is ignored, as the weak comparison asks."""
    named = {part.strip().removeprefix("W/") for part in condition.split(",")}
    return "*" in named or tag in named

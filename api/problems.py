"""Errors as RFC 9457 problem+json: every one says what is wrong and what to do next. None keeps what was asked."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import REQUEST_ID, passed_through
from index.errors import IndexProblem

log = logging.getLogger("sidelight")
MEDIA_TYPE = "application/problem+json"
LONGEST_NAME = 80


class Problem(Exception):
    """An expected error with its HTTP status, a title for its class, a detail for this case, and further members of its JSON."""

    def __init__(self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers, self.more = status, title, detail, headers, more

    def response(self) -> Response:
        """The problem as it is sent."""
        response = problem_response(self.status, self.title, self.detail, **self.more)
        response.headers.update(self.headers or {})
        return response


def problem_response(status: int, title: str, detail: str, **more: Any) -> Response:
    """The response for a problem; `more` are extension members, beside the id under which the log has the request.

    Written in ASCII: what is echoed may hold half a surrogate pair.
    """
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    if request_id := REQUEST_ID.get():
        body["request_id"] = request_id
    return Response(json.dumps(body), status, media_type=MEDIA_TYPE)


def where(location: Sequence[Any], kind: str) -> str:
    """A pydantic error location as a path into the body, such as `blocks[3].text`."""
    if kind == "json_invalid":
        return f"the body, character {location[-1]}"
    path = ""
    for part in location[1:] if location and location[0] == "body" else location:
        # A name may be one that the asker made up, of any length.
        path += f"[{part}]" if isinstance(part, int) else f".{part}"[:LONGEST_NAME] if path else str(part)[:LONGEST_NAME]
    return path or "the body"


def install(app: FastAPI) -> None:
    """Answer every error of the app as problem+json."""

    @app.exception_handler(Problem)
    async def expected(request: Request, error: Problem) -> Response:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # The rejected values are left out: they are page text, which goes nowhere but back to where it came from.
        errors = [{"where": where(e["loc"], e["type"]), "message": e["msg"]} for e in error.errors()[:20]]
        detail = "; ".join(f"{e['where']}: {e['message']}" for e in errors[:3])
        return problem_response(422, "The request is not of the form this route takes", f"{detail}. See /docs.", errors=errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        title, detail = str(error.detail), f"{error.detail}. See /docs."
        if error.status_code == 404:
            title, detail = "Not found", f"There is nothing at {request.url.path}. See /docs."
        elif error.status_code == 400:  # What FastAPI says of a body that its JSON reader gave up on.
            detail = "The body is no JSON in UTF-8, or is nested too deep. See /docs."
        response = problem_response(error.status_code, title, detail)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(IndexProblem)
    async def index_problem(request: Request, error: IndexProblem) -> Response:
        return problem_response(503, "The index cannot be used", str(error))

    app.add_middleware(Failures)
    describe(app)


def describe(app: FastAPI) -> None:
    """Say in the OpenAPI of the app that its errors are problem+json."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        """The description of the API; FastAPI has no way to say that errors are of another media type than answers."""
        schema = described()
        for operation in (operation for path in schema["paths"].values() for operation in path.values()):
            for status, answer in operation["responses"].items():
                if status >= "400" and "application/json" in answer.get("content", {}):
                    answer["content"][MEDIA_TYPE] = answer["content"].pop("application/json")
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


class Failures:
    """ASGI middleware: an unexpected error is answered with 500 and logged by its kind and place.

    Its message is left out, and so is the chain of its causes: they may quote the text that could not be handled.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and catch what nothing else caught."""
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            log.error("an unexpected %s at %s", type(error).__name__, place(error))
            if started or scope["type"] != "http":
                return
            detail = f"An unexpected {type(error).__name__}. The service's log says where; please report that line."
            await problem_response(500, "Sidelight failed", detail)(scope, receive, send)


def place(error: BaseException) -> str:
    """The last calls that led to an error, innermost first."""
    return ", ".join(reversed(passed_through(error.__traceback__)[-6:]))

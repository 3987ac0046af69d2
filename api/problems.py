"""Errors as RFC 9457 problem+json: every one says what is wrong and what to do next."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.logs import REQUEST_ID
from index.errors import IndexProblem

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An expected error with its HTTP status, a title for its class, and a detail for this case."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail

    def response(self) -> JSONResponse:
        """The problem as it is sent."""
        return problem_response(self.status, self.title, self.detail)


def problem_response(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """The response for a problem; `more` are extension members, beside the id under which the log has the request."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    if request_id := REQUEST_ID.get():
        body["request_id"] = request_id
    return JSONResponse(body, status, media_type=MEDIA_TYPE)


def where(location: Sequence[Any], kind: str) -> str:
    """A pydantic error location as a path into the body, such as `blocks[3].text`."""
    if kind == "json_invalid":
        return f"the body, character {location[-1]}"
    path = ""
    for part in location[1:] if location and location[0] == "body" else location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "the body"


def install(app: FastAPI) -> None:
    """Answer every error of the app as problem+json."""

    @app.exception_handler(Problem)
    async def expected(request: Request, error: Problem) -> JSONResponse:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # The rejected values are left out: they are page text, which goes nowhere but back to where it came from.
        errors = [{"where": where(e["loc"], e["type"]), "message": e["msg"]} for e in error.errors()[:20]]
        detail = "; ".join(f"{e['where']}: {e['message']}" for e in errors[:3])
        return problem_response(422, "The request is not of the form this route takes", f"{detail}. See /docs.", errors=errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        detail = f"There is nothing at {request.url.path}. See /docs." if error.status_code == 404 else str(error.detail)
        return problem_response(error.status_code, "Not found" if error.status_code == 404 else str(error.detail), detail)

    @app.exception_handler(IndexProblem)
    async def index_problem(request: Request, error: IndexProblem) -> JSONResponse:
        return problem_response(503, "The index cannot be used", str(error))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        return problem_response(500, "Sidelight failed", f"An unexpected {type(error).__name__}. The service's log says where.")

"""The API's description, as `/openapi.json` answers it: what FastAPI knows, with an example for every request, answer and error.

The examples are real answers, kept in `api/examples.json`. `python -m api.examples` asks for them anew and writes `api/openapi.json`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import MEDIA_TYPE

FOLDER = Path(__file__).resolve().parent
DOCUMENT = FOLDER / "openapi.json"
EXAMPLES = FOLDER / "examples.json"

ABOUT = """
Shows evidence beside health claims, from an index that is on this machine.

`POST /v1/annotate` takes a page's text in blocks and gives back the claims that the index can speak to, each with its evidence;
`POST /v1/check` takes one claim. A verdict says what the index holds, not what is true: `contradicted` (evidence against and none
for), `disputed` (both), `supported` (evidence for and none against), `no_evidence`. Nothing that is asked is kept.

**Who may ask.** Programs on this machine, browser extensions, and the origins in `SIDELIGHT_ORIGINS`; other web pages get 403.

**Errors** are RFC 9457 problem details (`application/problem+json`): `detail` says what to do, `request_id` is the id under which the log
has the request. Every answer has that id as `X-Request-ID`; send one of your own (8 to 64 letters, digits or hyphens) to set it.

**Reads** carry a strong `ETag`; ask with `If-None-Match` and get 304 while the answer is the same.

**Versions.** Routes stand under `/v1`. Within it fields, routes and members of problems may be added, so ignore what you do not know;
none is removed, renamed or given another meaning. What has to change comes as `/v2` beside `/v1`. From then on the old routes
answer with a `Deprecation` header (RFC 9745) that says since when, a `Sunset` header (RFC 8594) that says when they end, at least
twelve months later, and a `Link` to what replaces them; until that day they work as before. `/healthz`, `/readyz` and `/metrics`
have no version.
"""

RARE = {
    400: ("Bad Request", "The body is no JSON in UTF-8, or is nested too deep. See /docs."),
    401: ("A token is needed", "Send the header `Authorization: Bearer TOKEN`; `sidelight token new` makes one."),
    408: ("Too slow", "The body did not come in time. Ask again."),
    429: ("Too many at once", "One client may ask for 4 things at once. Ask again when an answer has come."),
    500: ("Sidelight failed", "An unexpected RuntimeError. The service's log says where, under this request id."),
}
"""Problems that come of how a service is set up, of load or of a fault, and so cannot be provoked for an example."""

VALUES: dict[str, Any] = {
    "q": "NMDA receptor", "k": 1, "kind": ["treatment_provider"],
    "source_id": "northwest-ketamine-clinics", "accept": "application/json",
}  # fmt: skip
PAGE = [
    {"id": "b0", "text": "How does it work? Ketamine blocks the brain's NMDA receptors."},
    {"id": "b1", "text": "Statins lower LDL cholesterol."},
]
BODIES = {
    "/v1/annotate": {"blocks": PAGE, "page": {"host": "example.org"}},
    "/v1/check": {"claim": "Ketamine works by activating NMDA receptors."},
}
LINES = 8
"""How much of an answer that is plain text is shown."""


def describe(app: FastAPI) -> None:
    """Have the app describe itself with examples, and its errors as the problem details that they are."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = with_examples(plain(app), json.loads(EXAMPLES.read_text(encoding="utf-8")))
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the description


def plain(app: FastAPI) -> dict[str, Any]:
    """What FastAPI knows of the app, less the errors that a route cannot give."""
    document = get_openapi(title=app.title, version=app.version, description=ABOUT.strip(), routes=app.routes)
    for path, operation in operations(document):
        for status in [s for s in operation["responses"] if s >= "400" and not possible(path, operation, s)]:
            del operation["responses"][status]
    return document


def possible(path: str, operation: dict[str, Any], status: str) -> bool:
    """Whether a route can answer with an error: 422 needs something to be wrong, and outside /v1 nothing is worked on."""
    if status == "422":
        return "parameters" in operation or "requestBody" in operation
    if not path.startswith("/v1/"):
        return status in {"403", "500"} or (path, status) == ("/readyz", "503")
    return status != "413" or "requestBody" in operation


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """(path, operation) of every route."""
    return [(path, operation) for path, methods in document["paths"].items() for operation in methods.values()]


def with_examples(document: dict[str, Any], examples: dict[str, Any]) -> dict[str, Any]:
    """The document with its examples put in."""
    for path, operation in operations(document):
        for parameter in operation.get("parameters", []):
            show(parameter, examples["values"], parameter["name"])
        if "requestBody" in operation:
            show(operation["requestBody"]["content"]["application/json"], BODIES, path)
        for media, content in operation["responses"]["200"]["content"].items():
            show(content, examples["answers"].get(path, {}), media)
        for status in [s for s in operation["responses"] if s >= "400"]:
            operation["responses"][status] = error(operation["responses"][status]["description"], examples["problems"].get(status))
    return document


def show(part: dict[str, Any], examples: Mapping[str, Any], name: str) -> None:
    """Put an example to a part of the document, if there is one; a test holds that there is."""
    if name in examples:
        part["example"] = examples[name]


def error(description: str, example: dict[str, Any] | None) -> dict[str, Any]:
    """The description of an error, by an example of it."""
    content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
    if example:
        content["example"], description = example, example["title"]
    return {"description": description, "content": {MEDIA_TYPE: content}}

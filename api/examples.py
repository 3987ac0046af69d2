"""`python -m api.examples`: asks a service over the seeds for every example of the API's description, and writes it with them."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app, home
from api.openapi import BODIES, DOCUMENT, EXAMPLES, LINES, RARE, VALUES, operations, plain, with_examples
from api.problems import problem_response
from api.settings import Settings
from index.__main__ import rebuild

HOST = "http://127.0.0.1:8747"
ID = "5f0c1d9e8c1b4a3a9d525f1b1c0e2a77"
NAME = {"X-Request-ID": ID}


def answers(client: TestClient, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Path -> media type -> answer, for every route that the app describes."""
    found: dict[str, dict[str, Any]] = {}
    for path, operation in operations(plain(client.app)):  # type: ignore[arg-type]  # a TestClient holds any ASGI app
        given = {p["name"]: values[p["name"]] for p in operation.get("parameters", [])}
        query = {p["name"]: given[p["name"]] for p in operation.get("parameters", []) if p["in"] == "query"}
        for media in operation["responses"]["200"]["content"]:
            method = "POST" if path in BODIES else "GET"
            answer = client.request(method, path.format(**given), params=query, json=BODIES.get(path), headers=NAME | {"Accept": media})
            answer.raise_for_status()
            found.setdefault(path, {})[media] = shown(answer)
    return found


def shown(answer: Any) -> Any:
    """An answer as the description shows it: JSON, or the first lines of what is none."""
    try:
        return answer.json()
    except ValueError:
        return "\n".join(answer.text.splitlines()[:LINES])


def problems(client: TestClient, settings: Settings) -> dict[str, dict[str, Any]]:
    """Status -> problem: provoked where that can be done."""
    unready = TestClient(create_app(settings.model_copy(update={"index": settings.index / "none"})), base_url=HOST)
    provoked = [
        client.get("/healthz", headers=NAME | {"Origin": "https://example.org"}),
        client.get("/v1/sources/none", headers=NAME),
        client.post("/v1/check", content=b" " * (settings.max_body_bytes + 1), headers=NAME),
        client.post("/v1/check", json={}, headers=NAME),
        unready.get("/v1/index", headers=NAME),
    ]
    rare = {str(status): {**json.loads(bytes(problem_response(status, *said).body)), "request_id": ID} for status, said in RARE.items()}
    return rare | {str(answer.status_code): answer.json() for answer in provoked}


def main() -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as folder:
        given: dict[str, Any] = {"index": Path(folder)}
        settings = Settings(**given)
        rebuild(settings.seeds, home(settings))
        with TestClient(create_app(settings), base_url=HOST) as client:
            while client.get("/readyz").status_code != 200:
                time.sleep(0.1)
            hit = client.get("/v1/search", params={"q": VALUES["q"], "k": 1}).json()["hits"][0]
            values = VALUES | {"claim_id": hit["claim_id"]}
            examples = {"values": values, "answers": answers(client, values), "problems": problems(client, settings)}
            write(EXAMPLES, examples)
            write(DOCUMENT, with_examples(plain(client.app), examples))  # type: ignore[arg-type]


def write(path: Path, document: dict[str, Any]) -> None:
    """One JSON document, readable and the same for the same content."""
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

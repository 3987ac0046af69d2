"""The committed description is what the service says, has an example of everything, and the examples are what it answers."""

import json

import pytest

from api import schemas, settings
from api.examples import problems
from api.openapi import DOCUMENT, EXAMPLES, VALUES, operations
from api.problems import MEDIA_TYPE

COMMITTED = json.loads(DOCUMENT.read_text(encoding="utf-8"))
REWRITE = "run `python -m api.examples`"
CASES = [(path, operation) for path, operation in operations(COMMITTED)]


def model(schema):
    """The pydantic model or list of models that a schema refers to."""
    if schema.get("type") == "array":
        return list[model(schema["items"])]
    name = schema["$ref"].rpartition("/")[2]
    return getattr(schemas, name, None) or getattr(settings, name)


def check(schema, example):
    """Raise unless the example is of the schema."""
    from pydantic import TypeAdapter

    TypeAdapter(model(schema)).validate_json(json.dumps(example), strict=True)


def test_the_committed_description_is_what_the_service_answers(client):
    assert client.get("/openapi.json").json() == COMMITTED, REWRITE


@pytest.mark.parametrize(("path", "operation"), CASES, ids=[path for path, _ in CASES])
def test_every_route_has_examples_of_what_goes_in_and_comes_out(path, operation):
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation.get("parameters", []):
        assert "example" in parameter, REWRITE
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]
        check(body["schema"], body["example"])
    for media, content in operation["responses"]["200"]["content"].items():
        assert "example" in content, REWRITE
        if media == "application/json":
            check(content["schema"], content["example"])
    errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
    assert {"403", "500"} <= set(errors)
    for status, answer in errors.items():
        [media] = answer["content"]
        assert media == MEDIA_TYPE
        assert answer["content"][media]["example"]["status"] == int(status), REWRITE
        check(answer["content"][media]["schema"], answer["content"][media]["example"])


def test_the_examples_are_what_the_service_answers_today(client):
    """Their verdicts, texts and sources; probabilities may differ between machines in the last digits."""
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))["answers"]
    document = dict(operations(COMMITTED))
    for path in ("/v1/check", "/v1/annotate"):
        body = document[path]["requestBody"]["content"]["application/json"]["example"]
        assert gist(client.post(path, json=body).json()) == gist(examples[path]["application/json"]), REWRITE
    today = client.get("/v1/search", params={name: VALUES[name] for name in ("q", "k", "kind")}).json()
    assert [hit["text"] for hit in today["hits"]] == [hit["text"] for hit in examples["/v1/search"]["application/json"]["hits"]], REWRITE


def gist(answer):
    """What does not depend on the last digits of a probability."""
    found = answer.get("annotations", [answer])
    return [(f["verdict"], [(e["claim_id"], e["stance"]) for e in f["evidence"]]) for f in found]


def test_the_examples_of_errors_are_what_the_service_answers(client, settings):
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))["problems"]
    said = problems(client, settings)
    assert {status: said[status]["title"] for status in said} == {status: examples[status]["title"] for status in said}
    assert {status: set(said[status]) for status in said} == {status: set(examples[status]) for status in said}


def test_the_description_has_the_rules_that_clients_rely_on():
    text = COMMITTED["info"]["description"]
    assert all(word in text for word in ("problem+json", "ETag", "Deprecation", "Sunset", "X-Request-ID"))
    offsets = dict(operations(COMMITTED))["/v1/annotate"]["description"]
    assert "UTF-16" in offsets
    assert "code points" in offsets

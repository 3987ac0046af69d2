"""`Accept: application/ld+json` over the real engine: the members that the Web Annotation model requires, and the right places."""

import json
from datetime import datetime
from urllib.parse import unquote

import pytest

from api.web_annotation import CONTEXT, wants_linked_data

CLAIM = "Ketamine blocks the brain's NMDA receptors."
FALSE = "Ketamine works by activating NMDA receptors."
TEXTS = {"b 0/#": f"How does it work 🧠? {CLAIM} Statins lower LDL cholesterol.", "b1": FALSE, "b2": f"Is it 🧠🧠 so? {CLAIM}"}
MOTIVATIONS = {
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting",
    "identifying", "linking", "moderating", "questioning", "replying", "tagging",
}  # fmt: skip


@pytest.fixture(scope="module")
def ask(client):
    body = {"blocks": [{"id": block, "text": text} for block, text in TEXTS.items()]}
    return lambda accept: client.post("/v1/annotate", json=body, headers={"accept": accept})


@pytest.fixture(scope="module")
def answer(ask):
    return ask("application/ld+json")


@pytest.fixture(scope="module")
def items(answer):
    return answer.json()["first"]["items"]


def is_iri(text):
    return isinstance(text, str) and text.partition(":")[0] in {"http", "https", "urn"} and " " not in text


def test_the_collection_has_its_required_members(answer):
    assert answer.headers["content-type"] == f'application/ld+json; profile="{CONTEXT}"'
    assert answer.headers["vary"] == "Accept, Origin"
    collection = answer.json()
    assert CONTEXT in collection["@context"]
    assert (collection["type"], is_iri(collection["id"]), bool(collection["label"])) == ("AnnotationCollection", True, True)
    page = collection["first"]
    assert (page["type"], is_iri(page["id"]), page["partOf"], page["startIndex"]) == ("AnnotationPage", True, collection["id"], 0)
    assert collection["total"] == len(page["items"]) == 3


def test_every_annotation_has_its_required_members(items):
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        assert item["type"] == "Annotation"
        assert is_iri(item["id"])
        assert item["motivation"] in MOTIVATIONS
        assert datetime.fromisoformat(item["generated"]).tzinfo
        assert item["body"]
        for body in item["body"]:
            assert body["purpose"] in MOTIVATIONS
            if body["type"] == "TextualBody":
                assert isinstance(body["value"], str)
            else:
                assert body["type"] == "SpecificResource"
                assert is_iri(body["source"]["id"])
                assert body["selector"]["exact"]
                assert body["stance"] in {"supports", "contradicts", "neutral"}


def test_positions_are_code_points_and_quotes_are_found_there(items):
    for item in items:
        target = item["target"]
        assert target["type"] == "SpecificResource"
        text = TEXTS[unquote(target["source"].removeprefix("#"))]
        position, quote = target["selector"]
        assert (position["type"], quote["type"]) == ("TextPositionSelector", "TextQuoteSelector")
        assert text[position["start"] : position["end"]] == quote["exact"]
        assert text[: position["start"]].endswith(quote.get("prefix", ""))
        assert text[position["end"] :].startswith(quote.get("suffix", ""))
    assert [item["target"]["selector"][0]["start"] for item in items] == [20, 0, 13]


def test_it_says_what_the_plain_answer_says(items, ask):
    plain = ask("application/json").json()["annotations"]
    assert [item["body"][0]["value"] for item in items] == [a["verdict"] for a in plain] == ["supported", "contradicted", "supported"]
    for item, a in zip(items, plain, strict=True):
        evidence = [body for body in item["body"] if body["type"] == "SpecificResource"]
        assert [(e["stance"], e["selector"]["exact"]) for e in evidence] == [(e["stance"], e["text"]) for e in a["evidence"]]
        assert [e["source"]["creator"]["name"] for e in evidence] == [e["source"]["publisher"] for e in a["evidence"]]


def test_the_same_page_gets_the_same_ids(items, ask):
    assert [i["id"] for i in ask("application/ld+json").json()["first"]["items"]] == [i["id"] for i in items]


def test_what_the_vocabulary_lacks_is_defined(answer):
    """Every member that is not of the model is a term of our own context: a JSON-LD processor would drop it otherwise."""
    of_the_model = set(
        "@context id type label total first partOf startIndex items motivation generated generator name body target source selector start"
        " end exact prefix suffix purpose format language value creator".split()
    )
    own = {key for part in answer.json()["@context"] if isinstance(part, dict) for key in part}

    def members(value):
        if isinstance(value, dict):
            yield from value
            for inner in value.values():
                yield from members(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from members(inner)

    rest = {key: value for key, value in answer.json().items() if key != "@context"}
    assert set(members(rest)) - of_the_model == own


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ('application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"', True),
        ("text/html, Application/LD+JSON;q=0.9", True),
        ("*/*", False),
        ("application/json", False),
        ("application/ld+jsonx", False),
        ("", False),
    ],
)
def test_it_is_given_to_those_who_name_it(accept, wanted):
    assert wants_linked_data(accept) is wanted


def test_nothing_is_fetched(answer):
    assert json.dumps(answer.json()["@context"]).count("http") == 1

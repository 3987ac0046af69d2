"""The HTTP contract over the real engine."""

import pytest

from index.kinds import KINDS

CLAIM = "Ketamine blocks the brain's NMDA receptors."


def annotate(client, *texts, **more):
    return client.post("/v1/annotate", json={"blocks": [{"id": f"b{n}", "text": t} for n, t in enumerate(texts)], **more})


def test_annotate_speaks_the_contract(client):
    question = "How does it work 🧠? "
    answer = annotate(client, f"{question}{CLAIM} Statins lower LDL cholesterol.").json()
    assert set(answer) == {"annotations", "coverage", "index", "models"}
    [annotation] = answer["annotations"]
    assert {"block", "start", "end", "text", "verdict", "confidence", "evidence", "notes"} <= set(annotation)
    assert (annotation["block"], annotation["start"], annotation["text"]) == ("b0", len(question) + 1, CLAIM)
    assert annotation["end"] - annotation["start"] == len(CLAIM)
    assert annotation["verdict"] == "supported"
    evidence = annotation["evidence"][0]
    assert set(evidence) == {"claim_id", "text", "stance", "probability", "similarity", "context", "source", "notes"}
    assert set(evidence["context"]) == {"before", "after"}
    assert set(evidence["source"]) == {"id", "title", "kind", "publisher", "url", "commercial_interest", "date"}
    assert answer["coverage"] == {
        "sentences": 3,
        "claims": 2,
        "with_evidence": 1,
        "outside_corpus": 1,
        "not_checked": 0,
        "other_language": 0,
    }


def test_check_speaks_the_contract(client):
    answer = client.post("/v1/check", json={"claim": CLAIM}).json()
    assert set(answer) == {"claim", "verdict", "confidence", "evidence", "notes", "tally", "index", "models"}
    assert (answer["claim"], answer["verdict"]) == (CLAIM, "supported")
    assert answer["models"]["thresholds"].keys() >= {"retrieval_floor", "support", "contradict"}
    assert sum(kind["supports"] for kind in answer["tally"].values()) >= 1


def test_a_page_of_the_sources_own_publisher_gets_no_support_from_it(client):
    source = next(s for s in client.get("/v1/sources").json() if s["url"])
    host = source["url"].split("/")[2]
    claim = client.get("/v1/search", params={"q": source["title"], "k": 30}).json()["hits"]
    own = next(h for h in claim if h["source"]["id"] == source["id"])
    answer = client.post("/v1/check", json={"claim": own["text"], "page": {"host": host}}).json()
    marked = [e for e in answer["evidence"] if e["source"]["id"] == source["id"]]
    assert marked
    assert all(any("own publisher" in note for note in e["notes"]) for e in marked)


def test_reads(client):
    index = client.get("/v1/index").json()
    assert (index["sources"], len(index["fingerprint"]) >= 16) == (5, True)
    sources = client.get("/v1/sources").json()
    assert sum(s["claims"] for s in sources) == index["claims"]
    assert client.get(f"/v1/sources/{sources[0]['id']}").json() == sources[0]
    [hit] = client.get("/v1/search", params={"q": "NMDA receptor", "k": 1}).json()["hits"]
    assert client.get(f"/v1/claims/{hit['claim_id']}").json()["text"] == hit["text"]


@pytest.mark.parametrize("kinds", [["content_site"], ["treatment_provider"], ["peer_reviewed_abstract", "content_site"]])
def test_search_by_kind_finds_every_claim_of_the_kinds_and_no_other(client, kinds):
    claims = {s["id"]: s["claims"] for s in client.get("/v1/sources").json() if s["kind"] in kinds}
    assert 0 < sum(claims.values()) < 100
    hits = client.get("/v1/search", params={"q": "ketamine", "k": 100, "kind": kinds}).json()["hits"]
    assert {hit["source"]["id"] for hit in hits} == set(claims)
    assert len(hits) == sum(claims.values())


def test_a_kind_that_no_source_has_finds_nothing(client):
    assert client.get("/v1/search", params={"q": "ketamine", "kind": "guideline"}).json()["hits"] == []


def test_an_unknown_kind_is_refused_with_the_kinds_there_are(client):
    answer = client.get("/v1/search", params={"q": "ketamine", "kind": ["content_site", "blog"]})
    assert answer.status_code == 422
    assert "query.kind[1]" in answer.json()["detail"]
    assert all(kind in answer.json()["detail"] for kind in KINDS)


@pytest.mark.parametrize("path", ["/v1/sources/none", "/v1/claims/none"])
def test_what_is_not_there_says_where_to_look(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "GET /v1/" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"blocks": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]}, "id of their own|id of its own|an id of its own"),
        ({"blocks": [{"id": "a"}]}, r"blocks\[0\].text"),
        ({"blocks": [{"id": "a", "text": "x" * 20_001}]}, r"blocks\[0\].text"),
        ({}, "blocks"),
    ],
)
def test_bad_pages_are_named(client, body, where):
    import re

    answer = client.post("/v1/annotate", json=body)
    assert answer.status_code == 422
    assert re.search(where, answer.json()["detail"])


def test_lone_surrogates_and_nuls_get_an_honest_answer(client):
    raw = b'{"blocks":[{"id":"b0","text":"\\ud83d Ketamine \\u0000 blocks NMDA receptors."}]}'
    answer = client.post("/v1/annotate", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code in {200, 422}


def test_the_page_is_served_with_a_strict_policy(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]

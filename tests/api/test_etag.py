"""ETags on reads: 304 for those who have the answer, another tag for every other answer, none on errors."""

import pytest

from api.etag import matches


@pytest.fixture(scope="module")
def reads(client):
    source = client.get("/v1/sources").json()[0]["id"]
    claim = client.get("/v1/search?q=ketamine&k=1").json()["hits"][0]["claim_id"]
    return [
        "/v1/index",
        "/v1/sources",
        f"/v1/sources/{source}",
        f"/v1/claims/{claim}",
        "/v1/search?q=ketamine&k=1",
        "/v1/search?q=NMDA&k=1",
    ]


def test_what_one_has_is_not_sent_again(client, reads):
    tags = {}
    for path in reads:
        answer = client.get(path)
        tags[path] = answer.headers["etag"]
        assert answer.status_code == 200
        assert tags[path].startswith('"')
        again = client.get(path, headers={"if-none-match": f'"other", W/{tags[path]}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tags[path])
        assert client.get(path, headers={"if-none-match": '"other"'}).json() == answer.json()
    assert len(set(tags.values())) == len(reads)


def test_errors_have_no_tag_and_are_never_unchanged(client):
    answer = client.get("/v1/sources/none", headers={"if-none-match": "*"})
    assert answer.status_code == 404
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("condition", "same"), [('"a"', True), ('W/"a"', True), ('"b","a"', True), ("*", True), ("", False), ('"b"', False), ("a", False)]
)
def test_conditions(condition, same):
    assert matches(condition, '"a"') is same

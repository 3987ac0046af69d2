"""Metrics, request ids and log lines over the real engine: they count what happened and keep nothing of a page."""

import io
import json
import logging
import re
import sys

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from ready import ready_client

from api import logs
from api.app import create_app
from api.metrics import STAGES, Metrics
from api.settings import Settings

CANARY = "zebrafinchcanary"
BLOCK = f"Ketamine of the {CANARY} kind blocks the brain's NMDA receptors."
BODY = {"blocks": [{"id": CANARY, "text": BLOCK}], "page": {"host": f"{CANARY}.example"}}


@pytest.fixture(scope="module")
def log():
    """All that a service logs as JSON lines."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(logs.JsonLines())
    logger = logging.getLogger("sidelight")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in kept.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture(scope="module")
def client(settings, log):
    with ready_client(settings) as client:
        client.post("/v1/annotate", json=BODY)
        client.post("/v1/check", json={"claim": "Ketamine blocks the brain's NMDA receptors."})
        client.get(f"/v1/claims/{CANARY}")
        client.get("/v1/search", params={"q": CANARY})
        client.get(f"/{CANARY}")
        client.get(f"/page/{CANARY}")
        client.request(CANARY.upper(), "/v1/index")
        client.get("/v1/index", headers={"x-request-id": f"{CANARY}.example/page"})
        yield client


@pytest.fixture(scope="module")
def samples(client):
    """(name, labels) -> value of everything that /metrics says."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def of(samples, name, **labels):
    return samples[name, tuple(sorted(labels.items()))]


def test_requests_are_counted_by_template_and_status(samples):
    assert of(samples, "sidelight_requests_total", route="/v1/annotate", status="200") == 1
    assert of(samples, "sidelight_requests_total", route="/v1/claims/{claim_id}", status="404") == 1
    assert of(samples, "sidelight_requests_total", route="none", status="404") == 1
    assert of(samples, "sidelight_requests_total", route="/page", status="404") == 1
    assert of(samples, "sidelight_request_seconds_count", route="/v1/check") == 1


def test_every_stage_is_timed(samples):
    for stage in STAGES:
        assert of(samples, "sidelight_stage_seconds_count", stage=stage) >= 1, stage
    stances = of(samples, "sidelight_stage_seconds_sum", stage="stance")
    whole = sum(of(samples, "sidelight_request_seconds_sum", route=route) for route in ("/v1/annotate", "/v1/check"))
    assert 0.001 < stances < whole


def test_verdicts_and_the_index_are_counted(samples, client):
    index = client.get("/v1/index").json()
    assert of(samples, "sidelight_verdicts_total", verdict="supported") >= 1
    assert of(samples, "sidelight_cache_total", result="hit") >= 1  # the claim that is checked stands on the page too
    assert of(samples, "sidelight_cache_total", result="miss") >= 1
    assert of(samples, "sidelight_index_claims") == index["claims"]
    assert of(samples, "sidelight_index_loaded") == 1
    assert 0 < of(samples, "sidelight_index_age_seconds") < 3600
    assert of(samples, "sidelight_requests_in_flight") == 1  # the one that asks
    assert of(samples, "sidelight_requests_working") == 0
    assert of(samples, "process_resident_memory_bytes") > 1e7


def test_no_label_and_no_log_line_has_anything_of_a_page(client, log):
    assert CANARY not in client.get("/metrics").text.lower()
    lines = log()
    assert len(lines) >= 8
    assert CANARY not in json.dumps(lines).lower()


def test_a_log_line_has_what_one_looks_for(client, log):
    answer = client.post("/v1/annotate", json=BODY)
    line = next(line for line in log() if line.get("request") == answer.headers["x-request-id"])
    assert (line["level"], line["method"], line["route"], line["status"]) == ("info", "POST", "/v1/annotate", 200)
    assert line["bytes_in"] == len(answer.request.content)
    assert line["bytes_out"] == len(answer.content)
    assert set(STAGES) == set(line["stages_ms"])
    assert line["ms"] >= line["stages_ms"]["stance"] > 0
    assert not {"client", "host", "path", "query"} & set(line)


def test_probes_are_not_logged(client, log):
    before = len(log())
    client.get("/healthz")
    client.get("/metrics")
    assert len(log()) == before


@pytest.mark.parametrize("given", ["0123456789abcdef", "5f0c1d9e-8c1b-4a3a-9d52-5f1b1c0e2a77"])
def test_a_sane_request_id_is_kept(client, given):
    answer = client.get("/v1/claims/none", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "www.example.org", "two words", "x\u00e9x\u00e9x\u00e9x\u00e9"])
def test_any_other_request_id_is_replaced(client, given):
    answer = client.get("/healthz", headers={"x-request-id": given.encode("latin-1")})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_refusals_have_an_id_too(client):
    answer = client.get("/healthz", headers={"host": "evil.example", "x-request-id": "0123456789abcdef"})
    assert (answer.status_code, answer.json()["request_id"]) == (403, "0123456789abcdef")


def test_an_unexpected_failure_is_counted_and_named_by_its_request(tmp_path, log):
    app = create_app(Settings(index=tmp_path))

    @app.get("/fails")
    def fails():
        raise RuntimeError(CANARY)

    answer = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False).get("/fails")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert CANARY not in answer.text
    assert [line["status"] for line in log() if line.get("request") == answer.json()["request_id"] and "route" in line] == [500]


def test_of_an_exception_the_log_has_the_place_and_not_the_message():
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    for form in (logs.JsonLines(), logs.Lines()):
        line = form.format(record)
        assert "RuntimeError" in line
        assert "test_metrics.py" in line
        assert CANARY not in line


def test_an_index_that_is_not_there_is_said_so():
    text = Metrics(lambda: None, lambda: 0).text().decode()
    assert "sidelight_index_loaded 0.0" in text
    assert "sidelight_index_age_seconds NaN" in text


def test_lines_for_a_person_have_the_fields(capsys):
    record = logging.makeLogRecord({"msg": "answered", "fields": {"route": "/v1/check", "status": 200}})
    assert re.fullmatch(r"\d\d:\d\d:\d\d answered \[route=/v1/check status=200\]", logs.Lines().format(record))

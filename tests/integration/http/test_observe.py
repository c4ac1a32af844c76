"""What operators see: ids, logs, counters, headers, traces."""

import json
import logging
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from coinvec.errors import SettingsError
from coinvec.http import tracing
from coinvec.http.app import create_app
from coinvec.http.logs import JsonFormatter
from coinvec.http.options import ServeOptions
from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.integration.http.conftest import AT_HOME, problem


def counters(client):
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_request_keeps_the_id_it_came_with(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "shop-42"})
    assert answer.headers["x-request-id"] == "shop-42"
    for hostile in ("a b", "x" * 65, "<script>"):
        given = client.get("/healthz", headers={"X-Request-ID": hostile}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_searches_are_counted_by_stage_and_requests_by_route(client, photo):
    before = counters(client)
    answer = client.post("/v1/search", files={"image": photo}).json()
    client.get("/v1/coins/no-such-coin")
    after = counters(client)

    def grown(*key):
        return after.get(key, 0.0) - before.get(key, 0.0)

    assert grown("coinvec_search_verdicts_total", ("verdict", answer["verdict"])) == 1
    for stage, spent in answer["timings_ms"].items():
        assert grown("coinvec_search_stage_seconds_count", ("stage", stage)) == 1
        total = grown("coinvec_search_stage_seconds_sum", ("stage", stage))
        assert total == pytest.approx(spent / 1e3, abs=1e-6)
    labels = (("method", "GET"), ("route", "/v1/coins/{key}"), ("status", "404"))
    assert grown("coinvec_http_requests_total", *labels) == 1
    assert "no-such-coin" not in str(after)
    assert after[("coinvec_workers_busy",)] == after[("coinvec_workers_waiting",)] == 0


def test_every_request_leaves_a_line_of_json(client, caplog):
    with caplog.at_level(logging.INFO, "coinvec.http"):
        client.get("/v1/coins?limit=1", headers={"X-Request-ID": "one"})
    [record] = [each for each in caplog.records if each.name == "coinvec.http"]
    line = json.loads(JsonFormatter().format(record))
    assert line | {"time": "", "ms": 0, "client": ""} == {
        "time": "", "level": "info", "logger": "coinvec.http", "message": "GET /v1/coins 200",
        "method": "GET", "path": "/v1/coins", "status": 200, "ms": 0, "client": "",
        "request_id": "one",
    }  # fmt: skip


def test_answers_are_hardened(client):
    for path in ("/", "/healthz", "/v1/coins", "/v1/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    assert "<html" in client.get("/").text


def test_what_breaks_is_told_without_its_inside(client, app, monkeypatch, caplog):
    def broken(*_, **__):
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr(app.state.service.home.catalogue, "list_types", broken)
    answer = client.get("/v1/coins")
    assert answer.status_code == 500
    told = answer.json()
    assert told["type"] == "urn:coinvec:problem:internal"
    assert "secret" not in answer.text


def test_the_rate_of_one_caller_is_bounded(filled):
    home = Home.open(Settings.load())
    with TestClient(create_app(home, ServeOptions(rate=3)), base_url=AT_HOME) as client:
        assert [client.get("/v1/coins").status_code for _ in range(3)] == [200] * 3
        refused = client.get("/v1/coins")
        problem(refused, 429, "rate")
        assert 1 <= int(refused.headers["retry-after"]) <= 61
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, True),
        ({"OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_traces_are_off_unless_the_environment_asks(environ, wanted):
    assert tracing.is_wanted(environ) is wanted


def test_missing_tracing_is_told(app, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match="not installed"):
        tracing.install(app, {"OTEL_TRACES_EXPORTER": "otlp"})


def test_a_search_is_traced_with_its_stages(filled, photo, monkeypatch):
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    with TestClient(create_app(Home.open(Settings.load())), base_url=AT_HOME) as client:
        answer = client.post("/v1/search", files={"image": photo}).json()
    [span] = [each for each in spans.get_finished_spans() if each.name == "POST /v1/search"]
    for stage, spent in answer["timings_ms"].items():
        assert span.attributes[f"coinvec.stage.{stage}_ms"] == spent

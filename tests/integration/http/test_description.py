"""Whatever the OpenAPI description allows is answered without a server error."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance


@pytest.fixture(scope="module")
def description(app, client):
    return schemathesis.openapi.from_asgi("/openapi.json", app)


schema = schemathesis.pytest.from_fixture("description")


@schema.parametrize()
@settings(
    max_examples=6, deadline=None, database=None,
    suppress_health_check=list(HealthCheck), derandomize=True,
)  # fmt: skip
def test_no_request_breaks_the_service(case, client):
    case.call_and_validate(
        base_url="http://127.0.0.1:8765",
        checks=(not_a_server_error, content_type_conformance, status_code_conformance),
    )


def test_the_description_has_examples(client):
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/v1/search", "/v1/sql", "/v1/coins"):
        body = paths[path]["post"]["requestBody"]["content"]["application/json"]
        assert body["example"]
    assert paths["/v1/search"]["post"]["security"]

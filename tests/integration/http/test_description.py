"""Whatever the OpenAPI description allows, and what it does not, costs no server error."""

from contextlib import suppress

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

CHECKS = (not_a_server_error, content_type_conformance, status_code_conformance)


@schemathesis.serializer("application/zip")
def as_it_is(context, value):
    return bytes(value) if isinstance(value, bytes) else str(value).encode()


def test_no_request_breaks_the_service(app, client):
    description = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [found.ok() for found in description.get_all_operations()]
    assert {"/v1/search", "/v1/sql", "/v1/coins", "/v1/import"} <= {op.path for op in operations}
    for operation in operations:
        ask_at_random(operation.as_strategy(GenerationMode.POSITIVE))
        with suppress(Unsatisfiable):  # of a route that takes nothing, nothing can be wrong
            ask_at_random(operation.as_strategy(GenerationMode.NEGATIVE))


def ask_at_random(cases):
    @settings(
        max_examples=3,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case):
        case.call_and_validate(base_url="http://127.0.0.1:8765", checks=CHECKS)

    ask()


def test_the_description_has_examples(client):
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/v1/search", "/v1/sql", "/v1/coins"):
        body = paths[path]["post"]["requestBody"]["content"]["application/json"]
        assert body["example"]
    assert paths["/v1/search"]["post"]["security"]

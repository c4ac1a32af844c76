"""Who may do what; the routes come from the application, so that none can be forgotten."""

import re

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient

from coinvec.domain.choices import Scope
from coinvec.http.app import create_app
from coinvec.http.auth import Requires
from coinvec.http.options import ServeOptions
from coinvec.services.home import Home
from coinvec.services.keys import create_key, revoke_key
from coinvec.settings import Settings
from tests.integration.http.conftest import AT_HOME, problem

OPEN = {"/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"}
"""What tells nothing of the catalogue."""
READING = {"/v1/search", "/v1/sql"}
"""They are POST because they bring photos, and change nothing."""


def requests(app):
    """Every method and path of the route table, with something in place of its parameters."""
    found = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            continue  # the page's files
        path = re.sub(r"\{\w+\}", "x", route.path)
        found += [(method, path, route) for method in sorted(route.methods - {"HEAD"})]
    return found


@pytest.fixture(scope="module")
def keys(home):
    return home.catalogue.keys()


@pytest.fixture(scope="module")
def secrets(client, keys):
    """A key of each scope; from now on there are keys."""
    assert client.get("/v1/coins").status_code == 200  # until then this machine needs none
    return {scope: create_key(keys, scope.value, scope)[1] for scope in Scope}


def guarded(app):
    return [each for each in requests(app) if each[1] not in OPEN]


def scope_of(route):
    [scope] = [
        each.call.scope for each in route.dependant.dependencies if isinstance(each.call, Requires)
    ]
    return scope


def test_the_table_of_routes_is_whole(app):
    paths = {path for _, path, _ in requests(app)}
    assert paths >= OPEN
    assert {"/v1/search", "/v1/coins", "/v1/coins/x", "/v1/import", "/metrics"} <= paths
    assert len(guarded(app)) >= 16


def test_every_route_asks_for_a_scope_that_fits_its_method(app):
    for method, path, route in guarded(app):
        reads = method == "GET" or path in READING
        assert (scope_of(route) is Scope.READ) == reads, (method, path)


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer coinvec_wrong"},
                                  {"Authorization": "Basic eDp5"}, {"X-API-Key": ""}])  # fmt: skip
def test_no_route_opens_without_a_key(app, client, secrets, sent):
    for method, path, _ in guarded(app):
        told = problem(client.request(method, path, headers=sent), 401, "key")
        assert "coinvec keys create" in told["hint"], path


def test_no_route_opens_to_a_lesser_key(app, client, secrets):
    tried = 0
    for method, path, route in guarded(app):
        needed = scope_of(route)
        for scope in Scope:
            sent = {"Authorization": f"Bearer {secrets[scope]}"}
            answer = client.request(method, path, headers=sent)
            if scope.allows(needed):
                assert answer.status_code not in (401, 403), (method, path, scope)
            else:
                problem(answer, 403, "scope")
                tried += 1
    assert tried >= 8


def test_open_routes_stay_open(client, secrets):
    for path in ("/healthz", "/readyz", "/openapi.json"):
        assert client.get(path).status_code == 200


def test_a_key_ends_when_it_is_revoked(client, keys, secrets):
    key, secret = create_key(keys, "lost phone", Scope.READ)
    sent = {"X-API-Key": secret}
    assert client.get("/v1/coins", headers=sent).status_code == 200
    revoke_key(keys, key.id)
    problem(client.get("/v1/coins", headers=sent), 401, "key")


def test_the_database_holds_no_secret(home, secrets, served):
    stored = b"".join(path.read_bytes() for path in served.glob("catalogue.db*"))
    for secret in secrets.values():
        assert secret.encode() not in stored
        assert secret.removeprefix("coinvec_").encode() not in stored


@pytest.fixture
def alone(filled):
    """A service without keys, in a home of its own."""
    with TestClient(create_app(Home.open(Settings.load())), base_url=AT_HOME) as client:
        yield client


def test_without_keys_other_pages_are_kept_out(alone, filled):
    home = alone.app.state.service.home
    problem(alone.get("/v1/coins", headers={"Host": "rebound.example"}), 403, "foreign")
    sent = {"Origin": "https://evil.example"}
    problem(alone.request("DELETE", "/v1/coins/x", headers=sent), 403, "foreign")
    assert alone.delete("/v1/coins/x", headers={"Origin": AT_HOME}).status_code == 404
    assert "access-control-allow-origin" not in alone.get("/v1/coins", headers=sent).headers

    key, _ = create_key(home.catalogue.keys(), "only", Scope.READ)
    revoke_key(home.catalogue.keys(), key.id)
    problem(alone.get("/v1/coins"), 401, "key")  # the last key does not take the lock along


def test_a_key_may_be_asked_for_from_the_beginning(filled):
    options = ServeOptions(require_key=True)
    home = Home.open(Settings.load())
    with TestClient(create_app(home, options), base_url=AT_HOME) as client:
        problem(client.get("/v1/coins"), 401, "key")

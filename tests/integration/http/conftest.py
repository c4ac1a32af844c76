"""The service on a real home of rendered coins, asked through its ASGI interface."""

import base64
import shutil

import pytest
from starlette.testclient import TestClient

from coinvec.http.app import create_app
from coinvec.http.options import ServeOptions
from coinvec.services.home import Home
from coinvec.settings import Settings

AT_HOME = "http://127.0.0.1:8765"
BOUNDS = ServeOptions(threads=2, rate=0)


@pytest.fixture(scope="module")
def served(_filled, tmp_path_factory):
    """The folder of a home of the module's own, filled with the rendered collection."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(_filled, home)
    return home


@pytest.fixture(scope="module")
def app(served):
    return create_app(Home.open(Settings.load(home=served, environ={})), BOUNDS)


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url=AT_HOME, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def home(app):
    return app.state.service.home


@pytest.fixture
def photo(minted):
    """The bytes of a phone photo of a coin that the catalogue has."""
    return minted.photos[0].path.read_bytes()


def encoded(data):
    return base64.b64encode(data).decode()


def problem(answer, status, kind=None):
    """The problem that an answer tells, which must be complete."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["request_id"] == answer.headers["x-request-id"]
    if kind is not None:
        assert told["type"] == f"urn:coinvec:problem:{kind}"
    return told

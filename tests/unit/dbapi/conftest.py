"""A connection to the rendered collection, shared by the tests of a module."""

import shutil

import pytest

from coinvec import dbapi
from tests.tables import table


@pytest.fixture(scope="module")
def home(_filled, tmp_path_factory):
    home = tmp_path_factory.mktemp("dbapi") / "home"
    shutil.copytree(_filled, home)
    return home


@pytest.fixture(scope="module")
def connection(home):
    with dbapi.connect(home) as connection:
        yield connection


@pytest.fixture
def cursor(connection):
    with connection.cursor() as cursor:
        yield cursor


@pytest.fixture(scope="session")
def designs(minted):
    """What the manifest says of each design, in the order of type and side."""
    rows = {(row["type"], row["side"]): row for row in table(minted.manifest)}
    return [rows[key] for key in sorted(rows)]

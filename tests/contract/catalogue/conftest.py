"""PostgreSQL in the place of SQLite: what the tests of the catalogue are given here."""

import pytest

from coinvec.catalogue import schema
from tests.unit.catalogue.conftest import live, store, url

__all__ = ["live", "new_database", "store", "url"]


@pytest.fixture(scope="session")
def new_database(postgres_server):
    """Makes migrated and empty databases; gives the URL of each. The server drops them."""
    template = postgres_server.create_database("template1")
    schema.upgrade(postgres_server.url(template))
    return lambda: postgres_server.url(postgres_server.create_database(template))

"""A PostgreSQL database in which a filter would not mean the same is refused."""

import psycopg
import pytest

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.errors import SettingsError


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def foreign_database(request, postgres_server):
    name = f"in_{request.param.lower()}"
    url = postgres_server.url().replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        provider = "LOCALE_PROVIDER libc" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(
            f"CREATE DATABASE {name} ENCODING '{request.param}' TEMPLATE template0 {provider}"
            " LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        yield request.param, postgres_server.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_database_that_is_not_in_utf8_is_refused(foreign_database):
    encoding, url = foreign_database
    for attempt in (schema.upgrade, CatalogueStore.open):
        with pytest.raises(SettingsError, match=f"keeps texts in {encoding}") as refusal:
            attempt(url)
        assert "ENCODING 'UTF8'" in refusal.value.hint
        assert "secret" not in refusal.value.message

"""PostgreSQL keeps every promise of SQLite: the same tests, on the databases of `conftest`."""

from tests.unit.catalogue.test_building import *  # noqa: F403

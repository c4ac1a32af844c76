"""The four pairs of engines, each with the same coins in it."""

from contextlib import ExitStack

import pytest

from tests.integration.filters.gallery import Gallery

LITE, MILVUS, SQLITE, POSTGRESQL = "Milvus Lite", "Milvus server", "SQLite", "PostgreSQL"
PAIRS = [(vectors, catalogue) for vectors in (LITE, MILVUS) for catalogue in (SQLITE, POSTGRESQL)]


@pytest.fixture(scope="session")
def empty_stores(request, tmp_path_factory):
    """Gives a database URL and a place for vectors, both empty, of a pair of engines."""
    with ExitStack() as opened:

        def make(vectors, catalogue):
            folder = tmp_path_factory.mktemp("stores")
            database, milvus = f"sqlite:///{folder / 'c.db'}", str(folder / "v.db")
            if catalogue == POSTGRESQL:
                server = request.getfixturevalue("postgres_server")
                database = opened.enter_context(server.database())
            if vectors == MILVUS:
                server = request.getfixturevalue("milvus_server")
                milvus = opened.enter_context(server.database())
            return database, milvus

        yield make


@pytest.fixture(scope="session", params=PAIRS, ids=" and ".join)
def gallery(request, empty_stores):
    made = Gallery(*empty_stores(*request.param))
    yield made
    made.close()

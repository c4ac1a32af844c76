from itertools import count

import pytest

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.records import GenerationState
from tests.unit.catalogue.makers import generation


@pytest.fixture(scope="session")
def new_database(tmp_path_factory):
    """Makes migrated and empty databases; gives the URL of each."""
    folder = tmp_path_factory.mktemp("catalogue")
    empty, numbers = folder / "empty.db", count()
    schema.upgrade(f"sqlite:///{empty}")

    def make():
        path = folder / f"{next(numbers)}.db"
        path.write_bytes(empty.read_bytes())  # quicker than migrating each
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def url(new_database):
    return new_database()


@pytest.fixture
def store(url):
    with CatalogueStore.open(url) as opened:
        yield opened


@pytest.fixture
def live(store):
    return store.add_generation(generation(), collection="g1", state=GenerationState.LIVE)

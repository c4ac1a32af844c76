import pytest

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.records import GenerationState
from tests.unit.catalogue.makers import generation


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated SQLite file, to be copied rather than made anew for every test."""
    path = tmp_path_factory.mktemp("catalogue") / "empty.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(empty_database, tmp_path):
    path = tmp_path / "catalogue.db"
    path.write_bytes(empty_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def store(url):
    with CatalogueStore.open(url) as opened:
        yield opened


@pytest.fixture
def live(store):
    return store.add_generation(generation(), collection="g1", state=GenerationState.LIVE)

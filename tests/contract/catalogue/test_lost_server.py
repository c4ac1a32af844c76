"""A PostgreSQL that restarts, stays away, or turns its client away."""

import threading
import time

import pytest

from coinvec import retry
from coinvec.catalogue import postgres, schema, writing
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.records import GenerationState
from coinvec.errors import StoreError
from tests.servers import PostgresServer, ServerUnavailableError, missing
from tests.strategies import sample_catalogue
from tests.unit.catalogue.makers import generation, record, vectors


@pytest.fixture
def server(server_folder):
    """A server of this test's own, which it may kill."""
    server = PostgresServer(server_folder)
    try:
        server.start()
    except ServerUnavailableError as error:
        missing(error)
    yield server
    server.stop()


@pytest.fixture
def url(server):
    url = server.url(server.create_database())
    schema.upgrade(url)
    return url


@pytest.fixture
def store(url):
    with CatalogueStore.open(url) as store:
        yield store


@pytest.fixture
def live(store):
    return store.add_generation(generation(), collection="g1", state=GenerationState.LIVE)


def test_restarts_in_mid_query_go_unnoticed(server, store, live):
    records = sample_catalogue(seed=2, n_types=12)
    store.save(records, vectors(records), live.id)
    expected = {each.image.id: each for each in records}
    restarted = threading.Event()

    def restart():
        for pause in (0.1, 0.3, 0.6):
            time.sleep(pause)
            server.kill()
            server.start()
        restarted.set()

    thread = threading.Thread(target=restart)
    answers = 0
    thread.start()
    try:
        while not restarted.is_set() or answers < 3:
            assert store.records(list(expected)) == expected
            answers += 1
    finally:
        thread.join()
    store.save([again := record()], {}, live.id)
    assert store.images([again.image.id]) == {again.image.id: again.image}


def test_a_connection_lost_while_it_waited_is_made_again(server, store):
    assert store.count(None, GroupBy.IMAGE) == 0
    server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ~ 'test'")
    assert store.count(None, GroupBy.IMAGE) == 0


def test_a_write_whose_connection_is_lost_is_reported_and_not_repeated(
    server, store, live, monkeypatch
):
    """The server may have committed it, or not; whoever asked knows whether to ask again."""
    begun = []

    def lose_the_connection(session, *_):
        begun.append(session.connection())
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "put_types", lose_the_connection)
        with pytest.raises(StoreError, match="terminat") as refused:
            store.save([record("lost")], {}, live.id)
    assert "type the same again" in refused.value.hint
    store.save([kept := record("kept")], {}, live.id)
    assert store.image_ids(None) == [kept.image.id]
    assert len(begun) == 1


def test_a_server_that_stays_away_is_one_error(server, store, monkeypatch):
    monkeypatch.setattr(postgres, "CONNECT_PATIENCE_S", 1.0)
    monkeypatch.setattr(retry, "PATIENCE_S", 1.0)
    store.count(None, GroupBy.IMAGE)
    server.stop()
    start = time.monotonic()
    with pytest.raises(StoreError, match=r"tried \d+ times in [012] s") as refused:
        store.count(None, GroupBy.IMAGE)
    assert time.monotonic() - start < 8
    assert f"127.0.0.1:{server.port}" in refused.value.message
    assert "cannot be reached" in refused.value.message
    assert "secret" not in str(refused.value)
    assert "COINVEC_DATABASE_URL" in refused.value.hint


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [(":secret@", ":wrong@", "password"), ("/postgres", "/nowhere", "nowhere")],
)
def test_what_a_server_refuses_for_good_is_not_tried_again(postgres_server, right, wrong, reason):
    start = time.monotonic()
    with pytest.raises(StoreError, match=reason) as refused:
        CatalogueStore.open(postgres_server.url().replace(right, wrong))
    assert time.monotonic() - start < 5
    assert "tried" not in refused.value.message
    assert ":wrong@" not in str(refused.value)
    assert "COINVEC_DATABASE_URL" in refused.value.hint

"""A Milvus that restarts, stays away, loses connections, or turns its client away."""

import re
import socket
import threading
import time

import numpy as np
import pytest

from coinvec import retry
from coinvec.domain.models import Metric
from coinvec.domain.vectors import VectorRecord
from coinvec.errors import StoreError
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.store import VectorStore
from tests.contract.vectors.contract import DIM, columns, image_id, unit_vectors
from tests.proxy import Proxy
from tests.servers import MilvusLiteServer

VECTORS = unit_vectors(60, seed=11)
RECORDS = [VectorRecord(image_id(n), vector, columns()) for n, vector in enumerate(VECTORS)]


def nearest(store, query, limit=5):
    [hits] = store.search("c", query[np.newaxis], where=VectorFilter(), limit=limit)
    return [hit.image_id for hit in hits]


def expected(query, vectors, limit=5):
    scores = vectors.astype(float) @ query.astype(float)
    return [image_id(n) for n in np.argsort(-scores, kind="stable")[:limit]]


@pytest.fixture
def server(tmp_path):
    """A server of this test's own, which it may kill."""
    server = MilvusLiteServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(server):
    store = VectorStore.open(server.uri)
    store.create_collection("c", dim=DIM, metric=Metric.COSINE)
    store.upsert("c", RECORDS[:40])
    yield store
    store.close()


def test_a_restart_in_mid_query_goes_unnoticed_and_loses_nothing(server, store):
    """Searches and writes go on through a kill -9; what was acknowledged is there afterwards."""
    restarted, written = threading.Event(), []

    def restart():
        server.kill()
        server.start()
        restarted.set()

    def write():
        for record in RECORDS[40:]:
            store.upsert("c", [record])
            written.append(record.image_id)
            time.sleep(0.05)

    threads = [threading.Thread(target=restart), threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    searches = 0
    try:
        while not restarted.is_set() or searches < 10:
            found = nearest(store, VECTORS[searches % 40], limit=1)
            assert found == [image_id(searches % 40)]
            searches += 1
    finally:
        for thread in threads:
            thread.join()
    assert written == [record.image_id for record in RECORDS[40:]]
    assert store.count("c") == 60
    for query in unit_vectors(5, seed=12):
        assert nearest(store, query) == expected(query, VECTORS)


def test_pages_go_on_after_a_restart(server, store, monkeypatch):
    monkeypatch.setattr("coinvec.vectors.connection._PAGE", 7)
    pages = store._connection.pages("c", "", ["image_id"])
    rows = next(pages)
    server.kill()
    server.start()
    rows += [row for page in pages for row in page]
    assert sorted(row["image_id"] for row in rows) == [image_id(n) for n in range(40)]


def test_cut_connections_go_unnoticed(server, store):
    proxy = Proxy(server.port)
    distant = VectorStore.open(f"http://127.0.0.1:{proxy.port}")
    cuts, done = [], threading.Event()

    def cut_now_and_then():
        while not done.wait(0.07):
            cuts.append(proxy.cut())

    cutter = threading.Thread(target=cut_now_and_then)
    cutter.start()
    try:
        # A fast machine answers many searches between two cuts: it goes on until enough were made.
        for query in unit_vectors(5000, seed=13):
            assert nearest(distant, query) == expected(query, VECTORS[:40])
            if sum(cuts) > 3:
                break
    finally:
        done.set()
        cutter.join()
        distant.close()
        proxy.close()
    assert sum(cuts) > 3


def test_a_server_that_stays_away_is_one_error(server, store, monkeypatch):
    monkeypatch.setattr(retry, "PATIENCE_S", 1.0)
    server.stop()
    start = time.monotonic()
    with pytest.raises(StoreError, match=r"tried (once|\d+ times) in \d s") as refused:
        nearest(store, VECTORS[0])
    assert time.monotonic() - start < 5
    assert f"127.0.0.1:{server.port} cannot be reached to search c" in refused.value.message
    assert "COINVEC_MILVUS_URI" in refused.value.hint


def test_what_drops_is_asked_once(server, store):
    """Its answer may have been lost on the way back, and by now the name may stand for another."""

    def drop():
        with store._connection.calling("drop the collection c", writing=True) as client:
            client.drop_collection("c")

    server.stop()
    start = time.monotonic()
    with pytest.raises(StoreError, match="cannot be reached to drop") as refused:
        drop()
    assert time.monotonic() - start < 5
    assert "tried" not in refused.value.message


def test_a_server_that_never_answers_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        start = time.monotonic()
        with pytest.raises(StoreError, match="cannot be reached to connect") as refused:
            VectorStore.open(f"http://127.0.0.1:{port}", timeout=1)
        assert time.monotonic() - start < 5
        assert "tried" in refused.value.message


def test_a_collection_dropped_by_another_is_told_at_once_and_noticed_when_it_is_back(server, store):
    assert store.count("c") == 40
    other = VectorStore.open(server.uri)
    try:
        other.drop_collection("c")
        start = time.monotonic()
        with pytest.raises(StoreError, match="refused to search c") as refused:
            nearest(store, VECTORS[0])
        assert time.monotonic() - start < 3
        assert "coinvec doctor" in refused.value.hint
        other.create_collection("c", dim=3, metric=Metric.COSINE)
        vector = unit_vectors(1, seed=1, dim=3)[0]
        other.upsert("c", [VectorRecord("new", vector, columns())])
        assert nearest(store, vector) == ["new"]
    finally:
        other.close()


@pytest.fixture(params=["milvus-lite server", "Milvus server"])
def address(request):
    """The address of an empty store on each kind of server."""
    if request.param == "Milvus server":
        return request.getfixturevalue("milvus_database")
    return request.getfixturevalue("milvus_lite_server").uri


def test_every_process_reads_what_any_has_written(address):
    writer, reader = VectorStore.open(address), VectorStore.open(address)
    try:
        writer.create_collection("c", dim=DIM, metric=Metric.COSINE)
        for n, record in enumerate(RECORDS[:12]):
            writer.upsert("c", [record])
            assert reader.count("c") == n + 1
            assert nearest(reader, record.vector, limit=1) == [record.image_id]
        writer.delete("c", [RECORDS[0].image_id])
        assert reader.vectors("c", [RECORDS[0].image_id]) == {}
        writer.drop_collection("c")
    finally:
        writer.close()
        reader.close()


@pytest.mark.parametrize("token", ["", "root:wrong", "nobody:Milvus", "no-such-key"])
def test_a_wrong_token_is_told_at_once(milvus_server, token):
    address = f"http://127.0.0.1:{milvus_server.port}"
    start = time.monotonic()
    with pytest.raises(StoreError, match=re.escape(address)) as refused:
        VectorStore.open(address, token=token)
    assert time.monotonic() - start < 5
    assert "token" in refused.value.message
    assert "tried" not in refused.value.message
    assert "wrong" not in str(refused.value)
    assert "COINVEC_MILVUS_TOKEN" in refused.value.hint


def test_the_right_token_opens(milvus_server):
    store = VectorStore.open(f"http://127.0.0.1:{milvus_server.port}", token="root:Milvus")
    assert store.collections() == []
    store.close()


def test_a_database_that_is_not_there_is_named(milvus_server):
    store = VectorStore.open(f"{milvus_server.uri}/nowhere")
    try:
        with pytest.raises(StoreError, match="database not found") as refused:
            store.collections()
        assert "Milvus@" not in str(refused.value)
    finally:
        store.close()

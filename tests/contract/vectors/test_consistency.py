"""What another process has written is found, without every search waiting for it.

The searchers are processes of their own, for pymilvus shares what it knows of writes within one.
They are connected before anything is written, so that no time passes before they search.
"""

import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from pymilvus import MilvusClient

from coinvec.domain.models import Metric
from coinvec.domain.vectors import VectorRecord
from coinvec.vectors import consistency
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.store import VectorStore
from tests.contract.vectors.contract import DIM, columns, image_id, unit_vectors

ROUNDS = 6
COLLECTIONS = ["c0", "c1"]
SEARCHER = """
    import json, sys
    import numpy as np
    from coinvec.vectors.filters import VectorFilter
    from coinvec.vectors.store import VectorStore

    store = VectorStore.open(sys.argv[1])
    for name in sys.argv[2:]:
        store.index(name)  # loaded and described, and not yet searched
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        how, collection, vector = json.loads(line)
        query = np.array([vector], np.float32)
        if how == "search":
            [hits] = store.search(collection, query, where=VectorFilter(), limit=100)
        else:
            from coinvec.domain.choices import GroupBy

            [hits] = store.exact_groups(
                collection, query, where=VectorFilter(), k=100, group_by=GroupBy.IMAGE
            )
        print(json.dumps(sorted(hit.image_id for hit in hits)), flush=True)
"""
VECTORS = unit_vectors(2 * ROUNDS, seed=21)
RECORDS = [VectorRecord(image_id(n), vector, columns()) for n, vector in enumerate(VECTORS)]


class Searcher:
    """Another process that has opened the store and searches it when told to."""

    def __init__(self, uri):
        self._child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SEARCHER), uri, *COLLECTIONS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path(__file__).parents[3],
        )
        assert self._answer() == "ready"

    def finds(self, collection, how="search"):
        print(json.dumps([how, collection, VECTORS[0].tolist()]), file=self._child.stdin)
        return self._answer()

    def _answer(self):
        return json.loads(self._child.stdout.readline())

    def close(self):
        self._child.stdin.close()
        self._child.stdout.close()
        assert self._child.wait(30) == 0


@pytest.fixture(scope="module")
def uri(milvus_server):
    with milvus_server.database() as uri:
        yield uri


@pytest.fixture(scope="module")
def writer(uri):
    store = VectorStore.open(uri)
    yield store
    store.close()


@pytest.fixture
def collections(writer):
    """Empty ones, for a server takes a second to open one."""
    for name in COLLECTIONS:
        writer.create_collection(name, dim=DIM, metric=Metric.COSINE)
    yield COLLECTIONS
    for name in COLLECTIONS:
        writer.drop_collection(name)


@pytest.fixture
def searcher(uri, collections):
    searcher = Searcher(uri)
    yield searcher
    searcher.close()


def test_the_first_search_of_a_process_finds_what_a_killed_writer_left(writer, searcher):
    for n, how in enumerate(("search", "scan")):
        writer.upsert(COLLECTIONS[n], [RECORDS[n]])  # and no word more
        assert searcher.finds(COLLECTIONS[n], how) == [image_id(n)]


def test_whoever_searched_before_finds_what_has_been_made_visible(writer, searcher):
    assert searcher.finds("c0") == []
    for n in range(ROUNDS):
        writer.upsert("c0", RECORDS[2 * n : 2 * n + 2])
        writer.delete("c0", [image_id(2 * n)])
        writer.make_visible("c0")
        expected = [image_id(2 * each + 1) for each in range(n + 1)]
        assert searcher.finds("c0", "search" if n % 2 else "scan") == expected


def test_what_nobody_made_visible_is_found_in_time(writer, searcher):
    assert searcher.finds("c0") == []
    writer.upsert("c0", RECORDS[:1])
    deadline = time.monotonic() + consistency.STALENESS_S
    while not (found := searcher.finds("c0")):
        assert time.monotonic() < deadline
    assert found == [image_id(0)]


def test_a_process_finds_at_once_what_it_wrote_itself(writer, collections):
    for n in range(ROUNDS):
        query = VECTORS[n][np.newaxis]
        [hits] = writer.search("c0", query, where=VectorFilter(), limit=100)
        assert sorted(hit.image_id for hit in hits) == [image_id(each) for each in range(n)]
        writer.upsert("c0", [RECORDS[n]])


def test_a_writer_waits_once_for_all_it_has_written(writer, collections, monkeypatch):
    counts, query = [], MilvusClient.query

    def noting(self, collection, *arguments, consistency_level, **options):
        counts.append((collection, consistency_level))
        return query(self, collection, *arguments, consistency_level=consistency_level, **options)

    for collection in collections:
        writer.make_visible(collection)  # what earlier tests wrote under these names
    monkeypatch.setattr(MilvusClient, "query", noting)
    writer.make_visible("c0")
    assert counts == []
    writer.upsert("c0", RECORDS[:2])
    writer.delete("c0", [RECORDS[0].image_id])
    writer.make_visible("c1")
    writer.make_visible("c0")
    writer.make_visible("c0")
    assert counts == [("c0", "Strong")]

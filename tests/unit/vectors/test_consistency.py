"""Which consistency level a search asks for."""

import numpy as np
import pytest
from pymilvus import MilvusClient

from coinvec.domain.choices import GroupBy
from coinvec.domain.models import Metric
from coinvec.domain.vectors import VectorRecord
from coinvec.vectors import consistency
from coinvec.vectors.consistency import BOUNDED, SESSION, STRONG, SearchLevels
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.store import VectorStore
from tests.strategies import sample_catalogue


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands where it is set."""
    now = [1_000.0]
    monkeypatch.setattr(consistency.time, "monotonic", lambda: now[0])
    return now


def test_only_the_first_search_waits_for_others():
    levels = SearchLevels()
    assert levels.level("a") == STRONG
    levels.note_search("a")
    assert levels.level("a") == BOUNDED
    assert levels.level("b") == STRONG, "another collection"


def test_own_writes_are_covered_by_one_level_or_the_other(clock):
    levels = SearchLevels()
    levels.note_write("a")
    assert levels.level("a") == STRONG, "of others nothing is known yet"
    levels.note_search("a")
    assert levels.level("a") == SESSION
    clock[0] += consistency.STALENESS_S - 0.001
    assert levels.level("a") == SESSION
    clock[0] += 0.001
    assert levels.level("a") == BOUNDED
    levels.note_write("a")
    assert levels.level("a") == SESSION


def test_a_forgotten_collection_is_waited_for_again():
    levels = SearchLevels()
    levels.note_search("a")
    levels.forget()
    assert levels.level("a") == STRONG


@pytest.fixture
def asked(monkeypatch):
    """The levels that requests ask a store for, in order."""
    levels = []
    for name in ("search", "query", "query_iterator"):
        request = getattr(MilvusClient, name)

        def noting(self, *args, request=request, consistency_level, **options):
            levels.append(consistency_level)
            return request(self, *args, consistency_level=consistency_level, **options)

        monkeypatch.setattr(MilvusClient, name, noting)
    return levels


def test_requests_ask_for_the_level_of_their_kind(tmp_path, asked, clock):
    store = VectorStore.open(str(tmp_path / "v.db"))
    store.create_collection("c", dim=2, metric=Metric.COSINE)
    vector, where = np.array([0, 1], np.float32), VectorFilter()
    [shown] = [each.columns for each in sample_catalogue(seed=1, n_types=1)[:1]]

    def searches():
        asked.clear()
        store.search("c", vector[None], where=where, limit=1)
        store.exact_groups("c", vector[None], where=where, k=1, group_by=GroupBy.TYPE)
        return asked

    assert searches() == [STRONG, BOUNDED]
    store.upsert("c", [VectorRecord("a", vector, shown)])
    assert searches() == [SESSION, SESSION]
    clock[0] += consistency.STALENESS_S
    assert searches() == [BOUNDED, BOUNDED]
    store.delete("c", ["a"])
    assert searches() == [SESSION, SESSION]
    store.set_alias("live", "c")
    assert searches() == [STRONG, SESSION]
    asked.clear()
    store.count("c")
    store.vectors("c", ["a"])
    list(store.row_pages("c", after="", upto=None))
    list(store.image_ids("c"))
    assert set(asked) == {STRONG}
    store.close()

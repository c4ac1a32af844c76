"""Draining the outbox while another process writes to the same stores."""

import numpy as np
import pytest

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.models import Metric
from coinvec.domain.records import GenerationState
from coinvec.services.sync import drain_outbox
from coinvec.vectors.store import VectorStore
from tests.unit.catalogue.makers import DIM, generation, record, vectors


@pytest.fixture
def catalogue(tmp_path):
    url = f"sqlite:///{tmp_path / 'c.db'}"
    schema.upgrade(url)
    with CatalogueStore.open(url) as store:
        yield store


@pytest.fixture
def milvus(tmp_path):
    store = VectorStore.open(str(tmp_path / "v.db"))
    store.create_collection("g1", dim=DIM, metric=Metric.COSINE)
    yield store
    store.close()


@pytest.fixture
def live(catalogue):
    return catalogue.add_generation(generation(), collection="g1", state=GenerationState.LIVE)


def before_the_write(monkeypatch, milvus, change):
    """Another process makes its change, in SQL and in Milvus, just before our rows are written."""
    write = milvus.upsert

    def late(collection, rows):
        monkeypatch.setattr(milvus, "upsert", write)
        change()
        write(collection, rows)

    monkeypatch.setattr(milvus, "upsert", late)


def test_everything_owed_is_written_in_batches(catalogue, milvus, live, monkeypatch):
    monkeypatch.setattr("coinvec.services.sync.BATCH", 4)
    records = [record(design=f"d{n}") for n in range(10)]
    made = vectors(records)
    catalogue.save(records, made, live.id)
    assert drain_outbox(catalogue, milvus, live) == 10
    stored = milvus.vectors("g1", list(made))
    assert stored.keys() == made.keys()
    for key, embedding in made.items():
        np.testing.assert_array_equal(stored[key], embedding.vector)
    assert drain_outbox(catalogue, milvus, live) == 0


def test_an_image_that_is_removed_meanwhile_does_not_come_back(
    catalogue, milvus, live, monkeypatch
):
    records = [record(design=f"d{n}") for n in range(3)]
    catalogue.save(records, vectors(records), live.id)

    def remove():
        catalogue.remove_images([records[0].image.id])
        drain_outbox(catalogue, milvus, live)

    before_the_write(monkeypatch, milvus, remove)
    drain_outbox(catalogue, milvus, live)
    assert set(milvus.image_ids("g1")) == {each.image.id for each in records[1:]}


def test_a_vector_that_is_changed_meanwhile_has_the_last_word(catalogue, milvus, live, monkeypatch):
    records = [record(design=f"d{n}") for n in range(3)]
    catalogue.save(records, vectors(records), live.id)
    newer = vectors(records, seed=1)

    def change():
        catalogue.save(records, newer, live.id)
        drain_outbox(catalogue, milvus, live)

    before_the_write(monkeypatch, milvus, change)
    drain_outbox(catalogue, milvus, live)
    for key, stored in milvus.vectors("g1", list(newer)).items():
        np.testing.assert_array_equal(stored, newer[key].vector)

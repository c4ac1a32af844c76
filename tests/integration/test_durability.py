"""Milvus Lite after the death of its process: always readable, never with half a row.

`tests/e2e/test_kill.py` kills processes between and within the steps; here the write-ahead log ends
at any byte, as where the system was in the middle of writing it.
"""

import random
import shutil
from contextlib import closing

import numpy as np
import pytest

from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import CoinImage
from coinvec.domain.models import Metric
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import VectorRecord
from coinvec.vectors.store import VectorStore

DIM = 16
BATCHES = 4
ROWS = 6
CUTS = 24


def records():
    rng = np.random.default_rng(2)
    coin, design = CoinType("t", "Prussia", "1 Thaler"), Design("t", Side.OBVERSE, "o1")
    made = []
    for number in range(BATCHES * ROWS):
        image = CoinImage(f"{number:064x}", design, "a.jpg", "JPEG", 4, 3)
        vector = rng.normal(size=DIM).astype(np.float32)
        columns = CoinRecord(coin, design, image).columns
        made.append(VectorRecord(image.id, vector / np.linalg.norm(vector), columns))
    return made


@pytest.fixture(scope="module")
def died(tmp_path_factory):
    """A store as it lies on the disk while its process runs: rows are in the log alone."""
    folder = tmp_path_factory.mktemp("lite")
    store = VectorStore.open(str(folder / "running.db"))
    store.create_collection("c", dim=DIM, metric=Metric.COSINE)
    for start in range(0, BATCHES * ROWS, ROWS):
        store.upsert("c", records()[start : start + ROWS])
    shutil.copytree(folder / "running.db", folder / "died.db")
    store.close()
    return folder / "died.db"


def log_of(store):
    [log] = store.glob("collections/c/wal/wal_data_*.arrow")
    return log


@pytest.mark.parametrize("part", range(CUTS))
def test_a_log_that_ends_anywhere_is_readable(died, tmp_path, part):
    path = tmp_path / "cut.db"
    shutil.copytree(died, path)
    log = log_of(path)
    whole = log.stat().st_size
    size = random.Random(part).randrange(part * whole // CUTS, (part + 1) * whole // CUTS)
    with log.open("r+b") as file:
        file.truncate(size)
    expected = {record.image_id: record.vector for record in records()}
    with closing(VectorStore.open(str(path))) as store:
        there = set(store.image_ids("c"))
        assert len(there) % ROWS == 0, "part of a request was kept"
        assert there == set(sorted(expected)[: len(there)]), "a later request outlived an earlier"
        store.upsert("c", records())
    with closing(VectorStore.open(str(path))) as store:
        assert store.count("c") == len(expected)
        found = store.vectors("c", list(expected))
    assert all(np.array_equal(found[each], expected[each]) for each in expected)


def test_what_upsert_returned_from_is_there(died, tmp_path):
    path = tmp_path / "died.db"
    shutil.copytree(died, path)
    with closing(VectorStore.open(str(path))) as store:
        assert set(store.image_ids("c")) == {record.image_id for record in records()}

"""Milvus Lite keeps the contract; and what only an embedded engine must do."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from milvus_lite.engine.collection import Collection

from coinvec.domain.choices import GroupBy
from coinvec.domain.models import Metric
from coinvec.domain.vectors import VectorRecord
from coinvec.errors import HomeLockedError, StoreError
from coinvec.vectors import connection
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.indexes import Engine, parse_index
from coinvec.vectors.store import VectorStore
from tests.contract.vectors.contract import (
    DIM,
    VectorStoreContract,
    columns,
    image_id,
    unit_vectors,
)

ROOT = Path(__file__).parents[3]

WRITER = """
import sys, time
import numpy as np
from coinvec.domain.vectors import VectorRecord
from coinvec.domain.models import Metric
from coinvec.vectors.indexes import Engine, parse_index
from coinvec.vectors.store import VectorStore
from tests.contract.vectors.contract import columns, image_id, unit_vectors
store = VectorStore.open(sys.argv[1])
store.create_collection("coins_1", dim=8, metric=Metric.COSINE)
store.set_alias("coins", "coins_1")
store.upsert("coins_1", [
    VectorRecord(image_id(n), v, columns()) for n, v in enumerate(unit_vectors(300, seed=8))
])
store.delete("coins_1", [image_id(7)])
print("written", flush=True)
time.sleep(60)
"""

READER = """
import sys
from coinvec.errors import CoinvecError
from coinvec.vectors.store import VectorStore
try:
    VectorStore.open(sys.argv[1])
except CoinvecError as error:
    print(type(error).__name__, error)
"""


def fill(store, name, rows):
    store.create_collection(name, dim=DIM, metric=Metric.COSINE)
    vectors = unit_vectors(rows, seed=8)
    store.upsert(
        name, [VectorRecord(image_id(n), v, columns(type=f"t{n}")) for n, v in enumerate(vectors)]
    )
    return vectors


class TestMilvusLite(VectorStoreContract):
    @pytest.fixture(scope="class")
    @classmethod
    def uri(cls, tmp_path_factory):
        return str(tmp_path_factory.mktemp("lite") / "vectors.db")


def test_what_was_written_survives_kill_minus_nine(tmp_path):
    path = str(tmp_path / "vectors.db")
    command = [sys.executable, "-c", WRITER, path]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "written\n"
        with pytest.raises(HomeLockedError) as caught:
            VectorStore.open(path)
        assert path in caught.value.message
        assert "COINVEC_MILVUS_URI" in caught.value.hint
        writer.kill()
    store = VectorStore.open(path)
    try:
        expected = {image_id(n): v for n, v in enumerate(unit_vectors(300, seed=8)) if n != 7}
        assert store.alias_target("coins") == "coins_1"
        assert set(store.image_ids("coins")) == expected.keys()
        found = store.vectors("coins", expected)
        assert all(np.array_equal(found[image], vector) for image, vector in expected.items())
    finally:
        store.close()


INDEXER = """
import os, signal, sys
from milvus_lite.index.brute_force import BruteForceIndex
from coinvec.vectors.store import VectorStore
def save(self, path):
    open(path, "wb").close()
    os.kill(os.getpid(), signal.SIGKILL)
BruteForceIndex.save = save
list(VectorStore.open(sys.argv[1]).image_ids("coins"))
"""


def test_an_index_half_written_by_a_killed_process_is_built_anew(tmp_path):
    path = str(tmp_path / "vectors.db")
    store = VectorStore.open(path)
    vectors = fill(store, "coins", rows=20)
    store.close()
    for index in Path(path).glob("collections/*/partitions/*/indexes/*"):
        index.unlink()
    killed = subprocess.run([sys.executable, "-c", INDEXER, path], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    halves = list(Path(path).glob("collections/*/partitions/*/indexes/*"))
    assert [half.stat().st_size for half in halves] == [0]
    store = VectorStore.open(path)
    try:
        [[hit]] = store.search("coins", vectors[3:4], where=VectorFilter(), limit=1)
        assert hit.image_id == image_id(3)
    finally:
        store.close()


def test_another_process_is_told_in_one_paragraph(tmp_path):
    path = str(tmp_path / "vectors.db")
    store = VectorStore.open(path)
    try:
        run = subprocess.run(
            [sys.executable, "-c", READER, path],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        store.close()
    assert run.stdout.startswith("HomeLockedError")
    assert run.stderr == "", "the libraries print nothing of their own"


def test_reopening_in_the_same_process(tmp_path):
    path = str(tmp_path / "vectors.db")
    for _ in range(2):
        store = VectorStore.open(path)
        if not store.has_collection("c"):
            fill(store, "c", 20)
        assert store.count("c") == 20
        store.close()
        store.close()
        with pytest.raises(StoreError, match="closed"):
            store.count("c")


def test_a_reader_is_not_overtaken_by_a_flush(tmp_path, monkeypatch):
    # Between looking at the segments and at the write buffer, the engine's reader would miss rows
    # that move from the one to the other. Hold it there while a writer flushes.
    reading, original = threading.Event(), Collection._read_snapshot

    def slow_once(self):
        snapshot = original(self)
        if not reading.is_set():
            reading.set()
            time.sleep(0.3)
        return snapshot

    store = VectorStore.open(str(tmp_path / "vectors.db"))
    vectors = fill(store, "c", 20)
    monkeypatch.setattr(connection, "_FLUSH_ROWS", 1)
    monkeypatch.setattr(Collection, "_read_snapshot", slow_once)
    found = []

    def read():
        found.extend(store.search("c", vectors[:1], where=VectorFilter(), limit=50))

    reader = threading.Thread(target=read)
    try:
        reader.start()
        assert reading.wait(10)
        store.upsert("c", [VectorRecord("new", vectors[0], columns())])
    finally:
        reader.join()
        store.close()
    assert {image_id(n) for n in range(20)} <= {hit.image_id for hit in found[0]}


def test_refusals_print_nothing(tmp_path, capfd):
    store = VectorStore.open(str(tmp_path / "vectors.db"))
    fill(store, "c", 3)
    with pytest.raises(StoreError, match="refused to read c"):
        store.count("c", "nonsense ==")
    assert store.count("c") == 3, "and the store still works"
    store.close()
    assert capfd.readouterr() == ("", "")


def test_a_file_of_milvus_lite_2_is_explained(tmp_path):
    path = tmp_path / "vectors.db"
    path.write_bytes(b"SQLite format 3\x00")
    with pytest.raises(StoreError, match="version 2") as caught:
        VectorStore.open(str(path))
    assert "again" in caught.value.hint


def test_a_directory_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        VectorStore.open(str(tmp_path / "file" / "vectors.db"))


@pytest.mark.parametrize(
    "index",
    ["IVF_FLAT(nlist=16,nprobe=1)", "IVF_SQ8(nlist=16,nprobe=1)", "HNSW(M=2,efConstruction=8)"],
)
def test_index_parameters_reach_the_engine(tmp_path, index):
    path = tmp_path / "vectors.db"
    setting = parse_index(index, Engine.LITE)
    store = VectorStore.open(str(path), index=index)
    fill(store, "c", 3)
    assert store.index("c") == setting
    store.close()
    manifest = json.loads((path / "collections" / "c" / "manifest.json").read_text())
    written = manifest["index_specs"]["embedding"]
    assert (written["index_type"], written["metric_type"]) == (setting.type, "COSINE")
    assert written["build_params"] == setting.build_parameters
    store = VectorStore.open(str(path))  # a collection keeps the index it was made with
    try:
        assert store.index("c").type == setting.type
    finally:
        store.close()


@pytest.mark.parametrize("kind", ["IVF_FLAT", "IVF_SQ8"])
def test_the_exact_scan_completes_what_an_approximate_index_missed(tmp_path, kind):
    path = str(tmp_path / "vectors.db")
    store = VectorStore.open(path, index=f"{kind}(nlist=16,nprobe=1)")
    vectors = fill(store, "c", 400)
    store.close()
    store = VectorStore.open(path, index=f"{kind}(nlist=16,nprobe=1)")
    try:
        query = unit_vectors(1, seed=9)
        scores = vectors.astype(float) @ query[0].astype(float)
        wanted = {"where": VectorFilter(), "k": 300, "group_by": GroupBy.TYPE}
        [exact] = store.exact_groups("c", query, **wanted)
        best = np.argsort(-scores, kind="stable")[:300]
        assert [hit.image_id for hit in exact] == list(map(image_id, best))
        deadline = time.monotonic() + 30  # Milvus Lite builds the index in the background
        while len(found := store.top_groups("c", query, **wanted)[0]) == 300:
            assert time.monotonic() < deadline, "nprobe has no effect"
        for hit in found:
            score = scores[int(hit.image_id, 16)]
            assert hit.similarity == pytest.approx(score, abs=1e-6), "even where quantised"
    finally:
        store.close()

"""Index types on a real Milvus server: recall, latency, build time, memory, under filters."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymilvus import MilvusClient

from coinvec.domain.models import Metric
from coinvec.domain.predicates import ColumnRef, Comparison, Op
from coinvec.domain.vectors import FloatArray, VectorRecord
from coinvec.vectors.expressions import compile_filter
from coinvec.vectors.indexes import Engine, IndexSetting, parse_index
from coinvec.vectors.schema import EMBEDDING, ID
from coinvec.vectors.store import VectorStore
from tests.bench.gallery import DIM, FIRST_YEAR, Gallery, image_id, make_gallery
from tests.bench.milvus import BenchServer
from tests.bench.options import Options
from tests.bench.report import report

SETTINGS = (
    "FLAT",
    "IVF_FLAT(nlist=1024,nprobe=16)",
    "IVF_SQ8(nlist=1024,nprobe=16)",
    "HNSW(M=16,efConstruction=200,ef=64)",
    "HNSW(M=32,efConstruction=400,ef=256)",
)
KEPT_PERCENTS = (100, 50, 10, 1)
K = 10
QUERIES = 300
WARM_UP = 10
COLLECTION = "bench"
_UPSERT_ROWS = 10_000
_WAIT_S = 3_600


@dataclass(frozen=True)
class Searched:
    """How searches went under one filter.

    Attributes:
        recall: Share of the exact ten nearest that were found.
        median_ms: Median latency of a single query.
        p99_ms: 99th percentile of it.
    """

    recall: float
    median_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Measured:
    """One index at one size.

    Attributes:
        build_s: Seconds from asking for the index until every row is in it.
        memory_mib: Resident memory of a fresh server that has loaded the collection.
        searched: By percentage of rows the filter keeps.
    """

    build_s: float
    memory_mib: float
    searched: Mapping[int, Searched] = field(default_factory=dict)


def run(options: Options) -> None:
    """Measure every index at every size; print a table for each, and keep what is done."""
    done = _load(options.results)
    for rows in options.rows:
        key = f"{rows}"
        of_size = done.setdefault(key, {})
        if not {*SETTINGS, "fill_rows_per_s"} <= of_size.keys():
            _measure_size(rows, of_size, lambda: _keep(options.results, done))
        report(_table(rows, of_size))


def _measure_size(rows: int, of_size: dict[str, Any], keep: Callable[[], None]) -> None:
    gallery = make_gallery(rows, QUERIES)
    exact = {percent: gallery.exact(K, percent) for percent in KEPT_PERCENTS}
    with BenchServer() as server:
        of_size["empty_server_mib"] = server.resident_mib()
        of_size["fill_rows_per_s"] = fill(server.uri, gallery)
        for setting in SETTINGS:
            if setting not in of_size:
                measured = _measure(server, parse_index(setting, Engine.SERVER), gallery, exact)
                of_size[setting] = asdict(measured)
                keep()


def fill(uri: str, gallery: Gallery) -> float:
    """Write a gallery through the store's own upsert; returns rows per second."""
    store = VectorStore.open(uri)
    store.create_collection(COLLECTION, dim=DIM, metric=Metric.COSINE)
    took = 0.0
    for start in range(0, len(gallery.vectors), _UPSERT_ROWS):
        stop = min(start + _UPSERT_ROWS, len(gallery.vectors))
        batch = [
            VectorRecord(record.image.id, gallery.vectors[start + at], record.columns)
            for at, record in enumerate(gallery.records(start, stop))
        ]
        begun = time.perf_counter()
        store.upsert(COLLECTION, batch)
        took += time.perf_counter() - begun
    if (there := store.count(COLLECTION)) != len(gallery.vectors):
        raise SystemExit(f"{there} rows arrived of {len(gallery.vectors)}")
    store.close()
    return len(gallery.vectors) / took


def _measure(
    server: BenchServer,
    index: IndexSetting,
    gallery: Gallery,
    exact: Mapping[int, NDArray[np.int64]],
) -> Measured:
    client = MilvusClient(server.uri, timeout=_WAIT_S)
    build_s = build(client, index, len(gallery.vectors))
    client.close()
    server.restart()
    client = MilvusClient(server.uri, timeout=_WAIT_S)
    client.load_collection(COLLECTION, timeout=_WAIT_S)
    memory = server.resident_mib()
    searched = {
        percent: _search(client, index, gallery.queries, percent, exact[percent])
        for percent in KEPT_PERCENTS
    }
    client.close()
    report(f"{len(gallery.vectors):,} {index}: {build_s:.0f} s, {memory:.0f} MiB")
    return Measured(build_s, memory, searched)


def build(client: MilvusClient, index: IndexSetting, rows: int) -> float:
    """Replace the collection's index; returns seconds until all rows are in it."""
    client.flush(COLLECTION, timeout=_WAIT_S)
    client.release_collection(COLLECTION)
    client.drop_index(COLLECTION, EMBEDDING)
    wanted = MilvusClient.prepare_index_params()
    wanted.add_index(
        EMBEDDING,
        index_type=index.type,
        metric_type=Metric.COSINE.name,
        params=index.build_parameters,
    )
    begun = time.perf_counter()
    client.create_index(COLLECTION, wanted, sync=False)
    while (state := client.describe_index(COLLECTION, EMBEDDING))["indexed_rows"] < rows or (
        state["pending_index_rows"]
    ):
        time.sleep(0.1)
    return time.perf_counter() - begun


def expression(kept_percent: int) -> str:
    """The filter that keeps a share of the rows, as the query layer compiles it."""
    if kept_percent == 100:
        return ""
    return compile_filter(Comparison(ColumnRef("year_from"), Op.LT, FIRST_YEAR + kept_percent))


def _search(
    client: MilvusClient,
    index: IndexSetting,
    queries: FloatArray,
    kept_percent: int,
    exact: NDArray[np.int64],
) -> Searched:
    clause, found, times = expression(kept_percent), [], []
    for at in (*range(WARM_UP), *range(len(queries))):
        begun = time.perf_counter()
        rows = raw_search(client, index, queries[at], clause)
        times.append(time.perf_counter() - begun)
        found.append({row[ID] for row in rows})
    hits = [
        len(ids & {image_id(row) for row in best}) / K
        for ids, best in zip(found[WARM_UP:], exact, strict=True)
    ]
    milliseconds = np.asarray(times[WARM_UP:]) * 1000
    return Searched(
        float(np.mean(hits)),
        float(np.median(milliseconds)),
        float(np.percentile(milliseconds, 99)),
    )


def raw_search(
    client: MilvusClient, index: IndexSetting, query: FloatArray, clause: str
) -> list[dict[str, Any]]:
    """The ten nearest by pymilvus alone: ids and distances."""
    [rows] = client.search(
        COLLECTION,
        query[np.newaxis],
        anns_field=EMBEDDING,
        filter=clause,
        limit=K,
        output_fields=[ID],
        search_params={"params": index.search_parameters(K)},
        consistency_level="Bounded",
        timeout=_WAIT_S,
    )
    return list(rows)


def _load(path: Path | None) -> dict[str, Any]:
    if path is None or not path.exists():
        return {}
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _keep(path: Path | None, done: Mapping[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(done, indent=1), encoding="utf-8")


def _table(rows: int, of_size: Mapping[str, Any]) -> str:
    """The measurements of one size as a Markdown table."""
    return "\n".join(_lines(rows, json.loads(json.dumps(of_size))))


def _lines(rows: int, of_size: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### {rows:,} vectors\n"
    yield (
        f"Filled at {of_size['fill_rows_per_s']:,.0f} rows/s by upserts; the empty server takes "
        f"{of_size['empty_server_mib']:,.0f} MiB.\n"
    )
    kept = [str(percent) for percent in KEPT_PERCENTS]
    yield "| index | build s | MiB | " + " | ".join(f"{each} % kept" for each in kept) + " |"
    yield "|---|---:|---:|" + "---|" * len(kept)
    for setting in (each for each in SETTINGS if each in of_size):
        measured = of_size[setting]
        cells = [
            f"{each['recall']:.3f} · {each['median_ms']:.1f} · {each['p99_ms']:.1f}"
            for each in (measured["searched"][percent] for percent in kept)
        ]
        numbers = f"{measured['build_s']:.1f} | {measured['memory_mib']:,.0f}"
        yield f"| {setting} | {numbers} | " + " | ".join(cells) + " |"

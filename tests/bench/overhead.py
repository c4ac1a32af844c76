"""What the query layer costs over raw pymilvus: the same queries, step by step more of coinvec.

The ways take turns query by query, so that whatever else the machine does hits all of them alike.
They are compared with raw pymilvus at the consistency level that searches have
(`coinvec.vectors.consistency`).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.predicates import ColumnRef, Comparison, Op, Predicate
from coinvec.domain.records import GenerationState, StoredGeneration
from coinvec.domain.results import Candidate, CoinInPicture, Query
from coinvec.domain.vectors import Embedding, FloatArray, Generation
from coinvec.pipeline.exact import ExactVectors
from coinvec.pipeline.find import Finder, Probe
from coinvec.pipeline.retrieve import Retriever
from coinvec.pipeline.sides import with_sides
from coinvec.query.planner import make_plan
from coinvec.services.sync import drain_outbox
from coinvec.vectors.expressions import compile_filter
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.schema import EMBEDDING, ID
from coinvec.vectors.store import VectorStore
from tests.bench.gallery import DIM, FIRST_YEAR, Gallery, make_gallery
from tests.bench.milvus import BenchServer
from tests.bench.options import Options
from tests.bench.report import report

QUERIES = 20
WARM_UP = 5
K = 10
COLLECTION = "overhead"
RAW = "raw pymilvus, bounded staleness"
_SAVED = 1_000

Way = Callable[[FloatArray], object]


def run(options: Options) -> None:
    """Measure on Milvus Lite and on a server, at every size."""
    for rows in options.rows:
        gallery = make_gallery(rows, QUERIES + WARM_UP)
        with TemporaryDirectory(prefix="coinvec-bench-") as folder:
            _measure("Milvus Lite", str(Path(folder) / "vectors.db"), gallery)
        with BenchServer() as server:
            _measure("Milvus server", server.uri, gallery)


def _measure(engine: str, uri: str, gallery: Gallery) -> None:
    with _filled(uri, gallery) as (catalogue, vectors, rate):
        report(f"\n### {engine}, {len(gallery.vectors):,} vectors, FLAT\n")
        report(f"Filled from SQL at {rate:,.0f} rows/s.\n")
        report("| way | all rows: median ms | ratio | 10 % kept: median ms | ratio |")
        report("|---|---:|---:|---:|---:|")
        tenth = Comparison(ColumnRef("year_from"), Op.LT, FIRST_YEAR + 10)
        columns = [
            medians(ways(catalogue, vectors, where), gallery.queries) for where in (None, tenth)
        ]
        for name in columns[0]:
            cells = [f"{each[name]:.2f} | {each[name] / each[RAW]:.2f}" for each in columns]
            report(f"| {name} | {' | '.join(cells)} |")


@contextmanager
def _filled(uri: str, gallery: Gallery) -> Iterator[tuple[CatalogueStore, VectorStore, float]]:
    """Both stores, filled, and how many rows a second went from SQL to Milvus."""
    with TemporaryDirectory(prefix="coinvec-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'catalogue.db'}"
        schema.upgrade(url)
        with CatalogueStore.open(url) as catalogue:
            stored = _save(catalogue, gallery)
            vectors = VectorStore.open(uri)
            try:
                vectors.create_collection(COLLECTION, dim=DIM, metric=Metric.COSINE)
                begun = time.perf_counter()
                settled = drain_outbox(catalogue, vectors, stored)
                yield catalogue, vectors, settled / (time.perf_counter() - begun)
            finally:
                vectors.close()


def _save(catalogue: CatalogueStore, gallery: Gallery) -> StoredGeneration:
    stored = catalogue.add_generation(
        Generation(ModelRef("p", "1"), ModelRef("e", "1"), Metric.COSINE, DIM),
        collection=COLLECTION,
        state=GenerationState.LIVE,
    )
    for start in range(0, len(gallery.vectors), _SAVED):
        records = list(gallery.records(start, min(start + _SAVED, len(gallery.vectors))))
        embeddings = {
            record.image.id: Embedding(gallery.vectors[start + at])
            for at, record in enumerate(records)
        }
        catalogue.save(records, embeddings, stored.id)
    return stored


def ways(
    catalogue: CatalogueStore, vectors: VectorStore, where: Predicate | None
) -> dict[str, Way]:
    """The ways from a query vector to the ten nearest, each with more around it."""
    clause = "" if where is None else compile_filter(where)
    kept = VectorFilter(expression=clause)
    live = catalogue.live_generation()
    assert live is not None
    photo = (CoinInPicture("photo", None),)

    def raw(consistency: str) -> Way:
        def search(query: FloatArray) -> Any:
            with vectors._connection.calling("search") as client:
                return client.search(
                    COLLECTION,
                    query[np.newaxis],
                    anns_field=EMBEDDING,
                    filter=clause,
                    limit=K,
                    output_fields=[ID],
                    consistency_level=consistency,
                )

        return search

    def groups(group_by: GroupBy) -> Way:
        return lambda query: vectors.top_groups(
            COLLECTION, query[np.newaxis], where=kept, k=K, group_by=group_by
        )

    def find(query: FloatArray) -> list[Candidate]:
        finder = Finder(Retriever(vectors, COLLECTION), make_plan(Query(where, K), catalogue))
        [finding] = finder.find([Probe(photo, query[np.newaxis])])
        records = catalogue.records([group.best.image_id for group in finding.groups])
        return [
            Candidate(group.similarity, record.coin, record.design, record.image)
            for group in finding.groups
            for record in [records[group.best.image_id]]
        ]

    def find_both_sides(query: FloatArray) -> list[Candidate]:
        hits = find(query)
        types = {hit.type for hit in hits}
        known = ExactVectors(catalogue.coins().vectors(live.id, DIM, where, types=types))
        return with_sides(hits, query, Retriever(known, COLLECTION))

    return {
        RAW: raw("Bounded"),
        "raw pymilvus, session": raw("Session"),
        "raw pymilvus, strong": raw("Strong"),
        "VectorStore, ten images": groups(GroupBy.IMAGE),
        "VectorStore, ten types": groups(GroupBy.TYPE),
        "plan, find, join": find,
        "plan, find, join, other sides": find_both_sides,
    }


def medians(each_way: dict[str, Way], queries: FloatArray) -> dict[str, float]:
    """Median milliseconds of every way, which take turns query by query."""
    times: dict[str, list[float]] = {name: [] for name in each_way}
    for query in queries:
        for name, way in each_way.items():
            begun = time.perf_counter()
            way(query)
            times[name].append(time.perf_counter() - begun)
    return {name: float(np.median(took[WARM_UP:])) * 1000 for name, took in times.items()}

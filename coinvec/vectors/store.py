"""Collections of vectors with their filter columns, whatever Milvus engine keeps them.

Importing this module imports pymilvus, which takes half a second: import it where it is needed.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Self

import numpy as np

from coinvec.domain.choices import GroupBy
from coinvec.domain.models import Metric
from coinvec.domain.results import Hit
from coinvec.domain.vectors import FloatArray, VectorRecord
from coinvec.errors import StoreError
from coinvec.vectors.connection import CALL_TIMEOUT, Connection, Row
from coinvec.vectors.filters import VectorFilter, between, both, of_images
from coinvec.vectors.grouping import (
    ENGINE_NOISE,
    Found,
    GroupSearch,
    best_of_page,
    merge,
    similarities,
)
from coinvec.vectors.indexes import EXACT, IndexSetting
from coinvec.vectors.schema import EMBEDDING, HIT_FIELDS, ID, hit_of, row_fields, row_of
from coinvec.vectors.tracing import Request, noted

CONNECT_TIMEOUT = 10.0

_WRITE_BYTES = 8 * 2**20
_ROW_BYTES = 4_096
"""What the other fields of a row may take; requests stay far below the servers' 64 MiB."""
_RESULT_ROWS = 50_000
"""Rows one request may return for all its queries together."""

_Search = Callable[[str], list[list[Hit]]]


class VectorStore:
    """Collections of vectors. Safe to use from several threads.

    A collection may be named by an alias throughout. Every method raises `StoreError` where the
    store is closed, cannot be reached, or has no such collection. Made by `open`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    def open(
        cls, uri: str, *, token: str = "", index: str = EXACT, timeout: float = CONNECT_TIMEOUT
    ) -> Self:
        """Open a store.

        Args:
            uri: Directory of an embedded Milvus Lite, made where it is missing, or
                `http(s)://host:port` of a server.
            token: `user:password` or API key of a server.
            index: Index of collections made from now on, as `coinvec.vectors.indexes` reads it.
            timeout: Seconds to wait for the connection.

        Raises:
            HomeLockedError: The embedded store is in use.
            SettingsError: The index setting is not understood.
            StoreError: The store cannot be opened or reached, or refuses the token.
        """
        return cls(Connection.open(uri, token=token, index=index, timeout=timeout))

    def close(self) -> None:
        """Write everything out and let go of the store; without effect when repeated."""
        self._connection.close()

    # --- collections -------------------------------------------------------------------------

    def create_collection(self, name: str, *, dim: int, metric: Metric) -> None:
        """Make an empty collection with the index of the settings.

        One whose making was interrupted (`has_collection` denies it) is replaced.
        """
        if name in self.collections() and not self.has_collection(name):
            self.drop_collection(name)
        self._connection.create_collection(name, dim, metric)

    def has_collection(self, name: str) -> bool:
        """Whether there is a collection (not an alias) of this name, with its index."""
        if name not in self.collections():
            return False
        return self._connection.repeating(
            f"list the indexes of {name}",
            lambda client: bool(client.list_indexes(name, EMBEDDING, timeout=CALL_TIMEOUT)),
        )

    def collections(self) -> list[str]:
        """Names of all collections, sorted."""
        return self._connection.repeating(
            "list its collections",
            lambda client: sorted(client.list_collections(timeout=CALL_TIMEOUT)),
        )

    def drop_collection(self, name: str) -> None:
        """Remove a collection and the aliases that point at it, if it is there."""
        if name not in self.collections():
            return
        aliases = self._connection.aliases(name)
        with self._connection.calling(f"drop the collection {name}", writing=True) as client:
            for alias in aliases:
                client.drop_alias(alias, timeout=CALL_TIMEOUT)
            client.drop_collection(name, timeout=CALL_TIMEOUT)
            self._connection.forget()

    def set_alias(self, alias: str, collection: str) -> None:
        """Point an alias at a collection, in one step where it points at another."""
        pointed = self.alias_target(alias) is not None
        action = f"point the alias {alias} at {collection}"
        with self._connection.calling(action, writing=True) as client:
            change = client.alter_alias if pointed else client.create_alias
            change(collection_name=collection, alias=alias, timeout=CALL_TIMEOUT)
            self._connection.forget()

    def alias_target(self, alias: str) -> str | None:
        """The collection an alias points at; None where there is no such alias."""
        for collection in self.collections():
            if alias in self._connection.aliases(collection):
                return collection
        return None

    def fits(self, collection: str, dim: int) -> bool:
        """Whether a collection has its index, the fields of a row, and vectors of a dimension."""
        described = self._connection.repeating(
            f"describe {collection}",
            lambda client: client.describe_collection(collection, timeout=CALL_TIMEOUT),
        )
        fields = {field["name"]: field["params"] for field in described["fields"]}
        complete = fields.keys() >= set(row_fields())
        return complete and int(fields[EMBEDDING]["dim"]) == dim and self.has_collection(collection)

    def index(self, collection: str) -> IndexSetting:
        """The index a collection was made with."""
        return self._connection.opened(collection).index

    # --- rows --------------------------------------------------------------------------------

    def upsert(self, collection: str, records: Sequence[VectorRecord]) -> None:
        """Write rows, replacing those of the same image; of several for one image the last counts.

        When this returns, the rows outlive the end of this process, however it ends.

        Raises:
            StoreError: A vector is not of the collection's dimension.
        """
        rows = [row_of(record) for record in {each.image_id: each for each in records}.values()]
        if not rows:
            return
        dim = self._connection.opened(collection).dim
        for row in rows:
            _check_vectors(row[EMBEDDING], (dim,), collection)
        size = max(1, _WRITE_BYTES // (4 * dim + _ROW_BYTES))
        for start in range(0, len(rows), size):
            self._connection.upsert(collection, rows[start : start + size])

    def delete(self, collection: str, image_ids: Collection[str]) -> None:
        """Remove rows; ids that are not there are no error."""
        for clause in of_images(image_ids):
            self._connection.delete(collection, clause)

    def make_visible(self, collection: str) -> None:
        """Wait until searches of every process see what this store has written.

        Other reads see it at once, and so do those of this process. Embedded, or where nothing was
        written, there is nothing to wait for. See `coinvec.vectors.consistency`.
        """
        self._connection.make_visible(collection)

    def count(self, collection: str, where: str = "") -> int:
        """Rows that satisfy an expression of `compile_filter`; all by default."""
        [counted] = self._connection.query(collection, where, ["count(*)"])
        return int(counted["count(*)"])

    def image_ids(self, collection: str) -> Iterator[str]:
        """The ids of all rows, in no order; they are read and counted before the first is given.

        Raises:
            StoreError: Rows were skipped or repeated, or changed meanwhile.
        """
        pages = self._connection.pages(collection, "", [ID])
        ids = [str(row[ID]) for page in pages for row in page]
        different, there = set(ids), self.count(collection)
        if not len(ids) == len(different) == there:
            raise StoreError(
                f"Milvus returned {len(ids)} ids of {collection}, {len(different)} of them "
                f"different, and counts {there} rows.",
                hint="Try again while nothing is imported.",
            )
        return iter(different)

    def vectors(self, collection: str, image_ids: Collection[str]) -> dict[str, FloatArray]:
        """The vectors (dim,) of images, by image id; ids that are not there are left out."""
        return {
            row[ID]: np.asarray(row[EMBEDDING], dtype=np.float32)
            for clause in of_images(image_ids)
            for row in self._connection.query(collection, clause, [ID, EMBEDDING])
        }

    def rows(self, collection: str, image_ids: Collection[str]) -> dict[str, Row]:
        """Whole rows by image id, for `coinvec.vectors.compare`; absent ids are left out."""
        return {
            str(row[ID]): row
            for clause in of_images(image_ids)
            for row in self._connection.query(collection, clause, row_fields())
        }

    def row_pages(
        self, collection: str, *, after: str, upto: str | None
    ) -> Iterator[dict[str, Row]]:
        """Whole rows, some thousand at a time, of the ids beyond `after` up to `upto`, included."""
        for page in self._connection.pages(collection, between(after, upto), row_fields()):
            yield {str(row[ID]): row for row in page}

    # --- searching ---------------------------------------------------------------------------

    def search(
        self, collection: str, vectors: FloatArray, *, where: VectorFilter, limit: int
    ) -> list[list[Hit]]:
        """The most similar images for each query; see `top_groups`."""
        return self.top_groups(collection, vectors, where=where, k=limit, group_by=GroupBy.IMAGE)

    def top_groups(
        self,
        collection: str,
        vectors: FloatArray,
        *,
        where: VectorFilter,
        k: int,
        group_by: GroupBy,
    ) -> list[list[Hit]]:
        """The best image of each of the best k groups, for each query, in order (`Hit.order`).

        If at least k groups match the filter, k come back, with an exact index; an approximate
        one may find fewer, or others. Similarities are computed from the stored vectors, so that
        equal pictures tie; ties are ordered by image id.

        Args:
            collection: The collection.
            vectors: n × dim queries.
            where: The rows to be seen.
            k: How many groups, at least 1.
            group_by: What a group is.

        Raises:
            StoreError: The queries are not of the collection's dimension.
        """

        def best(clause: str) -> list[list[Hit]]:
            return GroupSearch(
                fetch=lambda queries, more, limit: self._nearest(
                    collection, queries, both(clause, more), limit
                ),
                scan=lambda queries, more, missing: self._scan(
                    collection, queries, both(clause, more), missing, group_by
                ),
                group_by=group_by,
                k=k,
            ).run(vectors)

        return self._over_clauses(collection, vectors, where, best, k, group_by)

    def exact_groups(
        self,
        collection: str,
        vectors: FloatArray,
        *,
        where: VectorFilter,
        k: int,
        group_by: GroupBy,
    ) -> list[list[Hit]]:
        """As `top_groups`, by computing the similarity of every row: exact with any index, slow."""

        def best(clause: str) -> list[list[Hit]]:
            return self._scan(collection, vectors, clause, k, group_by)

        return self._over_clauses(collection, vectors, where, best, k, group_by)

    def _over_clauses(
        self,
        collection: str,
        vectors: FloatArray,
        where: VectorFilter,
        best: _Search,
        k: int,
        group_by: GroupBy,
    ) -> list[list[Hit]]:
        dim = self._connection.opened(collection).dim
        _check_vectors(vectors, (len(vectors), dim), collection)
        if not len(vectors):
            return []
        parts = [best(clause) for clause in where.clauses()]
        return [merge([part[at] for part in parts], group_by, k) for at in range(len(vectors))]

    def _nearest(
        self, collection: str, vectors: FloatArray, clause: str, limit: int
    ) -> list[Found]:
        found: list[Found] = []
        size = max(1, _RESULT_ROWS // limit)
        for start in range(0, len(vectors), size):
            queries = vectors[start : start + size]
            with noted(Request("search", clause, len(queries), limit)) as request:
                answers = self._connection.nearest(collection, queries, clause, limit, HIT_FIELDS)
                request.rows = sum(map(len, answers))
            found += [
                _found(query, rows, limit) for query, rows in zip(queries, answers, strict=True)
            ]
        return found

    def _scan(
        self, collection: str, vectors: FloatArray, clause: str, k: int, group_by: GroupBy
    ) -> list[list[Hit]]:
        best: list[list[Hit]] = [[] for _ in vectors]
        with noted(Request("scan", clause, len(vectors), None)) as request:
            for page in self._connection.pages(collection, clause, HIT_FIELDS, searching=True):
                request.rows += len(page)
                found = best_of_page(vectors, page, group_by, k)
                best = [merge(pair, group_by, k) for pair in zip(best, found, strict=True)]
        return best


def _check_vectors(vectors: FloatArray, shape: tuple[int, ...], collection: str) -> None:
    if vectors.shape != shape or vectors.dtype != np.float32:
        raise StoreError(
            f"{collection} holds vectors of {shape[-1]} float32 numbers, and was given an array "
            f"of shape {vectors.shape} of {vectors.dtype}.",
            hint="They are from another encoder; each generation has a collection of its own.",
        )
    norms = np.linalg.norm(vectors, axis=-1)
    if not (np.isfinite(norms) & (norms > 0)).all():
        raise StoreError("A vector given to the store is zero or not finite: it has no direction.")


def _found(query: FloatArray, rows: Sequence[Row], limit: int) -> Found:
    """The hits of one query; the engine's own similarities only tell what it left out."""
    if not rows:
        return Found((), -np.inf)
    entities = [row["entity"] for row in rows]
    embeddings = np.asarray([entity[EMBEDDING] for entity in entities], dtype=np.float32)
    [scores] = similarities(query[np.newaxis], embeddings)
    hits = [hit_of(entity, score) for entity, score in zip(entities, scores, strict=True)]
    ceiling = -np.inf if len(rows) < limit else rows[-1]["distance"] + ENGINE_NOISE
    return Found(sorted(hits, key=lambda hit: hit.order), ceiling)

"""A connection to Milvus: the only module that imports pymilvus.

Milvus Lite runs inside this process and is given one request at a time, because a reader that
meets rows on their way from its write buffer to a segment sees them in neither. Servers take
reads in parallel. Writes are serialised on both.
"""

import logging
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import grpc  # type: ignore[import-untyped]
from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from coinvec.domain.vectors import FloatArray, Metric
from coinvec.errors import StoreError
from coinvec.vectors.embedded import EmbeddedMilvus
from coinvec.vectors.indexes import Engine, IndexSetting, parse_index
from coinvec.vectors.schema import (
    EMBEDDING,
    ID,
    ID_MAX_LENGTH,
    TEXT_MAX_BYTES,
    FieldType,
    scalar_fields,
)

Row = Mapping[str, Any]

CALL_TIMEOUT = 120.0
_STRONG = "Strong"
"""Reads see every write before them; the servers' default may lag behind."""

_PAGE = 4_096

_FLUSH_ROWS = 2_000
"""Rows Milvus Lite may keep in its write buffer: a search reads that row by row in Python, 10 µs
each, and rows written out to a segment all at once."""

# Every failure reaches the caller as an exception; pymilvus prints it to stderr besides.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a loaded collection: components of a vector, and the index it has."""

    dim: int
    index: IndexSetting


class Connection:
    """Requests to one engine; each raises `StoreError` where it is refused. Thread-safe.

    Args:
        client: Connected.
        embedded: The engine, where it runs in this process.
        index: Index of collections made from now on.
        place: What the engine is called in messages.
    """

    def __init__(
        self, client: MilvusClient, embedded: EmbeddedMilvus | None, index: IndexSetting, place: str
    ) -> None:
        self._client = client
        self._embedded = embedded
        self._engine = Engine.SERVER if embedded is None else Engine.LITE
        self._index = index
        self._place = place
        self._opened: dict[str, Opened] = {}
        self._unflushed: dict[str, int] = {}
        self._lock = threading.RLock()
        self._finalizer = weakref.finalize(self, _shut_down, client, embedded)

    @classmethod
    def open(cls, uri: str, *, token: str, index: str, timeout: float) -> Self:
        """Open an embedded engine, or connect to a server; see `VectorStore.open`."""
        engine = Engine.SERVER if "://" in uri else Engine.LITE
        setting = parse_index(index, engine)
        place = uri if engine is Engine.LITE else _checked_address(uri)
        embedded = EmbeddedMilvus(Path(uri)) if engine is Engine.LITE else None
        try:
            address = embedded.uri if embedded else uri
            client = MilvusClient(address, token=token, timeout=timeout, dedicated=True)
        except (MilvusException, grpc.RpcError, ValueError) as error:
            if embedded:
                embedded.close()
            raise StoreError(
                f"Milvus at {place} cannot be reached: {_reason(error)}.",
                hint="Check that it runs, and COINVEC_MILVUS_URI and COINVEC_MILVUS_TOKEN.",
            ) from error
        return cls(client, embedded, setting, place)

    def close(self) -> None:
        """Write everything out and let go of the engine; without effect when repeated."""
        with self._lock:
            self._finalizer()

    @contextmanager
    def calling(self, action: str, *, writing: bool = False) -> Iterator[MilvusClient]:
        """Lend the client for one request, and put its refusals into words.

        Raises:
            StoreError: The connection is closed, or the request was refused.
        """
        with self._lock if writing or self._embedded else nullcontext():
            if not self._finalizer.alive:
                raise StoreError(f"The vector store at {self._place} is closed.")
            try:
                yield self._client
            except (MilvusException, grpc.RpcError) as error:
                self._opened.clear()  # another process may have changed the collection
                raise StoreError(
                    f"Milvus at {self._place} refused to {action}: {_reason(error)}.",
                    hint="`coinvec doctor` says what is missing; --fix makes it again.",
                ) from error

    def opened(self, collection: str) -> Opened:
        """Load a collection (after a restart none is) and learn its shape, once."""
        if (known := self._opened.get(collection)) is not None:
            return known
        with self.calling(f"open {collection}") as client:
            client.load_collection(collection, timeout=CALL_TIMEOUT)
            if self._embedded:
                self._embedded.flush(collection)  # rows replayed after a crash
            fields = client.describe_collection(collection, timeout=CALL_TIMEOUT)["fields"]
            [dim] = [field["params"]["dim"] for field in fields if field["name"] == EMBEDDING]
            kind = client.describe_index(collection, EMBEDDING, timeout=CALL_TIMEOUT)["index_type"]
        index = self._index if kind == self._index.type else parse_index(kind, self._engine)
        self._opened[collection] = Opened(int(dim), index)
        return self._opened[collection]

    def forget(self) -> None:
        """Learn the shape of collections anew: one was dropped, or an alias points elsewhere."""
        self._opened.clear()

    def create_collection(self, name: str, dim: int, metric: Metric) -> None:
        """Make an empty collection with the index of the settings."""
        build: dict[str, Any] = self._index.build_parameters
        if self._engine is Engine.LITE:
            # pymilvus flattens the parameters, and Milvus Lite reads only the nested form.
            build = {"params": build}
        indexes = MilvusClient.prepare_index_params()
        indexes.add_index(
            EMBEDDING, index_type=self._index.type, metric_type=metric.name, params=build
        )
        with self.calling(f"make the collection {name}", writing=True) as client:
            client.create_collection(
                name, schema=_schema(dim), consistency_level=_STRONG, timeout=CALL_TIMEOUT
            )
            # There are no rows to wait for; waiting would cost half a second.
            client.create_index(name, indexes, sync=False, timeout=CALL_TIMEOUT)

    def upsert(self, collection: str, rows: Sequence[Row]) -> None:
        """Write rows in one request."""
        with self.calling(f"write to {collection}", writing=True) as client:
            client.upsert(collection, rows, timeout=CALL_TIMEOUT)
            waiting = self._unflushed.get(collection, 0) + len(rows)
            if self._embedded and waiting >= _FLUSH_ROWS:
                self._embedded.flush(collection)
                waiting = 0
            self._unflushed[collection] = waiting

    def nearest(
        self, collection: str, queries: FloatArray, clause: str, limit: int, fields: list[str]
    ) -> list[list[Row]]:
        """The rows nearest to each query (n × dim), by the engine's own similarity."""
        parameters = self.opened(collection).index.search_parameters(limit)
        with self.calling(f"search {collection}") as client:
            answer = client.search(
                collection,
                queries,
                anns_field=EMBEDDING,
                filter=clause,
                limit=limit,
                output_fields=fields,
                search_params={"params": parameters},
                consistency_level=_STRONG,
                timeout=CALL_TIMEOUT,
            )
        return [list(rows) for rows in answer]

    def query(self, collection: str, clause: str, fields: list[str]) -> list[Row]:
        """Fields of the rows that satisfy an expression, in one request."""
        self.opened(collection)
        with self.calling(f"read {collection}") as client:
            return list(
                client.query(
                    collection,
                    filter=clause,
                    output_fields=fields,
                    consistency_level=_STRONG,
                    timeout=CALL_TIMEOUT,
                )
            )

    def pages(self, collection: str, clause: str, fields: list[str]) -> Iterator[list[Row]]:
        """Fields of the rows that satisfy an expression, some thousand at a time."""
        self.opened(collection)
        with self.calling(f"read {collection}") as client:
            iterator = client.query_iterator(
                collection,
                batch_size=_PAGE,
                filter=clause,
                output_fields=fields,
                consistency_level=_STRONG,
                timeout=CALL_TIMEOUT,
            )
        while True:
            with self.calling(f"read {collection}"):
                page = list(iterator.next())
            if not page:
                iterator.close()
                return
            yield page


def _shut_down(client: MilvusClient, embedded: EmbeddedMilvus | None) -> None:
    client.close()
    if embedded:
        embedded.close()


def _schema(dim: int) -> Any:  # noqa: ANN401 — pymilvus is untyped
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field(ID, DataType.VARCHAR, is_primary=True, max_length=ID_MAX_LENGTH)
    schema.add_field(EMBEDDING, DataType.FLOAT_VECTOR, dim=dim)
    for field in scalar_fields():
        length = {"max_length": TEXT_MAX_BYTES} if field.type is FieldType.VARCHAR else {}
        schema.add_field(field.name, DataType[field.type.value], **length)
    return schema


def _checked_address(uri: str) -> str:
    """The address of a server without the credentials it may hold."""
    parts = urlsplit(uri)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    if parts.scheme not in ("http", "https"):
        raise StoreError(
            f"Milvus cannot be reached at {address}: it speaks http and https.",
            hint="COINVEC_MILVUS_URI is a directory or http(s)://host:port.",
        )
    return address


def _reason(error: Exception) -> str:
    """What a library said, on one line."""
    message = error.message if isinstance(error, MilvusException) else str(error)
    return " ".join(str(message).split()).rstrip(".")

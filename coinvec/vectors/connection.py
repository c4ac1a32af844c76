"""A connection to Milvus: the only place where requests to it are made.

Milvus Lite runs inside this process and is given one request at a time, because a reader that
meets rows on their way from its write buffer to a segment sees them in neither. Servers take
reads in parallel. Writes are serialised on both.

Reads are strongly consistent, but for repeated searches (`coinvec.vectors.consistency`). A server
that goes away is asked again for some seconds (`coinvec.retry`): reads, and writes that replace or
remove by id. What makes, drops or renames is asked once, for a request whose answer was lost may
have been carried out.
"""

import logging
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import grpc  # type: ignore[import-untyped]
from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from coinvec.domain.models import Metric
from coinvec.domain.vectors import FloatArray
from coinvec.errors import StoreError
from coinvec.retry import repeated
from coinvec.vectors.consistency import STRONG, SearchLevels
from coinvec.vectors.embedded import EmbeddedMilvus
from coinvec.vectors.failures import CONNECT, Failure, explained, failure_of, is_closed
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
Answer = TypeVar("Answer")

CALL_TIMEOUT = 120.0

CLOSED_PATIENCE = 3.0
"""Seconds to wait at a closed port: the server may be starting, but the port is often wrong."""

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
        self,
        client: MilvusClient,
        embedded: EmbeddedMilvus | None,
        index: IndexSetting,
        place: str,
        database: str,
    ) -> None:
        self._client = client
        self._embedded = embedded
        self._engine = Engine.SERVER if embedded is None else Engine.LITE
        self._index = index
        self._place = place
        self._database = database
        self._opened: dict[str, Opened] = {}
        self._unflushed: dict[str, int] = {}
        self._hidden: set[str] = set()
        self._levels = SearchLevels()
        self._showing = threading.Lock()
        self._lock = threading.RLock()
        self._finalizer = weakref.finalize(self, _shut_down, client, embedded)

    @classmethod
    def open(cls, uri: str, *, token: str, index: str, timeout: float) -> Self:
        """Open an embedded engine, or connect to a server; see `VectorStore.open`."""
        if "://" not in uri:
            setting = parse_index(index, Engine.LITE)
            embedded = EmbeddedMilvus(Path(uri))
            try:
                client = _connected(embedded.uri, "", timeout, place=uri)
            except BaseException:
                embedded.close()
                raise
            return cls(client, embedded, setting, uri, "")
        setting = parse_index(index, Engine.SERVER)
        place, database = _checked_address(uri)
        client = _connected(uri, token, timeout, place=place)
        return cls(client, None, setting, place, database)

    def close(self) -> None:
        """Write everything out and let go of the engine; without effect when repeated."""
        with self._lock:
            self._finalizer()

    @contextmanager
    def calling(self, action: str, *, writing: bool = False) -> Iterator[MilvusClient]:
        """Lend the client for one request, made once, and put its refusals into words.

        Raises:
            StoreError: The connection is closed, or the request was refused.
        """
        with self._lock if writing or self._embedded else nullcontext():
            if not self._finalizer.alive:
                raise StoreError(f"The vector store at {self._place} is closed.")
            try:
                yield self._client
            except (MilvusException, grpc.RpcError) as error:
                self.forget()  # another process may have changed the collection
                raise explained(error, place=self._place, action=action) from error

    def repeating(
        self, action: str, request: Callable[[MilvusClient], Answer], *, writing: bool = False
    ) -> Answer:
        """Make a request that may be made twice, again and again while the server is away.

        Raises:
            StoreError: As `calling`; or the server stayed away, and how often it was asked.
        """

        def once() -> Answer:
            with self.calling(action, writing=writing) as client:
                return request(client)

        return repeated(
            once,
            is_passing=lambda error: (
                self._embedded is None
                and isinstance(error, StoreError)
                and failure_of(error.__cause__) is Failure.AWAY
            ),
            given_up=lambda error, attempts: explained(
                _cause_of(error), place=self._place, action=action, tried=str(attempts)
            ),
        )

    def opened(self, collection: str) -> Opened:
        """Load a collection (after a restart none is) and learn its shape, once."""
        return self.repeating(
            f"open {collection}", lambda client: self._shape_of(client, collection)
        )

    def _shape_of(self, client: MilvusClient, collection: str) -> Opened:
        if (known := self._opened.get(collection)) is not None:
            return known
        client.load_collection(collection, timeout=CALL_TIMEOUT)
        if self._embedded:
            self._embedded.flush(collection)  # rows replayed after a crash
        fields = client.describe_collection(collection, timeout=CALL_TIMEOUT)["fields"]
        [dim] = [field["params"]["dim"] for field in fields if field["name"] == EMBEDDING]
        kind = client.describe_index(collection, EMBEDDING, timeout=CALL_TIMEOUT)["index_type"]
        index = self._index if kind == self._index.type else parse_index(kind, self._engine)
        self._opened[collection] = opened = Opened(int(dim), index)
        return opened

    def forget(self) -> None:
        """Learn the shape of collections anew: one was dropped, or an alias points elsewhere."""
        self._opened.clear()
        self._levels.forget()

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
                name, schema=_schema(dim), consistency_level=STRONG, timeout=CALL_TIMEOUT
            )
            # There are no rows to wait for; waiting would cost half a second.
            client.create_index(name, indexes, sync=False, timeout=CALL_TIMEOUT)

    def aliases(self, collection: str) -> list[str]:
        """The aliases that point at a collection."""

        def listed(client: MilvusClient) -> list[str]:
            # pymilvus knows the database of every other request by itself.
            found = client.list_aliases(collection, timeout=CALL_TIMEOUT, db_name=self._database)
            return list(found["aliases"])

        return self.repeating(f"list the aliases of {collection}", listed)

    def upsert(self, collection: str, rows: Sequence[Row]) -> None:
        """Write rows in one request, which replaces those of the same ids."""

        def write(client: MilvusClient) -> None:
            client.upsert(collection, rows, timeout=CALL_TIMEOUT)
            waiting = self._unflushed.get(collection, 0) + len(rows)
            if self._embedded and waiting >= _FLUSH_ROWS:
                self._embedded.flush(collection)
                waiting = 0
            self._unflushed[collection] = waiting
            self._note_write(collection)

        self.repeating(f"write to {collection}", write, writing=True)

    def delete(self, collection: str, clause: str) -> None:
        """Remove the rows that satisfy an expression, in one request."""

        def remove(client: MilvusClient) -> None:
            self._shape_of(client, collection)
            client.delete(collection, filter=clause, timeout=CALL_TIMEOUT)
            self._note_write(collection)

        self.repeating(f"remove rows of {collection}", remove, writing=True)

    def make_visible(self, collection: str) -> None:
        """Wait until searches of other processes see what this connection has written."""
        with self._showing:  # who finds nothing to do has waited for whoever does it
            if collection in self._hidden:
                self._hidden.discard(collection)  # now: what is written meanwhile is hidden again
                self.query(collection, "", ["count(*)"])

    def _note_write(self, collection: str) -> None:
        self._levels.note_write(collection)
        if self._engine is Engine.SERVER:
            self._hidden.add(collection)

    def nearest(
        self, collection: str, queries: FloatArray, clause: str, limit: int, fields: list[str]
    ) -> list[list[Row]]:
        """The rows nearest to each query (n × dim), by the engine's own similarity."""

        def search(client: MilvusClient) -> list[list[Row]]:
            parameters = self._shape_of(client, collection).index.search_parameters(limit)
            answer = client.search(
                collection,
                queries,
                anns_field=EMBEDDING,
                filter=clause,
                limit=limit,
                output_fields=fields,
                search_params={"params": parameters},
                consistency_level=self._levels.level(collection),
                timeout=CALL_TIMEOUT,
            )
            self._levels.note_search(collection)
            return [list(rows) for rows in answer]

        return self.repeating(f"search {collection}", search)

    def query(self, collection: str, clause: str, fields: list[str]) -> list[Row]:
        """Fields of the rows that satisfy an expression, in one request."""

        def read(client: MilvusClient) -> list[Row]:
            self._shape_of(client, collection)
            return list(
                client.query(
                    collection,
                    filter=clause,
                    output_fields=fields,
                    consistency_level=STRONG,
                    timeout=CALL_TIMEOUT,
                )
            )

        return self.repeating(f"read {collection}", read)

    def pages(
        self, collection: str, clause: str, fields: list[str], *, searching: bool = False
    ) -> Iterator[list[Row]]:
        """Fields of the rows that satisfy an expression, some thousand at a time.

        Args:
            collection: The collection, or an alias.
            clause: The expression; all rows where it is empty.
            fields: Their names.
            searching: Be as fresh as a search, rather than strongly consistent.
        """

        def begin(client: MilvusClient) -> Any:  # noqa: ANN401 — pymilvus is untyped
            self._shape_of(client, collection)
            iterator = client.query_iterator(
                collection,
                batch_size=_PAGE,
                filter=clause,
                output_fields=fields,
                consistency_level=self._levels.level(collection) if searching else STRONG,
                timeout=CALL_TIMEOUT,
            )
            self._levels.note_search(collection)
            return iterator

        def go_on(client: MilvusClient) -> list[Row]:
            self._shape_of(client, collection)
            return list(iterator.next())  # which moves on only when it has been answered

        iterator = self.repeating(f"read {collection}", begin)
        while page := self.repeating(f"read {collection}", go_on):
            yield page
        iterator.close()


def _connected(uri: str, token: str, timeout: float, *, place: str) -> MilvusClient:
    """A client that has spoken with the engine.

    Raises:
        StoreError: The engine cannot be reached within `timeout` seconds, or knows no such token.
    """

    def failed(error: BaseException, tried: str) -> StoreError:
        return explained(_cause_of(error), place=place, action=CONNECT, tried=tried)

    try:
        return repeated(
            lambda: MilvusClient(uri, token=token, timeout=timeout, dedicated=True),
            is_passing=lambda error: failure_of(error) is Failure.AWAY,
            given_up=lambda error, attempts: failed(error, str(attempts)),
            patience=lambda error: min(timeout, CLOSED_PATIENCE) if is_closed(error) else timeout,
        )
    except (MilvusException, grpc.RpcError, ValueError) as error:
        raise failed(error, "") from error


def _cause_of(error: BaseException) -> BaseException:
    """What the library raised, behind an error of ours."""
    return error.__cause__ or error if isinstance(error, StoreError) else error


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


def _checked_address(uri: str) -> tuple[str, str]:
    """The address of a server without the credentials it may hold, and the database named in it."""
    parts = urlsplit(uri)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if parts.scheme not in ("http", "https"):
        raise StoreError(
            f"Milvus cannot be reached at {address}: it speaks http and https.",
            hint="COINVEC_MILVUS_URI is a directory or http(s)://host:port.",
        )
    return address, parts.path.strip("/")

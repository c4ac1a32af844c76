"""All rows of a catalogue in a form that no database engine owns: for backups and moving house.

Tables are reflected from the database and not taken from `tables`: rows of an earlier release are
loaded into the schema they were written under, which is then upgraded like any other database.
The outbox is left out, for it says what one Milvus still lacks; a loaded catalogue owes its
Milvus everything.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from coinvec.catalogue import engine as engines
from coinvec.catalogue import schema
from coinvec.errors import InvalidValueError, SchemaError

OUTBOX = "outbox"
PART_ROWS = 2_000

JsonValue = Any
"""What JSON can hold: bytes are base64, moments ISO 8601 in UTC."""

_NOT_CONTENT = ("alembic_version", OUTBOX)


@dataclass(frozen=True, slots=True)
class TablePart:
    """Some rows of a table.

    Attributes:
        table: Name of the table.
        columns: Names of its columns.
        rows: Values in the order of `columns`.
    """

    table: str
    columns: Sequence[str]
    rows: Sequence[Sequence[JsonValue]]


class Snapshot:
    """One consistent view of a catalogue, while `reading` is open.

    Attributes:
        revision: The schema it is written under.
    """

    def __init__(self, connection: Connection, revision: str) -> None:
        self.revision = revision
        self._connection = connection
        self._tables = _reflected(connection)

    def counts(self) -> dict[str, int]:
        """Rows of every table, in an order in which they can be loaded."""
        return _counts(self._connection, self._tables)

    def parts(self) -> Iterator[TablePart]:
        """All rows, `PART_ROWS` at a time, in that order."""
        for table in self._tables.values():
            names = [column.name for column in table.columns]
            rows = self._stream(sa.select(table).order_by(*table.primary_key))
            for part in rows.partitions(PART_ROWS):
                yield TablePart(table.name, names, [[_to_json(each) for each in r] for r in part])

    def kept_pictures(self) -> Iterator[tuple[str, str]]:
        """Id and media digest of every image whose picture is kept, by id."""
        image = self._tables["coin_image"].columns
        kept = sa.select(image.id, image.media_digest).where(image.media_digest.is_not(None))
        for row in self._stream(kept.order_by(image.id)):
            yield row.id, row.media_digest

    def _stream(self, statement: "sa.Select[Any]") -> "sa.CursorResult[Any]":
        return self._connection.execution_options(yield_per=PART_ROWS).execute(statement)


@contextmanager
def reading(url: str) -> Iterator[Snapshot]:
    """Look at a catalogue as it is at one moment.

    Raises:
        SchemaError: There is no schema.
        StoreError: The database cannot be read.
    """
    revision = schema.current(url)
    if revision is None:
        raise SchemaError("the database has no coinvec schema yet.", hint=schema.UPGRADE_HINT)
    parsed = engines.parse_url(url)
    engine = engines.create(parsed)
    if parsed.get_backend_name() == "postgresql":
        # SQLite's transactions see one moment by themselves.
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with engines.translated(parsed), engine.begin() as connection:
            yield Snapshot(connection, revision)
    finally:
        engine.dispose()


class Loader:
    """Fills an empty catalogue, while `loading` is open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = _reflected(connection)

    def counts(self) -> dict[str, int]:
        """Rows of every table so far."""
        return _counts(self._connection, self._tables)

    def add(self, part: TablePart) -> None:
        """Insert rows.

        Raises:
            InvalidValueError: Table, columns or values are not those of this schema.
            StoreError: The database refuses them.
        """
        table = self._tables.get(part.table)
        if table is None or set(part.columns) != set(table.columns.keys()):
            raise InvalidValueError(
                f"the table {part.table!r} with the columns {', '.join(part.columns)} is not one "
                "of this schema."
            )
        types = [table.columns[name].type for name in part.columns]
        rows = [
            {
                name: _from_json(value, kind)
                for name, value, kind in zip(part.columns, row, types, strict=True)
            }
            for row in part.rows
        ]
        if rows:
            self._connection.execute(sa.insert(table), rows)

    def media_digest(self, image_id: str) -> str | None:
        """The media digest of an image; None without the image, or without a kept picture."""
        image = self._tables["coin_image"].columns
        wanted = sa.select(image.media_digest).where(image.id == image_id)
        digest: str | None = self._connection.scalar(wanted)
        return digest

    def finish(self) -> None:
        """Owe every vector to its collection, and let new rows be numbered after the loaded."""
        embedding = self._tables["embedding"].columns
        vectors = sa.select(embedding.generation_id, embedding.image_id).order_by(
            embedding.generation_id, embedding.image_id
        )
        outbox = sa.table(OUTBOX, sa.column("generation_id"), sa.column("image_id"))
        self._connection.execute(
            sa.insert(outbox).from_select(["generation_id", "image_id"], vectors)
        )
        if self._connection.dialect.name == "postgresql":
            for table in self._tables.values():
                _advance_sequence(self._connection, table)


@contextmanager
def loading(url: str) -> Iterator[Loader]:
    """Fill a catalogue in one transaction: all of it is stored, or nothing.

    Raises:
        StoreError: The database cannot be written to.
    """
    parsed = engines.parse_url(url)
    engine = engines.create(parsed).execution_options(**{engines.IMMEDIATE: True})
    try:
        with engines.translated(parsed), engine.begin() as connection:
            yield Loader(connection)
    finally:
        engine.dispose()


def is_empty(url: str) -> bool:
    """Whether a database has no rows yet, or no schema, or is not there.

    Raises:
        StoreError: The database cannot be read.
    """
    if schema.current(url) is None:
        return True
    with reading(url) as snapshot:
        return not any(snapshot.counts().values())


def _reflected(connection: Connection) -> dict[str, sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return {table.name: table for table in metadata.sorted_tables if table.name not in _NOT_CONTENT}


def _counts(connection: Connection, tables: Mapping[str, sa.Table]) -> dict[str, int]:
    return {
        name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }


def _to_json(value: object) -> JsonValue:
    match value:
        case bytes() | memoryview():
            return base64.b64encode(value).decode("ascii")
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return moment.astimezone(UTC).isoformat()
        case _:
            return value


def _from_json(value: JsonValue, kind: sa.types.TypeEngine[Any]) -> object:
    if value is None:
        return None
    try:
        if isinstance(kind, sa.LargeBinary):
            return base64.b64decode(value, validate=True)
        if isinstance(kind, sa.DateTime):
            return datetime.fromisoformat(value)
    except (TypeError, ValueError, binascii.Error):
        raise InvalidValueError(f"{value!r} is not a value of the type {kind}.") from None
    return value


def _advance_sequence(connection: Connection, table: sa.Table) -> None:
    """Explicit numbers leave a PostgreSQL sequence behind; the next row would clash with one."""
    columns = list(table.primary_key)
    if len(columns) != 1 or not isinstance(columns[0].type, sa.Integer):
        return
    highest = connection.scalar(sa.select(sa.func.max(columns[0])))
    if highest is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, columns[0].name)
        connection.execute(sa.select(sa.func.setval(sequence, highest)))

"""What a check-up asks of the tables: images by pages, and rows that nothing leads to or from.

Foreign keys keep the tables whole as long as coinvec writes them. SQLite checks them only where a
connection asks for it, though, so that rows changed by hand can point at nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Select,
    Table,
    Text,
    cast,
    delete,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.mapping import vector_of
from coinvec.catalogue.reading import chunks
from coinvec.catalogue.tables import CatalogueTable, CoinImageRow, EmbeddingRow, OutboxRow
from coinvec.domain.records import StoredGeneration
from coinvec.domain.vectors import Embedding
from coinvec.errors import InvalidValueError, StoreError

Sessions = Callable[[], AbstractContextManager[Session]]

_USED_BY = (
    ("design", "coin_image", "design_id"),
    ("coin_type", "design", "coin_type_id"),
    ("issuer", "coin_type", "issuer_id"),
    ("denomination", "coin_type", "denomination_id"),
    ("currency", "coin_type", "currency_id"),
)
"""Tables whose rows are kept only while another table's column points at them, in the order in
which removing the unused ones leaves more unused."""


@dataclass(frozen=True, slots=True)
class LooseRows:
    """Rows of one table that should not be there.

    Attributes:
        table: The table.
        dangling: The column that points at nothing; None where nothing points at the row.
        count: How many.
        first: The first of them: type key, `side/key` of a design, name or image id.
    """

    table: str
    dangling: str | None
    count: int
    first: tuple[str, ...]


class Audit:
    """Reads and mends the tables for `coinvec doctor`. Made by `CatalogueStore.audit`.

    Args:
        reading: Opens a session that reads.
        writing: Opens one transaction that writes.
    """

    def __init__(self, reading: Sessions, writing: Sessions) -> None:
        self._reading = reading
        self._writing = writing

    # Pages by id

    def pictures(self, after: str, limit: int) -> dict[str, str | None]:
        """The next images by id, and the digest of the picture kept of each; None without one."""
        statement = (
            select(col(CoinImageRow.id), col(CoinImageRow.media_digest))
            .where(col(CoinImageRow.id) > after)
            .order_by(col(CoinImageRow.id))
            .limit(limit)
        )
        with self._reading() as session:
            return dict(session.execute(statement).all())

    def embedded(self, stored: StoredGeneration, after: str, limit: int) -> list[str]:
        """The next ids of images with a vector of a generation that has its length."""
        statement = (
            select(col(EmbeddingRow.image_id))
            .where(
                col(EmbeddingRow.generation_id) == stored.id,
                col(EmbeddingRow.image_id) > after,
                func.length(col(EmbeddingRow.vector)) == 4 * stored.generation.dim,
            )
            .order_by(col(EmbeddingRow.image_id))
            .limit(limit)
        )
        with self._reading() as session:
            return list(session.scalars(statement))

    def vectors_are_sound(
        self, stored: StoredGeneration, image_ids: Iterable[str]
    ) -> dict[str, bool]:
        """For the images with a vector of a generation, whether it is of its length and norm 1."""
        found = {}
        with self._reading() as session:
            for chunk in chunks(image_ids):
                statement = select(EmbeddingRow).where(
                    col(EmbeddingRow.generation_id) == stored.id,
                    col(EmbeddingRow.image_id).in_(chunk),
                )
                for row in session.scalars(statement):
                    found[row.image_id] = _is_sound(row.vector, stored.generation.dim)
        return found

    # The outbox

    def owed_count(self, generation_id: int) -> int:
        """How many images are owed to a generation's collection."""
        owed = col(OutboxRow.generation_id) == generation_id
        with self._reading() as session:
            return session.scalar(select(func.count()).select_from(OutboxRow).where(owed)) or 0

    def owed_among(self, generation_id: int, image_ids: Iterable[str]) -> dict[str, int]:
        """The number of the outbox entry of those of the images that are owed."""
        found: dict[str, int] = {}
        with self._reading() as session:
            for chunk in chunks(image_ids):
                statement = select(col(OutboxRow.image_id), col(OutboxRow.id)).where(
                    col(OutboxRow.generation_id) == generation_id,
                    col(OutboxRow.image_id).in_(chunk),
                )
                found.update(session.execute(statement).all())
        return found

    def owe(self, generation_id: int, image_ids: Iterable[str]) -> None:
        """Owe images to a generation's collection, whether SQL has them or not."""
        with self._writing() as session:
            for chunk in chunks(image_ids):
                again = delete(OutboxRow).where(
                    col(OutboxRow.generation_id) == generation_id,
                    col(OutboxRow.image_id).in_(chunk),
                )
                session.execute(again.execution_options(synchronize_session=False))
                entries = [{"generation_id": generation_id, "image_id": each} for each in chunk]
                session.execute(insert(OutboxRow), entries)

    # Rows that nothing leads to or from

    def loose_rows(self, limit: int) -> list[LooseRows]:
        """Every kind of loose row there is, with the first `limit` of each."""
        with self._reading() as session:
            loose = [
                LooseRows(
                    table.name,
                    dangling,
                    session.scalar(select(func.count()).select_from(table).where(condition)) or 0,
                    tuple(session.scalars(_names(table).where(condition).limit(limit))),
                )
                for table, dangling, condition in _looseness()
            ]
        return [each for each in loose if each.count]

    def remove_loose_rows(self) -> None:
        """Remove loose rows; not those whose foreign key forbids it (a type without a country)."""
        with self._writing() as session:
            for table, dangling, condition in _looseness():
                if dangling is None or _cascades(table, dangling):
                    session.execute(delete(table).where(condition))


def _is_sound(stored: bytes, dim: int) -> bool:
    try:
        return Embedding(vector_of(stored)).dim == dim
    except (StoreError, InvalidValueError):
        return False


def _looseness() -> Iterator[tuple[Table, str | None, ColumnElement[bool]]]:
    """Table, column and condition of every kind of loose row; parents before their children."""
    tables = CatalogueTable.metadata.tables
    for table in CatalogueTable.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
            yield table, key.parent.name, _points_at_nothing(key)
    for name, user, column in _USED_BY:
        used = tables[user].c[column] == tables[name].c.id
        yield tables[name], None, ~exists().where(used)


def _points_at_nothing(key: ForeignKey) -> ColumnElement[bool]:
    parent: Column[object] = key.parent
    return parent.is_not(None) & ~exists().where(key.column == parent)


def _cascades(table: Table, column: str) -> bool:
    return any(key.ondelete == "CASCADE" for key in table.c[column].foreign_keys)


def _names(table: Table) -> "Select[str]":
    """What people know the rows of a table by."""
    columns = table.c
    if table.name == "design":
        named = columns.side + "/" + columns.key
    else:
        known_by = ("image_id", "key", "name", "id")
        primary = next(iter(table.primary_key))
        named = next((columns[name] for name in known_by if name in columns), primary)
    return select(cast(named, Text)).order_by(named)

"""Column types that mean the same on every engine."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from coinvec.domain.coins import VALUE_DECIMALS

VALUE_SCALE = 10**VALUE_DECIMALS


class CodePointText(TypeDecorator[str]):
    """Text compared and sorted by code point.

    SQLite does so by default (`BINARY` over UTF-8); PostgreSQL is told to by `COLLATE "C"`.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """`TEXT`, with the collation where the engine's own default may be another."""
        return dialect.type_descriptor(Text(collation=self._collation(dialect)))

    def is_stored_as(self, stored: TypeEngine[Any], dialect: Dialect) -> bool:
        """Whether a column of a database has this type there."""
        return isinstance(stored, Text) and stored.collation == self._collation(dialect)

    def _collation(self, dialect: Dialect) -> str | None:
        return "C" if dialect.name == "postgresql" else None


class FixedPoint(TypeDecorator[Decimal]):
    """A decimal number kept exactly, as the whole number of millionths.

    SQLite has no exact decimals, and a text would not sort by value.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Millionths of the value."""
        return None if value is None else int(value.scaleb(VALUE_DECIMALS))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """The value, without trailing zeros behind the point."""
        return None if value is None else Decimal(value) / VALUE_SCALE


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC; SQLite keeps no time zone, so it is added on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

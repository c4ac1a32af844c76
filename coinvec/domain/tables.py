"""What a statement of the query language answers: typed columns and rows of plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | float | bool | None
"""A value of a row; None stands for NULL."""


class SqlType(StrEnum):
    """Type of a column of an answer."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    REAL = "real"
    BOOLEAN = "boolean"
    NULL = "null"

    @property
    def is_number(self) -> bool:
        """Whether values of this type are calculated with."""
        return self in (SqlType.INTEGER, SqlType.DECIMAL, SqlType.REAL)


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """A column of an answer: its name, and the type of its values beside NULL."""

    name: str
    type: SqlType


@dataclass(frozen=True, slots=True)
class Table:
    """An answer's rows.

    Attributes:
        columns: The columns; names may repeat, as in SQL.
        rows: Values in the order of the columns, one tuple a row.
    """

    columns: tuple[SqlColumn, ...]
    rows: tuple[tuple[Value, ...], ...]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        """Iterate the rows as tuples."""
        return iter(self.rows)

    def mappings(self) -> list[Mapping[str, Value]]:
        """The rows by column name; of columns with one name the last counts."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

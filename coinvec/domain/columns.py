"""The columns a filter may name: one list for the parser, both compilers and the Milvus schema."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from coinvec.errors import ExpressionError


class Kind(Enum):
    """What a column holds, and so what it can be compared with."""

    TEXT = "text"
    SIDE = "side"
    INTEGER = "whole number"
    DECIMAL = "number with at most six decimals"
    REAL = "number"
    YEAR = "year"


class Level(StrEnum):
    """Which entity a column describes."""

    TYPE = "type"
    DESIGN = "design"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Column:
    """One filterable column.

    Attributes:
        name: As users write it.
        kind: What it holds.
        level: The entity it describes.
        nullable: Whether it may be unknown.
        selectable: Whether it may be read as well as compared (`year` may not).
    """

    name: str
    kind: Kind
    level: Level
    nullable: bool = False
    selectable: bool = True


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("country", Kind.TEXT, Level.TYPE),
        Column("currency", Kind.TEXT, Level.TYPE, nullable=True),
        Column("denomination", Kind.TEXT, Level.TYPE),
        Column("value", Kind.DECIMAL, Level.TYPE, nullable=True),
        Column("side", Kind.SIDE, Level.DESIGN),
        Column("type", Kind.TEXT, Level.TYPE),
        Column("design", Kind.TEXT, Level.DESIGN),
        Column("title", Kind.TEXT, Level.TYPE),
        Column("year", Kind.YEAR, Level.DESIGN, nullable=True, selectable=False),
        Column("year_from", Kind.INTEGER, Level.DESIGN, nullable=True),
        Column("year_to", Kind.INTEGER, Level.DESIGN, nullable=True),
        Column("composition", Kind.TEXT, Level.TYPE, nullable=True),
        Column("diameter_mm", Kind.REAL, Level.TYPE, nullable=True),
        Column("weight_g", Kind.REAL, Level.TYPE, nullable=True),
        Column("shape", Kind.TEXT, Level.TYPE, nullable=True),
        Column("numista_id", Kind.TEXT, Level.TYPE, nullable=True),
        Column("references", Kind.TEXT, Level.TYPE, nullable=True),
    )
}
"""All columns by name. `year` is virtual: it stands for the span `year_from`–`year_to`."""

REFERENCE_SEPARATOR = "; "
"""Joins a type's references into the text that the column `references` compares."""


def stored_columns() -> tuple[Column, ...]:
    """The columns with a value of their own: all but `year`."""
    return tuple(column for column in COLUMNS.values() if column.kind is not Kind.YEAR)


def column_named(name: str) -> Column:
    """Look a column up.

    Raises:
        ExpressionError: There is no such column.
    """
    try:
        return COLUMNS[name]
    except KeyError:
        raise ExpressionError(f"there is no column {name!r}.") from None

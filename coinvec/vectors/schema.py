"""What one row of a collection holds: the vector, and every column a filter may name.

No field is ever null, because engines disagree on what a filter makes of NULL: beside each
nullable column stands a flag `<name>_known`, and the column itself holds a neutral value where
the flag is false. Face values are stored as whole millionths, so that they compare exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import VALUE_DECIMALS, Side
from coinvec.domain.columns import Column, Kind, stored_columns
from coinvec.domain.results import Hit
from coinvec.domain.vectors import VectorRecord
from coinvec.errors import StoreError

ID = "image_id"
EMBEDDING = "embedding"
DESIGN_ID = "design_id"

ID_MAX_LENGTH = 64
TEXT_MAX_BYTES = 65_535
"""The longest VARCHAR a Milvus server takes, in bytes of UTF-8."""

GROUP_FIELDS = {GroupBy.TYPE: "type", GroupBy.DESIGN: DESIGN_ID, GroupBy.IMAGE: ID}
"""The field that holds a hit's group."""

HIT_FIELDS = [ID, EMBEDDING, "type", "side", "design"]
"""What a search reads of a row to make a `Hit` of it."""


class FieldType(StrEnum):
    """Type of a scalar field, named as Milvus names it."""

    VARCHAR = "VARCHAR"
    INT64 = "INT64"
    DOUBLE = "DOUBLE"
    BOOL = "BOOL"


@dataclass(frozen=True, slots=True)
class Field:
    """A scalar field of a collection."""

    name: str
    type: FieldType


_FIELD_TYPES = {
    Kind.TEXT: FieldType.VARCHAR,
    Kind.SIDE: FieldType.VARCHAR,
    Kind.INTEGER: FieldType.INT64,
    Kind.DECIMAL: FieldType.INT64,
    Kind.REAL: FieldType.DOUBLE,
}
_UNKNOWN: dict[FieldType, str | int | float] = {
    FieldType.VARCHAR: "",
    FieldType.INT64: 0,
    FieldType.DOUBLE: 0.0,
}


def known_flag(name: str) -> str:
    """The field that says whether a nullable column has a value."""
    return f"{name}_known"


def scalar_fields() -> list[Field]:
    """Every field beside the primary key and the vector."""
    fields = [Field(DESIGN_ID, FieldType.VARCHAR)]
    for column in stored_columns():
        fields.append(Field(column.name, _FIELD_TYPES[column.kind]))
        if column.nullable:
            fields.append(Field(known_flag(column.name), FieldType.BOOL))
    return fields


def row_fields() -> list[str]:
    """The names of all fields of a row."""
    return [ID, EMBEDDING, *(field.name for field in scalar_fields())]


def scaled(number: Decimal) -> Decimal:
    """A face value in the unit it is stored in, millionths; exact, whatever its digits."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise StoreError(f"{number} is not a finite number.")
    return Decimal((sign, digits, exponent + VALUE_DECIMALS))


def row_of(record: VectorRecord) -> dict[str, Any]:
    """A record as Milvus takes it.

    Raises:
        StoreError: A text is longer than Milvus keeps.
    """
    columns = record.columns
    row: dict[str, Any] = {
        ID: _bounded(ID, record.image_id, ID_MAX_LENGTH),
        EMBEDDING: record.vector,
        DESIGN_ID: f"{columns['type']}/{columns['side']}/{columns['design']}",
    }
    for column in stored_columns():
        value = columns[column.name]
        row[column.name] = _stored(column, value)
        if column.nullable:
            row[known_flag(column.name)] = value is not None
    return row


def _stored(column: Column, value: str | int | float | Decimal | None) -> str | int | float:
    if value is None:
        return _UNKNOWN[_FIELD_TYPES[column.kind]]
    match column.kind:
        case Kind.DECIMAL:
            return int(scaled(Decimal(value)))
        case Kind.REAL:
            return float(value)
        case Kind.INTEGER:
            return int(value)
        case _:
            return _bounded(column.name, str(value), TEXT_MAX_BYTES)


def _bounded(name: str, text: str, limit: int) -> str:
    if len(text.encode()) > limit:
        raise StoreError(
            f"{name} {text[:40]!r}… takes more than the {limit:,} bytes Milvus keeps of it.",
            hint="Shorten it.",
        )
    return text


def hit_of(entity: Mapping[str, Any], similarity: np.float32) -> Hit:
    """A `Hit` from the `HIT_FIELDS` of a row."""
    return Hit(
        image_id=entity[ID],
        similarity=float(similarity),
        type_key=entity["type"],
        side=Side(entity["side"]),
        design_key=entity["design"],
    )

"""Manifests: each row one photo and what it shows, completed from what the catalogue knows."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.errors import InvalidValueError
from coinvec.services.rows import Row, count_rows, read_rows

Cells = Mapping[str, str | None]

DEFAULT_DESIGN = {Side.OBVERSE: "o1", Side.REVERSE: "r1"}


def _decimal(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise InvalidValueError(f"{name} {text!r} is not a number such as 0.5.") from None
    return number


def _real(name: str, text: str) -> float:
    number = float(_decimal(name, text))
    if not math.isfinite(number):
        raise InvalidValueError(f"{name} {text!r} is not a finite number.")
    return number


def _year(name: str, text: str) -> int:
    if not re.fullmatch(r"-?\d{1,4}", text):
        raise InvalidValueError(f"{name} {text!r} is not a year such as 1982.")
    return int(text)


def _references(name: str, text: str) -> tuple[str, ...]:
    del name
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _text(name: str, text: str) -> str:
    del name
    return text


TYPE_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "country": _text,
    "denomination": _text,
    "currency": _text,
    "value": _decimal,
    "title": _text,
    "composition": _text,
    "diameter_mm": _real,
    "weight_g": _real,
    "shape": _text,
    "numista_id": _text,
    "references": _references,
}
"""How the cell of each field of a coin type is read."""

_EMPTY: Mapping[str, Any] = {"title": "", "references": ()}

REQUIRED = ("image", "type", "side", "country", "denomination")
IMAGE_FIELDS = ("description", "credit", "license")
OPTIONAL = (
    *("design", "year_from", "year_to", *IMAGE_FIELDS),
    *(name for name in TYPE_READERS if name not in REQUIRED),
)


def read_manifest(path: Path) -> Iterator[Row]:
    """Read a manifest row by row; raises as `read_rows`."""
    return read_rows(path, required=REQUIRED, known=OPTIONAL)


def count_manifest_rows(path: Path) -> int:
    """How many rows a manifest has; raises as `read_rows`."""
    return count_rows(path, required=REQUIRED, known=OPTIONAL)


def check_row(row: Row) -> None:
    """Refuse a row that is unreadable or lacks a required cell.

    Raises:
        InvalidValueError: As said.
    """
    if row.problem:
        raise InvalidValueError(f"The row is unusable: {row.problem}.")
    for name in REQUIRED:
        if not row.cells.get(name):
            raise InvalidValueError(f"The required cell {name!r} is empty.")


def read_design(cells: Cells, known: Design | None = None) -> Design:
    """The design a row speaks of.

    Args:
        cells: The row's cells.
        known: The design as the catalogue has it; gives the years where the row has no such column.

    Raises:
        InvalidValueError: Type, side, design or a year is missing or unusable.
    """
    side = Side.parse(cells.get("side") or "")
    years = known.years if known else YearSpan()
    ends = {
        name: (_year(name, text) if (text := cells[name]) else None) if name in cells else before
        for name, before in (("year_from", years.first), ("year_to", years.last))
    }
    return Design(
        type_key=cells.get("type") or "",
        side=side,
        key=cells.get("design") or DEFAULT_DESIGN[side],
        years=YearSpan(ends["year_from"], ends["year_to"]),
    )


def read_coin(cells: Cells, known: CoinType | None = None) -> CoinType:
    """The coin type a row speaks of.

    A column the row does not have leaves what the catalogue knows as it is; an empty cell clears
    it.

    Raises:
        InvalidValueError: A cell is missing or unusable; the message names it.
    """
    values: dict[str, Any] = {
        each.name: getattr(known, each.name) for each in fields(CoinType) if known is not None
    }
    for name, read in TYPE_READERS.items():
        if name in cells:
            text = cells[name]
            values[name] = read(name, text) if text else _EMPTY.get(name)
    return CoinType(**{**values, "key": cells.get("type") or ""})


def read_image_details(cells: Cells, known: CoinImage | None = None) -> dict[str, Any]:
    """What a row says of the image itself, as keyword arguments of `CoinImage`.

    Every further column is an attribute. Columns the row does not have stay as they are known.
    """
    attributes = dict(known.attributes) if known else {}
    for name, text in cells.items():
        if name in REQUIRED or name in OPTIONAL:
            continue
        if text:
            attributes[name] = text
        else:
            attributes.pop(name, None)
    details = {name: cells.get(name, getattr(known, name, None)) for name in IMAGE_FIELDS}
    return {**details, "attributes": attributes}

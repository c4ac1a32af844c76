"""The joined view of images that every filtered read looks through, and its columns."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from coinvec.catalogue.tables import (
    CoinImageRow,
    CoinTypeRow,
    CurrencyRow,
    DenominationRow,
    DesignRow,
    IssuerRow,
)
from coinvec.domain.columns import Column, Kind, column_named

Expression = SQLCoreOperations[Any]

STORED: dict[str, Expression] = {
    "country": col(IssuerRow.name),
    "currency": col(CurrencyRow.name),
    "denomination": col(DenominationRow.name),
    "value": col(CoinTypeRow.value),
    "side": col(DesignRow.side),
    "type": col(CoinTypeRow.key),
    "design": col(DesignRow.key),
    "title": col(CoinTypeRow.title),
    "year_from": col(DesignRow.year_from),
    "year_to": col(DesignRow.year_to),
    "composition": col(CoinTypeRow.composition),
    "diameter_mm": col(CoinTypeRow.diameter_mm),
    "weight_g": col(CoinTypeRow.weight_g),
    "shape": col(CoinTypeRow.shape),
    "numista_id": col(CoinTypeRow.numista_id),
    "references": col(CoinTypeRow.reference_text),
}
"""The table column behind every stored column of `coinvec.domain.columns`."""


def text_column(name: str) -> Expression:
    """The table column behind a column that holds texts.

    Raises:
        ExpressionError: There is no such column.
        ValueError: The column holds no texts.
    """
    column: Column = column_named(name)
    if column.kind not in (Kind.TEXT, Kind.SIDE):
        raise ValueError(f"column {name!r} holds no texts")
    return STORED[name]


def through_view(*columns: Expression) -> "Select[*tuple[Any, ...]]":
    """Select expressions over the view: one row per image, with all that describes it."""
    return (
        select(*columns)
        .select_from(CoinImageRow)
        .join(DesignRow, col(DesignRow.id) == col(CoinImageRow.design_id))
        .join(CoinTypeRow, col(CoinTypeRow.id) == col(DesignRow.coin_type_id))
        .join(IssuerRow, col(IssuerRow.id) == col(CoinTypeRow.issuer_id))
        .join(DenominationRow, col(DenominationRow.id) == col(CoinTypeRow.denomination_id))
        .outerjoin(CurrencyRow, col(CurrencyRow.id) == col(CoinTypeRow.currency_id))
    )

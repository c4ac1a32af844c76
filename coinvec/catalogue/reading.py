"""Reading by key: each function takes many keys and returns what there is, keyed alike."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.mapping import coin_of, design_of, image_of, reference_of, vector_of
from coinvec.catalogue.tables import (
    CatalogueReferenceRow,
    CoinImageRow,
    CoinTypeRow,
    CurrencyRow,
    DenominationRow,
    DesignRow,
    EmbeddingRow,
    IssuerRow,
)
from coinvec.domain.coins import CoinType, Design
from coinvec.domain.images import CoinImage
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import VectorRecord

CHUNK = 500
"""Values of one IN list: SQLite builds differ in how many they take, none takes fewer."""

Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """Cut items into lists of at most `size`."""
    listed = list(items)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def coins_where(session: Session, condition: ColumnElement[bool]) -> dict[int, CoinType]:
    """The coin types whose row meets a condition, by row id."""
    statement = (
        select(CoinTypeRow, col(IssuerRow.name), col(DenominationRow.name), col(CurrencyRow.name))
        .join(IssuerRow, col(IssuerRow.id) == col(CoinTypeRow.issuer_id))
        .join(DenominationRow, col(DenominationRow.id) == col(CoinTypeRow.denomination_id))
        .outerjoin(CurrencyRow, col(CurrencyRow.id) == col(CoinTypeRow.currency_id))
        .where(condition)
    )
    references = _references(session, condition)
    return {
        row.id: coin_of(row, country, denomination, currency, references[row.id])
        for row, country, denomination, currency in session.execute(statement)
    }


def _references(session: Session, condition: ColumnElement[bool]) -> dict[int, list[str]]:
    statement = (
        select(CatalogueReferenceRow)
        .join(CoinTypeRow, col(CoinTypeRow.id) == col(CatalogueReferenceRow.coin_type_id))
        .where(condition)
        .order_by(col(CatalogueReferenceRow.coin_type_id), col(CatalogueReferenceRow.position))
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in session.scalars(statement):
        found[row.coin_type_id].append(reference_of(row))
    return found


def coins_by_id(session: Session, type_ids: Iterable[int]) -> dict[int, CoinType]:
    """Coin types by row id."""
    found: dict[int, CoinType] = {}
    for chunk in chunks(set(type_ids)):
        found |= coins_where(session, col(CoinTypeRow.id).in_(chunk))
    return found


def coins_by_key(session: Session, keys: Iterable[str]) -> dict[str, tuple[int, CoinType]]:
    """Coin types and their row ids, by key."""
    found: dict[str, tuple[int, CoinType]] = {}
    for chunk in chunks(set(keys)):
        rows = coins_where(session, col(CoinTypeRow.key).in_(chunk))
        found |= {coin.key: (row_id, coin) for row_id, coin in rows.items()}
    return found


def designs(session: Session, ids: Collection[str]) -> dict[str, Design]:
    """Designs by their id, `type/side/design`."""
    found: dict[str, Design] = {}
    for chunk in chunks({wanted.partition("/")[0] for wanted in ids}):
        statement = (
            select(DesignRow, col(CoinTypeRow.key))
            .join(CoinTypeRow, col(CoinTypeRow.id) == col(DesignRow.coin_type_id))
            .where(col(CoinTypeRow.key).in_(chunk))
        )
        for row, type_key in session.execute(statement):
            design = design_of(row, type_key)
            found[design.id] = design
    wanted_ids = set(ids)
    return {design_id: design for design_id, design in found.items() if design_id in wanted_ids}


def _images_with_types() -> "Select[CoinImageRow, DesignRow, int, str]":
    return (
        select(CoinImageRow, DesignRow, col(CoinTypeRow.id), col(CoinTypeRow.key))
        .join(DesignRow, col(DesignRow.id) == col(CoinImageRow.design_id))
        .join(CoinTypeRow, col(CoinTypeRow.id) == col(DesignRow.coin_type_id))
    )


def images(session: Session, ids: Iterable[str]) -> dict[str, CoinImage]:
    """Images by id."""
    found: dict[str, CoinImage] = {}
    for chunk in chunks(set(ids)):
        rows = session.execute(_images_with_types().where(col(CoinImageRow.id).in_(chunk)))
        for image, design, _, type_key in rows:
            found[image.id] = image_of(image, design_of(design, type_key))
    return found


def records(session: Session, image_ids: Iterable[str]) -> dict[str, CoinRecord]:
    """Images with their designs and coin types, by image id."""
    found: dict[str, CoinRecord] = {}
    for chunk in chunks(set(image_ids)):
        found |= _records(session, _images_with_types().where(col(CoinImageRow.id).in_(chunk)))
    return found


def type_records(session: Session, key: str) -> list[CoinRecord]:
    """All images of a coin type, obverses first, then by design and id."""
    statement = _images_with_types().where(col(CoinTypeRow.key) == key)
    order = (col(DesignRow.side), col(DesignRow.key), col(CoinImageRow.id))
    return list(_records(session, statement.order_by(*order)).values())


def _records(
    session: Session, statement: "Select[CoinImageRow, DesignRow, int, str]"
) -> dict[str, CoinRecord]:
    rows = session.execute(statement).all()
    coins = coins_by_id(session, (type_id for _, _, type_id, _ in rows))
    found: dict[str, CoinRecord] = {}
    for image_row, design_row, type_id, type_key in rows:
        design = design_of(design_row, type_key)
        found[image_row.id] = CoinRecord(coins[type_id], design, image_of(image_row, design))
    return found


def vector_records(
    session: Session, generation_id: int, image_ids: Iterable[str]
) -> dict[str, VectorRecord]:
    """Rows of a generation's collection, as SQL says they must be, by image id."""
    found: dict[str, VectorRecord] = {}
    for chunk in chunks(set(image_ids)):
        statement = select(EmbeddingRow).where(
            col(EmbeddingRow.generation_id) == generation_id,
            col(EmbeddingRow.image_id).in_(chunk),
        )
        vectors = {row.image_id: vector_of(row.vector) for row in session.scalars(statement)}
        for image_id, record in records(session, vectors).items():
            found[image_id] = VectorRecord(image_id, vectors[image_id], record.columns)
    return found

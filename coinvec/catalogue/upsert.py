"""Bringing types, designs, images and vectors up to date, many at a time.

Every function compares what it is given with what is stored, by a few statements per batch, and
reports the rows whose filter columns or vectors changed: their images are owed to Milvus.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Insert, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from coinvec.catalogue.mapping import (
    coin_values,
    design_values,
    differs,
    image_values,
    reference_values,
    vector_bytes,
)
from coinvec.catalogue.reading import chunks, coins_by_key
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
from coinvec.domain.vectors import Embedding
from coinvec.errors import InvalidValueError

NamedRow = type[IssuerRow] | type[CurrencyRow] | type[DenominationRow]


class Upserted(NamedTuple):
    """Row ids after an upsert.

    Attributes:
        ids: Row id of every item, by its key.
        changed: Row ids of those that were there before with other values.
    """

    ids: dict[str, int]
    changed: list[int]


def put_types(session: Session, coins: Mapping[str, CoinType]) -> Upserted:
    """Insert or update coin types, given by key."""
    stored = coins_by_key(session, coins)
    ids = {key: row_id for key, (row_id, _) in stored.items()}
    outdated = {key for key, (_, coin) in stored.items() if coin != coins[key]}
    wanted = _type_values(
        session, [coins[key] for key in coins if key not in ids or key in outdated]
    )
    new = [values for key, values in wanted.items() if key not in ids]
    if new:
        added = session.execute(
            _insert(CoinTypeRow).returning(col(CoinTypeRow.key), col(CoinTypeRow.id)), new
        )
        ids |= dict(added.all())
    if outdated:
        session.execute(update(CoinTypeRow), [wanted[key] | {"id": ids[key]} for key in outdated])
    _put_references(session, {ids[key]: coins[key] for key in wanted})
    return Upserted(ids, [ids[key] for key in outdated])


def _type_values(session: Session, coins: list[CoinType]) -> dict[str, dict[str, Any]]:
    issuers = _name_ids(session, IssuerRow, {coin.country for coin in coins})
    denominations = _name_ids(session, DenominationRow, {coin.denomination for coin in coins})
    currencies = _name_ids(session, CurrencyRow, {coin.currency for coin in coins if coin.currency})
    return {
        coin.key: coin_values(coin)
        | {
            "issuer_id": issuers[coin.country],
            "denomination_id": denominations[coin.denomination],
            "currency_id": currencies[coin.currency] if coin.currency else None,
        }
        for coin in coins
    }


def _name_ids(session: Session, table: NamedRow, names: set[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for chunk in chunks(names):
        known = select(col(table.name), col(table.id)).where(col(table.name).in_(chunk))
        ids |= dict(session.execute(known).all())
    missing = [{"name": name} for name in sorted(names - ids.keys())]
    if missing:
        added = session.execute(_insert(table).returning(col(table.name), col(table.id)), missing)
        ids |= dict(added.all())
    return ids


def _put_references(session: Session, coins: Mapping[int, CoinType]) -> None:
    for chunk in chunks(coins):
        session.execute(
            delete(CatalogueReferenceRow)
            .where(col(CatalogueReferenceRow.coin_type_id).in_(chunk))
            .execution_options(synchronize_session=False)
        )
    rows = [
        row for row_id, coin in coins.items() for row in reference_values(row_id, coin.references)
    ]
    if rows:
        session.execute(_insert(CatalogueReferenceRow), rows)


def put_designs(
    session: Session, designs: Mapping[str, Design], type_ids: Mapping[str, int]
) -> Upserted:
    """Insert or update designs, given by id; `type_ids` has the row ids of their types."""
    stored = _stored_designs(session, type_ids)
    wanted = {
        design.id: design_values(design, type_ids[design.type_key]) for design in designs.values()
    }
    ids = {key: stored[key].id for key in wanted if key in stored}
    outdated = [key for key in ids if differs(stored[key], wanted[key])]
    if outdated:
        session.execute(update(DesignRow), [wanted[key] | {"id": ids[key]} for key in outdated])
    new = [key for key in wanted if key not in ids]
    if new:
        added = session.scalars(
            _insert(DesignRow).returning(col(DesignRow.id), sort_by_parameter_order=True),
            [wanted[key] for key in new],
        )
        ids |= dict(zip(new, added, strict=True))
    return Upserted(ids, [ids[key] for key in outdated])


def _stored_designs(session: Session, type_ids: Mapping[str, int]) -> dict[str, DesignRow]:
    keys = {row_id: key for key, row_id in type_ids.items()}
    stored: dict[str, DesignRow] = {}
    for chunk in chunks(keys):
        rows = select(DesignRow).where(col(DesignRow.coin_type_id).in_(chunk))
        for row in session.scalars(rows):
            stored[f"{keys[row.coin_type_id]}/{row.side}/{row.key}"] = row
    return stored


def put_images(
    session: Session, images: Mapping[str, CoinImage], design_ids: Mapping[str, int]
) -> None:
    """Insert or update images, given by id; `design_ids` has the row ids of their designs.

    Raises:
        InvalidValueError: An image is in the catalogue under another design.
    """
    wanted = {
        image.id: image_values(image, design_ids[image.design.id]) for image in images.values()
    }
    stored: dict[str, CoinImageRow] = {}
    for chunk in chunks(wanted):
        rows = session.scalars(select(CoinImageRow).where(col(CoinImageRow.id).in_(chunk)))
        stored |= {row.id: row for row in rows}
    for image_id, row in stored.items():
        if row.design_id != wanted[image_id]["design_id"]:
            raise InvalidValueError(
                f"image {image_id} ({row.filename}) is in the catalogue under another design "
                f"than {images[image_id].design.id!r}.",
                hint=f"To move it, first type: coinvec remove --image {image_id}",
            )
    new = [values for image_id, values in wanted.items() if image_id not in stored]
    if new:
        session.execute(_insert(CoinImageRow), new)
    outdated = [
        wanted[image_id] for image_id, row in stored.items() if differs(row, wanted[image_id])
    ]
    if outdated:
        session.execute(update(CoinImageRow), outdated)


def put_vectors(
    session: Session, embeddings: Mapping[str, Embedding], generation_id: int
) -> list[str]:
    """Insert or update the vectors of images in a generation.

    Returns:
        Ids of the images whose vector is new or another.
    """
    wanted = {image_id: vector_bytes(embedding) for image_id, embedding in embeddings.items()}
    stored = _stored_vectors(session, wanted, generation_id)
    new = [image_id for image_id in wanted if image_id not in stored]
    outdated = [image_id for image_id in stored if stored[image_id] != wanted[image_id]]
    for statement, image_ids in ((_insert(EmbeddingRow), new), (update(EmbeddingRow), outdated)):
        if image_ids:
            session.execute(
                statement,
                [
                    {"generation_id": generation_id, "image_id": each, "vector": wanted[each]}
                    for each in image_ids
                ],
            )
    return new + outdated


def _stored_vectors(
    session: Session, image_ids: Iterable[str], generation_id: int
) -> dict[str, bytes]:
    stored: dict[str, bytes] = {}
    for chunk in chunks(image_ids):
        vectors = select(col(EmbeddingRow.image_id), col(EmbeddingRow.vector)).where(
            col(EmbeddingRow.generation_id) == generation_id,
            col(EmbeddingRow.image_id).in_(chunk),
        )
        stored |= dict(session.execute(vectors).all())
    return stored


def _insert(table: type[SQLModel]) -> Insert:
    """An INSERT of many rows at once.

    Unknown values are written as NULL: left out, only rows with the same gaps could share one.
    """
    return insert(table).execution_options(render_nulls=True)

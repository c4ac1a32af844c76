"""The changes a catalogue goes through; each function is called within one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Mapped, Session
from sqlmodel import SQLModel, col

from coinvec.catalogue import generations
from coinvec.catalogue.outbox import owe
from coinvec.catalogue.reading import chunks
from coinvec.catalogue.tables import (
    CoinImageRow,
    CoinTypeRow,
    CurrencyRow,
    DenominationRow,
    DesignRow,
    IssuerRow,
)
from coinvec.catalogue.upsert import put_designs, put_images, put_types, put_vectors
from coinvec.domain.coins import CoinType
from coinvec.domain.records import CoinRecord, StoredGeneration
from coinvec.domain.vectors import Embedding
from coinvec.errors import InvalidValueError, NotInCatalogueError

Item = TypeVar("Item")


def save(
    session: Session,
    records: Sequence[CoinRecord],
    embeddings: Mapping[str, Embedding],
    generation_id: int,
) -> None:
    """Insert or update records and vectors; owe what changed. See `CatalogueStore.save`."""
    coins = _by_key("type", (record.coin for record in records), lambda coin: coin.key)
    designs = _by_key("design", (record.design for record in records), lambda each: each.id)
    images = _by_key("image", (record.image for record in records), lambda each: each.id)
    if embeddings:
        _check_embeddings(embeddings, images, generations.by_id(session, generation_id))
    types = put_types(session, coins)
    put = put_designs(session, designs, types.ids)
    put_images(session, images, put.ids)
    changed = set(put_vectors(session, embeddings, generation_id))
    changed.update(_images_of(session, types.changed, put.changed))
    owe(session, changed)
    if types.changed:
        _forget_unused_names(session)


def _by_key(what: str, items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for item in items:
        if found.setdefault(key(item), item) != item:
            raise InvalidValueError(f"{what} {key(item)!r} is described in two ways at once.")
    return found


def _check_embeddings(
    embeddings: Mapping[str, Embedding], images: Iterable[str], stored: StoredGeneration
) -> None:
    strangers = embeddings.keys() - set(images)
    if strangers:
        raise InvalidValueError(f"vectors were given without a record: {sorted(strangers)[:3]}.")
    for image_id, embedding in embeddings.items():
        if embedding.dim != stored.generation.dim:
            raise InvalidValueError(
                f"the vector of image {image_id} has {embedding.dim} components, and generation "
                f"{stored.id} has {stored.generation.dim}."
            )


def update_type(session: Session, coin: CoinType) -> None:
    """Give a coin type other fields and owe its images.

    Raises:
        NotInCatalogueError: There is no type of this key.
    """
    _type_id(session, coin.key)
    types = put_types(session, {coin.key: coin})
    owe(session, _images_of(session, types.changed, ()))
    _forget_unused_names(session)


def remove_type(session: Session, key: str) -> int:
    """Remove a coin type with all its designs and images; see `remove_images`.

    Raises:
        NotInCatalogueError: There is no type of this key.
    """
    return remove_images(session, list(_images_of(session, [_type_id(session, key)], ())))


def remove_images(session: Session, image_ids: Iterable[str]) -> int:
    """Remove images, and the designs, types and names that are left without any.

    Returns:
        How many of the images there were.
    """
    removed, design_ids, type_ids = 0, set[int](), set[int]()
    for chunk in chunks(set(image_ids)):
        owners = (
            select(col(CoinImageRow.id), col(DesignRow.id), col(DesignRow.coin_type_id))
            .join(DesignRow, col(DesignRow.id) == col(CoinImageRow.design_id))
            .where(col(CoinImageRow.id).in_(chunk))
        )
        found = session.execute(owners).all()
        owe(session, [image_id for image_id, _, _ in found])
        _delete(session, CoinImageRow, col(CoinImageRow.id).in_(chunk))
        removed += len(found)
        design_ids.update(design_id for _, design_id, _ in found)
        type_ids.update(type_id for _, _, type_id in found)
    _delete_unless(session, DesignRow, design_ids, col(CoinImageRow.design_id))
    _delete_unless(session, CoinTypeRow, type_ids, col(DesignRow.coin_type_id))
    _forget_unused_names(session)
    return removed


def _type_id(session: Session, key: str) -> int:
    type_id = session.scalar(select(col(CoinTypeRow.id)).where(col(CoinTypeRow.key) == key))
    if type_id is None:
        raise NotInCatalogueError(
            f"there is no type {key!r} in the catalogue.", hint="See: coinvec list"
        )
    return type_id


def _images_of(
    session: Session, type_ids: Sequence[int], design_ids: Sequence[int]
) -> Iterator[str]:
    """Ids of the images of some types, then of some designs, by row id."""
    for owner, row_ids in ((DesignRow.coin_type_id, type_ids), (DesignRow.id, design_ids)):
        for chunk in chunks(row_ids):
            yield from session.scalars(
                select(col(CoinImageRow.id))
                .join(DesignRow, col(DesignRow.id) == col(CoinImageRow.design_id))
                .where(col(owner).in_(chunk))
            )


def _delete(session: Session, table: type[SQLModel], condition: ColumnElement[bool]) -> None:
    statement = delete(table).where(condition)
    session.execute(statement.execution_options(synchronize_session=False))


def _delete_unless(
    session: Session, table: type[DesignRow | CoinTypeRow], row_ids: set[int], used: Mapped[int]
) -> None:
    """Delete the rows of the given ids that no `used` column points at."""
    for chunk in chunks(row_ids):
        unused = ~exists().where(used == col(table.id))
        _delete(session, table, col(table.id).in_(chunk) & unused)


def _forget_unused_names(session: Session) -> None:
    """Delete the issuers, denominations and currencies that no type names any longer."""
    for table, used in (
        (IssuerRow, col(CoinTypeRow.issuer_id)),
        (DenominationRow, col(CoinTypeRow.denomination_id)),
        (CurrencyRow, col(CoinTypeRow.currency_id)),
    ):
        _delete(session, table, ~exists().where(used == col(table.id)))

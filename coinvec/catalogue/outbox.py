"""The outbox: which images the collection of a generation must still be told about.

An entry says "make the collection equal to SQL for this image", so entries can be worked off in
any order and any number of times. Retired generations are owed as well, and nobody works that off
until one of them is used again: going back to it then costs only what has changed since.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, delete, exists, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.reading import chunks
from coinvec.catalogue.tables import EmbeddingRow, OutboxRow


def owe(session: Session, image_ids: Iterable[str]) -> None:
    """Owe images to every generation that has their vector.

    Called before an image is deleted, while its vectors are there to tell which generations.
    """
    for chunk in chunks(sorted(image_ids)):
        _owe_vectors(session, col(EmbeddingRow.image_id).in_(chunk))


def owe_of(session: Session, generation_id: int, image_ids: Iterable[str]) -> None:
    """Owe images to one generation, where it has their vector."""
    of_generation = col(EmbeddingRow.generation_id) == generation_id
    for chunk in chunks(sorted(image_ids)):
        _owe_vectors(session, of_generation, col(EmbeddingRow.image_id).in_(chunk))


def owe_all(session: Session, generation_id: int) -> None:
    """Owe a generation every image that has a vector of it."""
    _owe_vectors(session, col(EmbeddingRow.generation_id) == generation_id)


def _owe_vectors(session: Session, *conditions: ColumnElement[bool]) -> None:
    """Owe the vectors that meet the conditions; what was owed already gets a new number."""
    again = exists().where(
        col(EmbeddingRow.generation_id) == col(OutboxRow.generation_id),
        col(EmbeddingRow.image_id) == col(OutboxRow.image_id),
        *conditions,
    )
    session.execute(delete(OutboxRow).where(again).execution_options(synchronize_session=False))
    vectors = (
        select(col(EmbeddingRow.generation_id), col(EmbeddingRow.image_id))
        .where(*conditions)
        .order_by(col(EmbeddingRow.image_id))
    )
    session.execute(insert(OutboxRow).from_select(["generation_id", "image_id"], vectors))


def owed(session: Session, generation_id: int, limit: int) -> dict[str, int]:
    """The images longest owed to a generation, each with the number of its entry."""
    statement = (
        select(col(OutboxRow.image_id), col(OutboxRow.id))
        .where(col(OutboxRow.generation_id) == generation_id)
        .order_by(col(OutboxRow.id))
        .limit(limit)
    )
    return dict(session.execute(statement).all())


def settle(session: Session, generation_id: int, entries: Mapping[str, int]) -> None:
    """Close entries by their numbers; an image owed anew in the meantime stays owed."""
    for numbers in chunks(entries.values()):
        closed = delete(OutboxRow).where(
            col(OutboxRow.generation_id) == generation_id, col(OutboxRow.id).in_(numbers)
        )
        session.execute(closed.execution_options(synchronize_session=False))

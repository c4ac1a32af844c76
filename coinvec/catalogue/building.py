"""What filling a generation needs to know and to note: what is left, what cannot be, how good."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import ColumnElement, delete, exists, func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue import generations
from coinvec.catalogue.outbox import owe_of
from coinvec.catalogue.reading import chunks
from coinvec.catalogue.tables import (
    CoinImageRow,
    EmbeddingRow,
    GenerationCheckRow,
    GenerationGapRow,
)
from coinvec.catalogue.upsert import put_vectors
from coinvec.domain.records import Coverage, GapReason, GenerationCheck
from coinvec.domain.vectors import Embedding
from coinvec.errors import InvalidValueError


def coverage(session: Session, generation_id: int) -> Coverage:
    """How many images of the catalogue a generation can find."""
    without = ~_in(EmbeddingRow, generation_id)
    kept = col(CoinImageRow.media_digest).is_not(None)
    gap = _in(GenerationGapRow, generation_id)
    return Coverage(
        images=_count(session),
        embedded=_count(session, ~without),
        gaps=_count(session, without, kept, gap),
        without_media=_count(session, without, ~kept),
        missing=_count(session, without, kept, ~gap),
    )


def to_build(session: Session, generation_id: int, after: str, limit: int) -> list[str]:
    """Ids above `after`, ascending, of images with a picture and neither vector nor gap."""
    statement = (
        select(col(CoinImageRow.id))
        .where(
            col(CoinImageRow.id) > after,
            col(CoinImageRow.media_digest).is_not(None),
            ~_in(EmbeddingRow, generation_id),
            ~_in(GenerationGapRow, generation_id),
        )
        .order_by(col(CoinImageRow.id))
        .limit(limit)
    )
    return list(session.scalars(statement))


def _in(
    table: type[EmbeddingRow] | type[GenerationGapRow], generation_id: int
) -> ColumnElement[bool]:
    """Whether an image has a row of a generation in a table."""
    return exists().where(
        col(table.generation_id) == generation_id, col(table.image_id) == col(CoinImageRow.id)
    )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(CoinImageRow).where(*conditions)
    return session.scalar(statement) or 0


def save_vectors(
    session: Session,
    embeddings: Mapping[str, Embedding],
    gaps: Mapping[str, GapReason],
    generation_id: int,
) -> None:
    """Give images their vectors in a generation or note gaps; see `CatalogueStore.save_vectors`."""
    dim = generations.by_id(session, generation_id).generation.dim
    for image_id, embedding in embeddings.items():
        if embedding.dim != dim:
            raise InvalidValueError(
                f"the vector of image {image_id} has {embedding.dim} components, and generation "
                f"{generation_id} has {dim}."
            )
    there = _there(session, [*embeddings, *gaps])
    _delete_gaps(session, generation_id, there)
    kept = {each: embeddings[each] for each in embeddings if each in there}
    owe_of(session, generation_id, put_vectors(session, kept, generation_id))
    noted = [
        {"generation_id": generation_id, "image_id": each, "reason": gaps[each].value}
        for each in gaps
        if each in there
    ]
    if noted:
        session.execute(insert(GenerationGapRow), noted)


def _there(session: Session, image_ids: list[str]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(image_ids):
        ids = select(col(CoinImageRow.id)).where(col(CoinImageRow.id).in_(chunk))
        found.update(session.scalars(ids))
    return found


def _delete_gaps(session: Session, generation_id: int, image_ids: set[str]) -> None:
    for chunk in chunks(image_ids):
        statement = delete(GenerationGapRow).where(
            col(GenerationGapRow.generation_id) == generation_id,
            col(GenerationGapRow.image_id).in_(chunk),
        )
        session.execute(statement.execution_options(synchronize_session=False))


def gaps(session: Session, generation_id: int) -> dict[str, GapReason]:
    """The images a generation was to have a vector of and cannot, by id, and why."""
    statement = (
        select(col(GenerationGapRow.image_id), col(GenerationGapRow.reason))
        .where(col(GenerationGapRow.generation_id) == generation_id)
        .order_by(col(GenerationGapRow.image_id))
    )
    return {image_id: GapReason(reason) for image_id, reason in session.execute(statement)}


def forget_gaps(session: Session, generation_id: int) -> None:
    """Forget the gaps that other bytes would close; a model finds no coin a second time either."""
    statement = delete(GenerationGapRow).where(
        col(GenerationGapRow.generation_id) == generation_id,
        col(GenerationGapRow.reason) != GapReason.NO_COIN.value,
    )
    session.execute(statement.execution_options(synchronize_session=False))


def siblings(session: Session, limit: int) -> dict[str, list[str]]:
    """The first images by id whose design has other images, and those; all with a picture."""
    kept = col(CoinImageRow.media_digest).is_not(None)
    pictured = (
        select(col(CoinImageRow.design_id))
        .where(kept)
        .group_by(col(CoinImageRow.design_id))
        .having(func.count() > 1)
    )
    first = (
        select(col(CoinImageRow.id), col(CoinImageRow.design_id))
        .where(kept, col(CoinImageRow.design_id).in_(pictured))
        .order_by(col(CoinImageRow.id))
        .limit(limit)
    )
    designs = dict(session.execute(first).all())
    members: defaultdict[int, list[str]] = defaultdict(list)
    for chunk in chunks(set(designs.values())):
        images = (
            select(col(CoinImageRow.design_id), col(CoinImageRow.id))
            .where(kept, col(CoinImageRow.design_id).in_(chunk))
            .order_by(col(CoinImageRow.id))
        )
        for design_id, image_id in session.execute(images):
            members[design_id].append(image_id)
    return {
        image_id: [each for each in members[design_id] if each != image_id]
        for image_id, design_id in designs.items()
    }


def note_check(session: Session, check: GenerationCheck) -> None:
    """Keep a check in place of the generation's last one."""
    generation_id = col(GenerationCheckRow.generation_id)
    session.execute(delete(GenerationCheckRow).where(generation_id == check.generation_id))
    session.add(
        GenerationCheckRow(
            generation_id=check.generation_id,
            live_id=check.live_id,
            checked_at=check.checked_at,
            golden_set=check.golden_set,
            queries=check.queries,
            candidate={str(k): rate for k, rate in check.candidate.items()},
            live={str(k): rate for k, rate in check.live.items()},
        )
    )


def check_of(session: Session, generation_id: int) -> GenerationCheck | None:
    """The last check of a generation; None where there is none."""
    row = session.get(GenerationCheckRow, generation_id)
    if row is None:
        return None
    return GenerationCheck(
        generation_id=row.generation_id,
        live_id=row.live_id,
        checked_at=row.checked_at,
        golden_set=row.golden_set,
        queries=row.queries,
        candidate={int(k): rate for k, rate in row.candidate.items()},
        live={int(k): rate for k, rate in row.live.items()},
    )

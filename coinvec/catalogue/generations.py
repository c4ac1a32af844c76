"""Generations: which models made the vectors, and which of them are searched."""

from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.mapping import generation_of, model_values
from coinvec.catalogue.tables import GenerationRow, PromotionRow
from coinvec.domain.records import GenerationState, StoredGeneration
from coinvec.domain.vectors import Generation
from coinvec.errors import GenerationError


def add(
    session: Session, generation: Generation, collection: str, state: GenerationState
) -> StoredGeneration:
    """Add a generation; a live one retires the live one before it.

    Raises:
        GenerationError: The catalogue has this pair of models, or the collection, already.
    """
    for known in stored(session):
        if known.generation == generation or known.collection == collection:
            raise GenerationError(
                f"generation {known.id} is already that of {known.generation}, kept in the "
                f"collection {known.collection!r}.",
                hint="See: coinvec generations list",
            )
    if state is GenerationState.LIVE:
        _retire_live(session)
    row = GenerationRow(
        collection=collection,
        state=state.value,
        created_at=datetime.now(UTC),
        **model_values(generation),
    )
    session.add(row)
    session.flush()
    if state is GenerationState.LIVE:
        _note_promotion(session, row.id)
    return generation_of(row)


def stored(session: Session) -> list[StoredGeneration]:
    """All generations, oldest first."""
    rows = session.scalars(select(GenerationRow).order_by(col(GenerationRow.id)))
    return [generation_of(row) for row in rows]


def live(session: Session) -> StoredGeneration | None:
    """The generation that is searched; None before the first."""
    is_live = col(GenerationRow.state) == GenerationState.LIVE.value
    row = session.scalars(select(GenerationRow).where(is_live)).one_or_none()
    return None if row is None else generation_of(row)


def before_live(session: Session) -> StoredGeneration | None:
    """The generation that was live before the present one; None where none is left."""
    statement = (
        select(GenerationRow)
        .join(PromotionRow, col(PromotionRow.generation_id) == col(GenerationRow.id))
        .where(col(GenerationRow.state) != GenerationState.LIVE.value)
        .order_by(col(PromotionRow.id).desc())
        .limit(1)
    )
    row = session.scalars(statement).one_or_none()
    return None if row is None else generation_of(row)


def drop(session: Session, generation_id: int) -> None:
    """Remove a generation with its vectors and all that is noted of it.

    Raises:
        GenerationError: There is none of this number, or it is live.
    """
    if by_id(session, generation_id).state is GenerationState.LIVE:
        raise _live_error(generation_id)
    session.execute(delete(GenerationRow).where(col(GenerationRow.id) == generation_id))


def by_id(session: Session, generation_id: int) -> StoredGeneration:
    """A generation by its number.

    Raises:
        GenerationError: There is none of this number.
    """
    row = session.get(GenerationRow, generation_id)
    if row is None:
        raise GenerationError(
            f"the catalogue has no generation {generation_id}.",
            hint="See: coinvec generations list",
        )
    return generation_of(row)


def set_state(session: Session, generation_id: int, state: GenerationState) -> None:
    """Change what a generation is used for; a new live one retires the one before it.

    Raises:
        GenerationError: There is none of this number, or it is live: only another takes its place.
    """
    before = by_id(session, generation_id).state
    if before is state:
        return
    if before is GenerationState.LIVE:
        raise _live_error(generation_id)
    if state is GenerationState.LIVE:
        _retire_live(session)
        _note_promotion(session, generation_id)
    session.execute(
        update(GenerationRow)
        .where(col(GenerationRow.id) == generation_id)
        .values(state=state.value)
    )


def _retire_live(session: Session) -> None:
    session.execute(
        update(GenerationRow)
        .where(col(GenerationRow.state) == GenerationState.LIVE.value)
        .values(state=GenerationState.RETIRED.value)
    )


def _note_promotion(session: Session, generation_id: int) -> None:
    promoted = {"generation_id": generation_id, "at": datetime.now(UTC)}
    session.execute(insert(PromotionRow).values(promoted))


def _live_error(generation_id: int) -> GenerationError:
    return GenerationError(
        f"generation {generation_id} is live: without it nothing can be found.",
        hint="First make another live: coinvec generations promote or rollback",
    )

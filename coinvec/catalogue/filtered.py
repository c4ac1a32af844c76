"""Reading through a filter: what matches, how many, and which values occur."""

from typing import Any

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.coins_view import Expression, text_column, through_view
from coinvec.catalogue.ilike import without_ilike
from coinvec.catalogue.predicates import compiled
from coinvec.catalogue.reading import chunks, coins_by_id
from coinvec.catalogue.tables import CoinImageRow, CoinTypeRow, DesignRow
from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import YearSpan
from coinvec.domain.predicates import Predicate
from coinvec.domain.records import TypeSummary

_GROUP_ROWS = {GroupBy.TYPE: CoinTypeRow, GroupBy.DESIGN: DesignRow, GroupBy.IMAGE: CoinImageRow}


def matching(
    session: Session, where: Predicate | None, *columns: Expression
) -> "Select[*tuple[Any, ...]]":
    """Select expressions over the images that match a filter; None lets everything through."""
    statement = through_view(*columns)
    if where is None:
        return statement
    if session.get_bind().dialect.name != "sqlite":
        where = without_ilike(session, where)
    return statement.where(compiled(where))


def count(session: Session, where: Predicate | None, group_by: GroupBy) -> int:
    """How many types, designs or images have at least one matching image."""
    group: Any = _GROUP_ROWS[group_by]
    if where is None:  # no type and no design is kept without an image
        return session.scalar(select(func.count()).select_from(group)) or 0
    return session.scalar(matching(session, where, func.count(distinct(group.id)))) or 0


def image_ids(session: Session, where: Predicate | None) -> list[str]:
    """Ids of the matching images, ascending."""
    statement = matching(session, where, col(CoinImageRow.id))
    return list(session.scalars(statement.order_by(col(CoinImageRow.id))))


def design_ids(session: Session, where: Predicate | None) -> list[str]:
    """Ids of the designs with a matching image, by type, side and key."""
    parts = (col(CoinTypeRow.key), col(DesignRow.side), col(DesignRow.key))
    statement = matching(session, where, *parts).distinct().order_by(*parts)
    return ["/".join(row) for row in session.execute(statement)]


def list_types(
    session: Session, where: Predicate | None, *, limit: int | None, offset: int
) -> list[TypeSummary]:
    """A page of the types with a matching image, by key."""
    statement = (
        matching(
            session,
            where,
            col(CoinTypeRow.id),
            func.count(distinct(col(DesignRow.id))),
            func.count(),
        )
        .group_by(col(CoinTypeRow.id), col(CoinTypeRow.key))
        .order_by(col(CoinTypeRow.key))
        .limit(limit)
        .offset(offset)
    )
    page = session.execute(statement).all()
    ids = [type_id for type_id, _, _ in page]
    coins, years = coins_by_id(session, ids), _years(session, ids)
    return [
        TypeSummary(coins[type_id], years[type_id], n_designs, n_images)
        for type_id, n_designs, n_images in page
    ]


def _years(session: Session, type_ids: list[int]) -> dict[int, YearSpan]:
    type_id = col(DesignRow.coin_type_id)
    first, last = func.min(col(DesignRow.year_from)), func.max(col(DesignRow.year_to))
    years: dict[int, YearSpan] = {}
    for chunk in chunks(type_ids):
        spans = select(type_id, first, last).where(type_id.in_(chunk)).group_by(type_id)
        years |= {each: _span(low, high) for each, low, high in session.execute(spans)}
    return years


def _span(first: int | None, last: int | None) -> YearSpan:
    # One design known from 1990 on and another known up to 1980: both years belong to the span.
    if first is not None and last is not None and first > last:
        first, last = last, first
    return YearSpan(first, last)


def distinct_values(session: Session, column: str, limit: int) -> list[str]:
    """At most `limit` of the different texts of a column, ascending."""
    expression = text_column(column)
    statement = select(expression).where(expression.is_not(None)).distinct()
    return list(session.scalars(statement.order_by(expression).limit(limit)))


def has_value(session: Session, column: str, value: str) -> bool:
    """Whether a text occurs in a column."""
    expression = text_column(column)
    statement = select(expression).where(expression == value).limit(1)
    return session.scalar(statement) is not None

"""ILIKE for engines that cannot casefold: decided here, over the values that occur."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from coinvec.catalogue.predicates import operand_value
from coinvec.domain.predicates import (
    And,
    Comparison,
    InList,
    Like,
    Not,
    Op,
    Or,
    Predicate,
    like_matches,
)
from coinvec.errors import ExpressionError

MATCHES_LIMIT = 30_000
"""Most values a pattern may match; PostgreSQL takes 65,535 parameters in a statement."""


def without_ilike(session: Session, predicate: Predicate) -> Predicate:
    """The same predicate with every ILIKE replaced by the list of values it matches.

    Raises:
        ExpressionError: An ILIKE matches more than `MATCHES_LIMIT` different values.
    """
    match predicate:
        case Not(part):
            return Not(without_ilike(session, part))
        case And(parts):
            return And(tuple(without_ilike(session, part) for part in parts))
        case Or(parts):
            return Or(tuple(without_ilike(session, part) for part in parts))
        case Like(ignore_case=True):
            return _as_list(session, predicate)
        case _:
            return predicate


def _as_list(session: Session, like: Like) -> Predicate:
    value = operand_value(like.operand)
    found = [
        text
        for text in session.scalars(select(value).where(value.is_not(None)).distinct())
        if like_matches(text, like.pattern, ignore_case=True, escape=like.escape)
    ]
    if len(found) > MATCHES_LIMIT:
        raise ExpressionError(
            f"{like.operand} ILIKE {like.pattern!r} matches {len(found):,} different texts, and "
            f"this database can be asked for {MATCHES_LIMIT:,} at most.",
            hint="Write a narrower pattern, or LIKE.",
        )
    if found:
        return InList(like.operand, tuple(found))
    # False where there is a text, NULL where there is none: what ILIKE is when nothing matches.
    never = (Comparison(like.operand, op, like.pattern) for op in (Op.EQ, Op.NE))
    return And(tuple(never))

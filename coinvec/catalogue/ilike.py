"""Patterns as lists: ILIKE, or any LIKE, replaced by the values that occur and match it.

For engines that cannot match a pattern in coinvec's meaning: PostgreSQL cannot casefold, and Milvus
knows no more than prefixes.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from coinvec.catalogue.predicates import check_size, operand_value
from coinvec.domain.predicates import (
    And,
    Comparison,
    InList,
    Like,
    Not,
    Op,
    Operand,
    Or,
    Predicate,
    like_matches,
)


def without_ilike(session: Session, predicate: Predicate) -> Predicate:
    """The same predicate with every ILIKE replaced by the list of values it matches.

    Raises:
        ExpressionError: It has too many conditions.
    """
    check_size(predicate)
    return _replaced(session, predicate, {})


def matching_values(like: Like, values: Iterable[str]) -> Predicate:
    """A predicate that means what a pattern does, wherever only given values occur.

    Args:
        like: The pattern.
        values: The different values that occur.
    """
    found = [
        text
        for text in values
        if like_matches(text, like.pattern, ignore_case=like.ignore_case, escape=like.escape)
    ]
    if found:
        return InList(like.operand, tuple(found))
    # False where there is a text, NULL where there is none: what a pattern is that matches none.
    never = (Comparison(like.operand, op, like.pattern) for op in (Op.EQ, Op.NE))
    return And(tuple(never))


def _replaced(session: Session, predicate: Predicate, known: dict[Operand, list[str]]) -> Predicate:
    match predicate:
        case Not(part):
            return Not(_replaced(session, part, known))
        case And(parts):
            return And(tuple(_replaced(session, part, known) for part in parts))
        case Or(parts):
            return Or(tuple(_replaced(session, part, known) for part in parts))
        case Like(operand, ignore_case=True):
            if operand not in known:
                known[operand] = _values(session, operand)
            return matching_values(predicate, known[operand])
        case _:
            return predicate


def _values(session: Session, operand: Operand) -> list[str]:
    value = operand_value(operand)
    return list(session.scalars(select(value).where(value.is_not(None)).distinct()))

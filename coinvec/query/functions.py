"""The functions and operators of statements: these and no others."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from coinvec.domain.predicates import like_matches
from coinvec.domain.tables import SqlType, Value
from coinvec.errors import InvalidValueError
from coinvec.query import arithmetic
from coinvec.query.expressions import Call, Constant, Expression, Operation, evaluate

TEXT_LIMIT = 100_000
"""Longest text a statement may put together."""

_WIDTH = (SqlType.NULL, SqlType.INTEGER, SqlType.DECIMAL, SqlType.REAL)
"""The types of numbers, the narrower first; NULL fits each."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that statements may call.

    Attributes:
        usage: How it is written, for messages.
        takes: Least and greatest number of arguments.
        returns: The type of the result for those of the arguments; None where they do not suit.
        operation: What it does.
    """

    usage: str
    takes: tuple[int, int]
    returns: Callable[[Sequence[SqlType]], SqlType | None]
    operation: Operation


def common_type(types: Sequence[SqlType]) -> SqlType | None:
    """The type that values of several types have together; None where there is none."""
    known = [each for each in types if each is not SqlType.NULL]
    if all(each.is_number for each in known):
        return max(known, key=_WIDTH.index, default=SqlType.NULL)
    return known[0] if len(set(known)) == 1 else None


def as_type(expression: Expression, wanted: SqlType) -> Expression:
    """An expression of a number as one of a wider type."""
    if wanted is SqlType.REAL and expression.type in (SqlType.INTEGER, SqlType.DECIMAL):
        return Call(_TO_REAL, (expression,), wanted)
    if wanted is SqlType.DECIMAL and expression.type is SqlType.INTEGER:
        return Call(_TO_DECIMAL, (expression,), wanted)
    return expression


def _number(types: Sequence[SqlType]) -> SqlType | None:
    first = types[0]
    return first if first.is_number or first is SqlType.NULL else None


def _of_text(result: SqlType) -> Callable[[Sequence[SqlType]], SqlType | None]:
    def returns(types: Sequence[SqlType]) -> SqlType | None:
        suited = types[0] in (SqlType.TEXT, SqlType.NULL) and _all_whole(types[1:])
        return result if suited else None

    return returns


def _rounded(types: Sequence[SqlType]) -> SqlType | None:
    return _number(types) if _all_whole(types[1:]) else None


def _all_whole(types: Sequence[SqlType]) -> bool:
    return all(each in (SqlType.INTEGER, SqlType.NULL) for each in types)


def _bounded(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise InvalidValueError(
            f"a text of the answer would have more than {TEXT_LIMIT:,} characters.",
            hint="Put less together.",
        )
    return text


def _substring(text: str, start: int, length: int | None = None) -> str:
    """From the character `start`, counted from 1, `length` characters, as the SQL standard says."""
    stop = len(text) + 1 if length is None else start + length
    if stop < start:
        raise InvalidValueError("substr() takes no negative length.")
    return text[max(start, 1) - 1 : max(stop, 1) - 1]


def _function(
    usage: str,
    takes: tuple[int, int],
    returns: Callable[[Sequence[SqlType]], SqlType | None],
    apply: Callable[..., Value],
    *,
    takes_null: bool = False,
) -> Function:
    name = usage.partition("(")[0]
    return Function(usage, takes, returns, Operation(name, apply, takes_null))


def _first_known(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _unless_equal(value: Value, other: Value) -> Value:
    return None if other is not None and value is not None and _equal(value, other) else value


def _equal(left: Value, right: Value) -> bool:
    return bool(operator.eq(*arithmetic.comparable(left, right)))


_MANY = 1_000
_SUBSTR = _function("substr(text, start[, length])", (2, 3), _of_text(SqlType.TEXT), _substring)
FUNCTIONS: Mapping[str, Function] = {
    "abs": _function("abs(number)", (1, 1), _number, abs),
    "coalesce": _function(
        "coalesce(value, …)", (1, _MANY), common_type, _first_known, takes_null=True
    ),
    "length": _function("length(text)", (1, 1), _of_text(SqlType.INTEGER), len),
    "lower": _function("lower(text)", (1, 1), _of_text(SqlType.TEXT), str.lower),
    "nullif": _function(
        "nullif(value, other)", (2, 2), common_type, _unless_equal, takes_null=True
    ),
    "round": _function("round(number[, decimals])", (1, 2), _rounded, arithmetic.rounded),
    "substr": _SUBSTR,
    "substring": _SUBSTR,
    "trim": _function("trim(text)", (1, 1), _of_text(SqlType.TEXT), lambda text: text.strip(" ")),
    "upper": _function("upper(text)", (1, 1), _of_text(SqlType.TEXT), str.upper),
}
"""Scalar functions by name, in small letters. `lower` and `upper` follow Unicode."""

_TO_REAL = Operation("real", lambda number: arithmetic.finite(float(Decimal(number))))
_TO_DECIMAL = Operation("decimal", Decimal)

ARITHMETIC: Mapping[str, Operation] = {
    "+": Operation("+", arithmetic.add),
    "-": Operation("-", arithmetic.subtract),
    "*": Operation("*", arithmetic.multiply),
    "/": Operation("/", arithmetic.divide),
    "%": Operation("%", arithmetic.remainder),
}
NEGATION = Operation("-", operator.neg)
CONCATENATION = Operation("||", lambda left, right: _bounded(left + right))


def _comparison(name: str, compare: Callable[[Any, Any], bool]) -> Operation:
    return Operation(name, lambda left, right: compare(*arithmetic.comparable(left, right)))


COMPARISONS: Mapping[str, Operation] = {
    "=": _comparison("=", operator.eq),
    "!=": _comparison("!=", operator.ne),
    "<": _comparison("<", operator.lt),
    "<=": _comparison("<=", operator.le),
    ">": _comparison(">", operator.gt),
    ">=": _comparison(">=", operator.ge),
}


def _or(*truths: Value) -> Value:
    return True if True in truths else None if None in truths else False


def _and(*truths: Value) -> Value:
    return False if False in truths else None if None in truths else True


AND = Operation("AND", _and, takes_null=True)
OR = Operation("OR", _or, takes_null=True)
NOT = Operation("NOT", operator.not_)
IS_NULL = Operation("IS NULL", lambda value: value is None, takes_null=True)


@dataclass(frozen=True, slots=True)
class _Among:
    """Membership in a list of constants, however long."""

    members: frozenset[Value]

    def __call__(self, value: Value) -> Value:
        return True if value in self.members else None if None in self.members else False


def _among(value: Value, *members: Value) -> Value:
    if value is None:
        return None
    return _or(*(None if each is None else _equal(value, each) for each in members))


def in_list(value: Expression, members: Sequence[Expression]) -> Call:
    """`value IN (…)`: the comparison `=` with each, joined by OR."""
    typed = [as_type(each, value.type) for each in members]
    if all(isinstance(each, Constant) for each in members):
        listed = frozenset(evaluate(each, ()) for each in typed)
        return Call(Operation("IN", _Among(listed)), (value,), SqlType.BOOLEAN)
    return Call(_IN, (value, *members), SqlType.BOOLEAN)


def _case(*values: Value) -> Value:
    *pairs, otherwise = values
    for condition, result in zip(pairs[::2], pairs[1::2], strict=True):
        if condition is True:
            return result
    return otherwise


_IN = Operation("IN", _among, takes_null=True)
CASE = Operation("CASE", _case, takes_null=True)


def _like(ignore_case: bool) -> Callable[..., Value]:
    def matches(text: str | None, pattern: str, escape: str | None) -> Value:
        if text is None:
            return None
        return like_matches(text, pattern, ignore_case=ignore_case, escape=escape)

    return matches


LIKE = Operation("LIKE", _like(ignore_case=False), takes_null=True)
ILIKE = Operation("ILIKE", _like(ignore_case=True), takes_null=True)
"""Of a text, a pattern and the escape character or NULL."""

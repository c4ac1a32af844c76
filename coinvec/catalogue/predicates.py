"""The predicate tree as SQL.

SQL's own three-valued logic does the work: every leaf is compiled to an expression that is NULL
exactly where the leaf is, and AND, OR and NOT are those of the engine.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import BigInteger, ColumnElement, and_, case, func, not_, or_, type_coerce
from sqlmodel import col

from coinvec.catalogue.coins_view import STORED, Expression
from coinvec.catalogue.exact import IntegerColumn, YearColumns, exact
from coinvec.catalogue.sql_functions import Among, AttributeText, Parenthesized, TextLike
from coinvec.catalogue.tables import CoinImageRow, CoinTypeRow, DesignRow
from coinvec.catalogue.types import VALUE_SCALE
from coinvec.domain.coins import VALUE_DECIMALS, VALUE_LIMIT, YEAR_LIMIT
from coinvec.domain.columns import Kind
from coinvec.domain.predicates import (
    And,
    AttributeRef,
    ColumnRef,
    Comparison,
    InList,
    IsNull,
    Leaf,
    Like,
    Literal,
    Not,
    Op,
    Operand,
    Or,
    Predicate,
    leaves,
    operand_kind,
)
from coinvec.errors import ExpressionError

OPEN_END = YEAR_LIMIT + 2
"""Stands for a missing end of a span; every year of a filter is kept below it."""

MAX_CONDITIONS = 2_000
"""Conditions of one filter. Each takes up to five parameters, of the 32,766 that SQLite is sure to
take, and SQLAlchemy takes 0.4 ms to write it down."""

PATTERN_WEIGHT = 10
"""How many conditions a LIKE counts as: SQLite has Python match it, row by row."""

MAX_TERMS = 100
"""Terms joined at one level: SQLite refuses expressions more than 1,000 levels deep, and parses
`a OR b OR c …` as one level each."""


def compiled(predicate: Predicate) -> ColumnElement[bool]:
    """A predicate as an expression over the columns of `coins_view.through_view`.

    ILIKE needs an engine with the function `coinvec_like`; see `ilike` for the others.

    Raises:
        ExpressionError: It has more than `MAX_CONDITIONS` conditions.
    """
    check_size(predicate)
    return _compiled(predicate)


def check_size(predicate: Predicate) -> None:
    """Refuse a predicate that no engine should be asked.

    A list of texts, or of numbers that are kept as integers, is one condition however long.

    Raises:
        ExpressionError: It has more than `MAX_CONDITIONS` conditions.
    """
    conditions = sum(map(_conditions, leaves(predicate)))
    if conditions > MAX_CONDITIONS:
        raise ExpressionError(
            f"the filter has {conditions:,} conditions, and {MAX_CONDITIONS:,} is the limit (LIKE "
            f"counts as {PATTERN_WEIGHT}).",
            hint="Compare one column with many values by IN, and with a range by BETWEEN.",
        )


def _conditions(leaf: Leaf) -> int:
    match leaf, operand_kind(leaf.operand):
        case Like(), _:
            return PATTERN_WEIGHT
        case InList(_, values), Kind.YEAR:
            return len(_YEAR.runs(values))
        case InList(_, values), Kind.REAL:
            return len(values)
        case _:
            return 1


def _compiled(predicate: Predicate) -> ColumnElement[bool]:
    match predicate:
        case Not(part):
            return not_(_compiled(part))
        case And(parts):
            return _joined(and_, [_compiled(part) for part in parts])
        case Or(parts):
            return _joined(or_, [_compiled(part) for part in parts])
        case _:
            return _leaf(predicate)


def operand_value(operand: Operand) -> Expression:
    """The expression behind an operand (not `year`, which has no value)."""
    if isinstance(operand, AttributeRef):
        return AttributeText(col(CoinImageRow.attributes), operand.key)
    return STORED[operand.name]


def _joined(
    join: Callable[..., ColumnElement[bool]], parts: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    if len(parts) <= MAX_TERMS:
        return join(*parts)
    size = -(-len(parts) // MAX_TERMS)
    runs = [parts[start : start + size] for start in range(0, len(parts), size)]
    return join(*(Parenthesized(_joined(join, run)) for run in runs))


def _leaf(leaf: Leaf) -> ColumnElement[bool]:
    match leaf:
        case Comparison(operand, op, value):
            return _comparison(operand, op, value)
        case InList(operand, values):
            return _in_list(operand, values)
        case Like(operand, pattern, ignore_case, escape):
            text = operand_value(operand)
            return TextLike(text, pattern, ignore_case=ignore_case, escape=escape)
        case IsNull(ColumnRef("year")):
            return col(DesignRow.year_from).is_(None) & col(DesignRow.year_to).is_(None)
        case IsNull(operand):
            return operand_value(operand).is_(None)


def _comparison(operand: Operand, op: Op, value: Literal) -> ColumnElement[bool]:
    match operand_kind(operand):
        case Kind.YEAR:
            return _YEAR.compare(op, value)
        case Kind.INTEGER | Kind.DECIMAL:
            return _INTEGERS[str(operand)].compare(op, value)
        case Kind.REAL:
            value = _double(value)
    return operand_value(operand).bool_op(op.value)(value)


def _in_list(operand: Operand, values: Sequence[Literal]) -> ColumnElement[bool]:
    match operand_kind(operand):
        case Kind.YEAR:
            return _joined(or_, _YEAR.is_in(values))
        case Kind.INTEGER | Kind.DECIMAL:
            return _INTEGERS[str(operand)].is_in(values)
        case Kind.REAL:  # not as JSON: SQLite's reading of decimal digits is not always exact
            return operand_value(operand).in_([_double(value) for value in values])
        case _:
            return Among(operand_value(operand), [str(value) for value in values])


def _double(value: Literal) -> float:
    """The nearest double; Decimal turns what is too large into infinity, int would refuse."""
    return float(exact(value))


def _end(own: Expression, other: Expression, missing: int) -> Expression:
    """One end of the span: open if only it is missing, NULL if both are."""
    return func.coalesce(own, case((other.is_not(None), missing)))


_FROM, _TO = STORED["year_from"], STORED["year_to"]
_YEAR = YearColumns(
    IntegerColumn(_end(_FROM, _TO, -OPEN_END), YEAR_LIMIT),
    IntegerColumn(_end(_TO, _FROM, OPEN_END), YEAR_LIMIT),
)
_INTEGERS = {
    "year_from": IntegerColumn(_FROM, YEAR_LIMIT),
    "year_to": IntegerColumn(_TO, YEAR_LIMIT),
    "value": IntegerColumn(
        type_coerce(col(CoinTypeRow.value), BigInteger),
        int(VALUE_LIMIT * VALUE_SCALE),
        decimals=VALUE_DECIMALS,
    ),
}

"""Compiles a predicate to a Milvus expression that holds exactly where the predicate is true.

Milvus expressions have two truth values and coinvec's filters three. So two things are compiled:
"this is true" and "this is false"; NOT swaps them, and what is NULL is neither. Stored rows hold
no NULL; each leaf of a nullable column asks its `_known` flag first.

Nothing is pushed down that engines might read differently. LIKE is not used at all: a pattern
that only fixes a beginning is a range of code points, and every other one is left to SQL.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coinvec.domain.columns import Column, Kind
from coinvec.domain.predicates import (
    And,
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
)
from coinvec.vectors.literals import NotExpressible, floor_literal, text_literal
from coinvec.vectors.schema import ID, known_flag, scaled

MAX_DEPTH = 40
"""Nested parentheses at most: servers hand expressions on as protobuf, which refuses to nest
deeper than 100 messages (two a level), and Milvus Lite's parser recurses in Python."""

MAX_CONSTANTS = 4_000
"""Constants in one expression at most; larger filters are decided in SQL."""

_MILVUS = {Op.EQ: "==", Op.NE: "!=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_LAST_CODE_POINT = 0x10FFFF
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF


@dataclass(frozen=True, slots=True)
class _Expression:
    """Expression text with its size: nested parentheses, and constants."""

    text: str
    depth: int = 0
    constants: int = 1


ALWAYS = _Expression(f'{ID} != ""')
NEVER = _Expression(f'{ID} == ""')


def compile_filter(predicate: Predicate | None) -> str:
    """Compile "the predicate is true" to a Milvus expression; empty for no filter.

    Raises:
        NotExpressible: Milvus cannot decide it in coinvec's meaning (attributes, ILIKE, most LIKE
            patterns, numbers beyond 64 bits), or it is too deep or too large.
    """
    if predicate is None:
        return ""
    return _compile(predicate, wanted=True, depth=0).text


def is_expressible(predicate: Predicate) -> bool:
    """Whether `compile_filter` compiles a predicate."""
    try:
        compile_filter(predicate)
    except NotExpressible:
        return False
    return True


def _compile(predicate: Predicate, *, wanted: bool, depth: int) -> _Expression:
    if depth > MAX_DEPTH:
        raise NotExpressible(f"The filter nests deeper than {MAX_DEPTH} levels.")
    match predicate:
        case Not(part):
            return _compile(part, wanted=not wanted, depth=depth + 1)
        case And(parts) | Or(parts):
            join = _all if isinstance(predicate, And) is wanted else _any
            return join([_compile(part, wanted=wanted, depth=depth + 1) for part in parts])
        case _:
            return _leaf(predicate, wanted=wanted)


def _all(parts: Sequence[_Expression]) -> _Expression:
    return _balanced(parts, "and")


def _any(parts: Sequence[_Expression]) -> _Expression:
    return _balanced(parts, "or")


def _balanced(parts: Sequence[_Expression], word: str) -> _Expression:
    """Join parts as a balanced tree: a chain of a thousand would nest a thousand deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _balanced(parts[:middle], word), _balanced(parts[middle:], word)
    joined = _Expression(
        f"({left.text} {word} {right.text})",
        1 + max(left.depth, right.depth),
        left.constants + right.constants,
    )
    if joined.depth > MAX_DEPTH or joined.constants > MAX_CONSTANTS:
        raise NotExpressible(
            f"The filter has more than {MAX_CONSTANTS:,} constants or {MAX_DEPTH} levels."
        )
    return joined


def _leaf(leaf: Leaf, *, wanted: bool) -> _Expression:
    column = _column(leaf.operand)
    match leaf:
        case IsNull():
            return _is_null(column, wanted=wanted)
        case Comparison(_, op, value):
            test = _comparison(column, op, value, wanted=wanted)
        case InList(_, values):
            test = _membership(column, values, wanted=wanted)
        case Like():
            test = _like(column, leaf, wanted=wanted)
    return _where_known(column, test)


def _column(operand: Operand) -> Column:
    if not isinstance(operand, ColumnRef):
        raise NotExpressible(f"{operand} is not kept in Milvus.")
    return operand.column


def _flag(name: str, *, known: bool) -> _Expression:
    return _Expression(f"{known_flag(name)} == {'true' if known else 'false'}")


def _where_known(column: Column, test: _Expression) -> _Expression:
    if column.kind is Kind.YEAR:
        return _all([_year_known(), test])
    return _all([_flag(column.name, known=True), test]) if column.nullable else test


def _is_null(column: Column, *, wanted: bool) -> _Expression:
    if column.kind is Kind.YEAR:
        missing = [_flag(name, known=False) for name in ("year_from", "year_to")]
        return _all(missing) if wanted else _year_known()
    if not column.nullable:
        return NEVER if wanted else ALWAYS
    return _flag(column.name, known=not wanted)


def _comparison(column: Column, op: Op, value: Literal, *, wanted: bool) -> _Expression:
    if column.kind is Kind.YEAR:
        return _year(op, _exact(value), wanted=wanted)
    op = op if wanted else op.negation
    match column.kind:
        case Kind.INTEGER:
            return _whole(column.name, op, _exact(value))
        case Kind.DECIMAL:
            return _whole(column.name, op, scaled(_exact(value)))
        case Kind.REAL:
            return _Expression(f"{column.name} {_MILVUS[op]} {_real_literal(value)}")
        case _:
            return _Expression(f"{column.name} {_MILVUS[op]} {text_literal(str(value))}")


def _exact(value: Literal) -> Decimal:
    """A number as it is written: the float 0.1 means one tenth."""
    return Decimal(str(value))


def _real_literal(value: Literal) -> str:
    real = float(_exact(value))
    if not math.isfinite(real):
        raise NotExpressible(f"{value} is out of the range of a double.")
    return repr(real)


def _whole(field: str, op: Op, number: Decimal) -> _Expression:
    """Compare a field of whole numbers with any number, exactly."""
    floor = floor_literal(number)
    if floor == number:
        return _Expression(f"{field} {_MILVUS[op]} {floor}")
    match op:
        case Op.EQ:
            return NEVER
        case Op.NE:
            return ALWAYS
        case Op.LT | Op.LE:
            return _Expression(f"{field} <= {floor}")
        case Op.GT | Op.GE:
            return _Expression(f"{field} > {floor}")


def _membership(column: Column, values: Sequence[Literal], *, wanted: bool) -> _Expression:
    if len(values) > MAX_CONSTANTS:
        raise NotExpressible(f"The list has more than {MAX_CONSTANTS:,} constants.")
    if column.kind is Kind.YEAR:
        tests = [_year(Op.EQ, _exact(value), wanted=wanted) for value in values]
        return (_any if wanted else _all)(tests)
    constants = [text for value in values if (text := _constant(column, value)) is not None]
    if not constants:
        return NEVER if wanted else ALWAYS
    word = "in" if wanted else "not in"
    text = f"{column.name} {word} [{', '.join(constants)}]"
    return _Expression(text, constants=len(constants))


def _constant(column: Column, value: Literal) -> str | None:
    """A constant of a list; None where no stored value can equal it."""
    if column.kind is Kind.REAL:
        return _real_literal(value)
    if column.kind not in (Kind.INTEGER, Kind.DECIMAL):
        return text_literal(str(value))
    number = _exact(value) if column.kind is Kind.INTEGER else scaled(_exact(value))
    floor = floor_literal(number)
    return str(floor) if floor == number else None


def _year_known() -> _Expression:
    return _any([_flag(name, known=True) for name in ("year_from", "year_to")])


def _year(op: Op, year: Decimal, *, wanted: bool) -> _Expression:
    """`year op y`, or its denial, where at least one end is known.

    Denying is not comparing with the opposite operator: `year < y` asks whether a coin older than
    y exists, and its denial that none does, which is not that one of y or younger exists.
    """
    tests = _YEAR_TESTS[op]
    parts = [
        _end(name, test if wanted else test.negation, year, open_end=wanted) for name, test in tests
    ]
    every = op is not Op.NE
    return (_all if every is wanted else _any)(parts)


_YEAR_TESTS: dict[Op, list[tuple[str, Op]]] = {
    Op.EQ: [("year_from", Op.LE), ("year_to", Op.GE)],
    Op.NE: [("year_from", Op.NE), ("year_to", Op.NE)],
    Op.LT: [("year_from", Op.LT)],
    Op.LE: [("year_from", Op.LE)],
    Op.GT: [("year_to", Op.GT)],
    Op.GE: [("year_to", Op.GE)],
}
"""What `year op y` asks of each end; for `!=` either suffices."""


def _end(name: str, op: Op, year: Decimal, *, open_end: bool) -> _Expression:
    """One end of the span compared; a missing end passes where it counts as open."""
    test = _whole(name, op, year)
    flag = _flag(name, known=not open_end)
    return (_any if open_end else _all)([flag, test])


def _like(column: Column, like: Like, *, wanted: bool) -> _Expression:
    beginning, is_whole = _literal_beginning(like)
    if is_whole:
        return _Expression(f"{column.name} {'==' if wanted else '!='} {text_literal(beginning)}")
    if not beginning:
        return ALWAYS if wanted else NEVER
    low = f"{column.name} {'>=' if wanted else '<'} {text_literal(beginning)}"
    bounds = [_Expression(low)]
    if (after := _successor(beginning)) is not None:
        high = f"{column.name} {'<' if wanted else '>='} {text_literal(after)}"
        bounds.append(_Expression(high))
    return (_all if wanted else _any)(bounds)


def _literal_beginning(like: Like) -> tuple[str, bool]:
    """The text a pattern fixes, and whether it fixes the whole (no `%` at its end)."""
    if like.ignore_case:
        raise NotExpressible("Milvus has no ILIKE.")
    beginning, chars = "", iter(like.pattern)
    for char in chars:
        if char == like.escape:
            beginning += next(chars)
        elif char == "%" and set(chars) <= {"%"} - {like.escape}:
            return beginning, False
        elif char in "%_":
            raise NotExpressible(f"LIKE {like.pattern!r} fixes more than a beginning.")
        else:
            beginning += char
    return beginning, True


def _successor(beginning: str) -> str | None:
    """The least text after all that begin so, by code point; None where there is none."""
    kept = beginning.rstrip(chr(_LAST_CODE_POINT))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    if following == _FIRST_SURROGATE:
        following = _LAST_SURROGATE + 1
    return kept[:-1] + chr(following)

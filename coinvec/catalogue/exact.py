"""Comparisons of whole-number columns with any number, exact on every engine.

Years and face values (as millionths) are kept as integers of a known range. A literal may be any
number: a fraction, or one far outside of what a database integer holds. Each is turned into an
integer of the range, or one just outside of it, that compares with every stored value the same
way, so no engine ever rounds or overflows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy import ColumnElement

from coinvec.catalogue.coins_view import Expression
from coinvec.domain.predicates import Literal, Op


@dataclass(frozen=True, slots=True, eq=False)
class IntegerColumn:
    """A column of integers that stand for numbers.

    Attributes:
        expression: The column, as SQL integers.
        limit: No stored integer is further from 0 than this.
        decimals: The stored integer is the number × 10^decimals.
    """

    expression: Expression
    limit: int
    decimals: int = 0

    def compare(self, op: Op, literal: Literal) -> ColumnElement[bool]:
        """The comparison, NULL where the column is NULL."""
        number, whole = self._floor(literal)
        match op:
            case Op.EQ | Op.NE if not whole:
                number = self.limit + 1
            case Op.LT | Op.GE if not whole:
                number += 1  # no integer lies between a fraction and the integer above it
        return self.expression.bool_op(op.value)(number)

    def is_in(self, literals: Iterable[Literal]) -> ColumnElement[bool]:
        """`IN`: equal to one of the literals; NULL where the column is NULL."""
        floors = [self._floor(literal) for literal in literals]
        return self.expression.in_([floor for floor, whole in floors if whole] or [self.limit + 1])

    def _floor(self, literal: Literal) -> tuple[int, bool]:
        """The scaled literal rounded down and kept near the range; whether it was whole."""
        scaled = exact(literal)
        sign, digits, exponent = scaled.as_tuple()
        scaled = Decimal((sign, digits, int(exponent) + self.decimals))
        if not -self.limit <= scaled <= self.limit:
            return (self.limit + 1) * (-1 if sign else 1), True
        floor = scaled.to_integral_value(ROUND_FLOOR)
        return int(floor), floor == scaled


@dataclass(frozen=True, slots=True, eq=False)
class YearColumns:
    """The virtual column `year`, by the rules of `coinvec.domain.predicates.Comparison`.

    Attributes:
        first: First year, below every literal where open; NULL where both ends are unknown.
        last: Last year, above every literal where open; NULL where both ends are unknown.
    """

    first: IntegerColumn
    last: IntegerColumn

    def compare(self, op: Op, literal: Literal) -> ColumnElement[bool]:
        """The comparison, NULL where both ends are unknown."""
        match op:
            case Op.EQ:
                return self.first.compare(Op.LE, literal) & self.last.compare(Op.GE, literal)
            case Op.NE:
                return self.first.compare(op, literal) | self.last.compare(op, literal)
            case Op.LT | Op.LE:
                return self.first.compare(op, literal)
            case _:
                return self.last.compare(op, literal)


def exact(literal: Literal) -> Decimal:
    """The number a literal means; a float means the decimal number it is written as."""
    return Decimal(repr(literal) if isinstance(literal, float) else literal)

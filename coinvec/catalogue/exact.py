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
from coinvec.catalogue.sql_functions import Among
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
        number, whole = self.floor(literal)
        match op:
            case Op.EQ | Op.NE if not whole:
                number = self.limit + 1
            case Op.LT | Op.GE if not whole:
                number += 1  # no integer lies between a fraction and the integer above it
        return self.expression.bool_op(op.value)(number)

    def is_in(self, literals: Iterable[Literal]) -> ColumnElement[bool]:
        """`IN`: equal to one of the literals; NULL where the column is NULL."""
        floors = {self.floor(literal) for literal in literals}
        members = sorted(floor for floor, whole in floors if whole)
        return Among(self.expression, members or [self.limit + 1])

    def floor(self, literal: Literal) -> tuple[int, bool]:
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

    def is_in(self, literals: Iterable[Literal]) -> list[ColumnElement[bool]]:
        """Conditions of which one must hold: a year of the list lies in the span."""
        return [
            self.first.expression.bool_op("<=")(high) & self.last.expression.bool_op(">=")(low)
            for low, high in self.runs(literals)
        ]

    def runs(self, literals: Iterable[Literal]) -> list[tuple[int, int]]:
        """The years of a list as runs, so that a list of a thousand years is one condition.

        Returns:
            First and last year of each run. A fraction, which lies in the spans that reach from
            the year below it to the one above, is such a run backwards.
        """
        runs: list[tuple[int, int]] = []
        for year, whole in sorted({self.first.floor(literal) for literal in literals}):
            if not whole:
                runs.append((year + 1, year))
            elif runs and runs[-1][1] == year - 1 and runs[-1][0] <= runs[-1][1]:
                runs[-1] = (runs[-1][0], year)
            else:
                runs.append((year, year))
        return runs


def exact(literal: Literal) -> Decimal:
    """The number a literal means; a float means the decimal number it is written as."""
    return Decimal(repr(literal) if isinstance(literal, float) else literal)

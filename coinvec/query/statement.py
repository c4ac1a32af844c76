"""A statement as a value: what is asked of `coins`, typed and checked."""

from dataclasses import dataclass

from coinvec.domain.predicates import Predicate
from coinvec.domain.tables import SqlColumn
from coinvec.query.expressions import Aggregate, ColumnValue, Expression, aggregates, parts

SIMILARITY = "similarity"
"""The column that a statement has which names photos."""


@dataclass(frozen=True, slots=True)
class Output:
    """One column of the answer."""

    name: str
    expression: Expression

    @property
    def column(self) -> SqlColumn:
        """Its name and type."""
        return SqlColumn(self.name, self.expression.type)


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One term of ORDER BY; unknown values come last unless told otherwise."""

    expression: Expression
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT over `coins`, which has a row for each design.

    Attributes:
        outputs: The columns of the answer.
        where: What of WHERE is a filter; a design is there if one of its images matches.
        conditions: What else of WHERE must be true of a row.
        group_by: What rows are put together by.
        having: What must be true of a group.
        order_by: How rows of the answer are ordered; those that tie, by their ids or values.
        distinct: Whether equal rows of the answer are one.
        limit: How many rows are answered at most.
        offset: How many rows are passed over.
        photos: Names of the parameters that are photos of the coin: none, one or two.
        explain: Whether the plan is asked for.
    """

    outputs: tuple[Output, ...]
    where: Predicate | None = None
    conditions: tuple[Expression, ...] = ()
    group_by: tuple[Expression, ...] = ()
    having: Expression | None = None
    order_by: tuple[OrderTerm, ...] = ()
    distinct: bool = False
    limit: int | None = None
    offset: int = 0
    photos: tuple[str, ...] = ()
    explain: bool = False

    @property
    def columns(self) -> tuple[SqlColumn, ...]:
        """Names and types of the answer's columns."""
        return tuple(output.column for output in self.outputs)

    @property
    def window(self) -> int | None:
        """How many rows are made at most, those passed over included."""
        return None if self.limit is None else self.offset + self.limit

    @property
    def results(self) -> list[Expression]:
        """The expressions that are evaluated once rows are grouped, or at once without groups."""
        having = () if self.having is None else (self.having,)
        ordering = (term.expression for term in self.order_by)
        return [*(output.expression for output in self.outputs), *having, *ordering]

    @property
    def aggregates(self) -> list[Aggregate]:
        """The different aggregates."""
        return aggregates(self.results)

    @property
    def is_grouped(self) -> bool:
        """Whether a row of the answer stands for a group of designs."""
        return bool(self.group_by or self.aggregates or self.having is not None)

    @property
    def read(self) -> tuple[ColumnValue, ...]:
        """The columns whose values are needed."""
        named = (*self.conditions, *self.group_by, *self.results)
        found = (part for each in named for part in parts(each))
        return tuple(dict.fromkeys(each for each in found if isinstance(each, ColumnValue)))

"""What a statement calculates: a typed tree over the columns of `coins`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coinvec.domain.tables import SqlType, Value


@dataclass(frozen=True, slots=True)
class Operation:
    """A function or operator.

    Attributes:
        name: As it is written.
        apply: Gives the value for values of the arguments; it gives NULL, and is not asked, where
            one of them is NULL.
        takes_null: It is asked nevertheless.
    """

    name: str
    apply: Callable[..., Value]
    takes_null: bool = False

    def __call__(self, *values: Value) -> Value:
        """The value for values of the arguments."""
        if not self.takes_null and None in values:
            return None
        return self.apply(*values)


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A column of a row."""

    name: str
    type: SqlType


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that was written, or given as a parameter."""

    value: Value
    type: SqlType


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator and what it is applied to."""

    operation: Operation
    arguments: tuple["Expression", ...]
    type: SqlType


class Fold(StrEnum):
    """How an aggregate makes one value of many."""

    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate; without argument it is `count(*)`. NULLs do not take part."""

    fold: Fold
    argument: "Expression | None"
    distinct: bool
    type: SqlType


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a tuple of values that are known already."""

    place: int
    type: SqlType


Expression = ColumnValue | Constant | Call | Aggregate | Slot


def parts(expression: Expression) -> Iterator[Expression]:
    """An expression and all it is made of."""
    yield expression
    match expression:
        case Call(_, arguments):
            for argument in arguments:
                yield from parts(argument)
        case Aggregate(_, argument) if argument is not None:
            yield from parts(argument)


def aggregates(expressions: Sequence[Expression]) -> list[Aggregate]:
    """The different aggregates in expressions."""
    found = (part for each in expressions for part in parts(each) if isinstance(part, Aggregate))
    return list(dict.fromkeys(found))


def bound(expression: Expression, known: Mapping[Expression, int]) -> Expression:
    """The expression with what is known replaced by its place in a tuple of values."""
    if expression in known:
        return Slot(known[expression], expression.type)
    if isinstance(expression, Call):
        arguments = tuple(bound(each, known) for each in expression.arguments)
        return Call(expression.operation, arguments, expression.type)
    return expression


def evaluate(expression: Expression, values: Sequence[Value]) -> Value:
    """The value of a bound expression.

    Args:
        expression: Made by `bound`; nothing of it refers to columns or rows any more.
        values: What its slots stand for.

    Raises:
        InvalidValueError: A number is too large to be calculated with.
    """
    match expression:
        case Slot(place):
            return values[place]
        case Constant(value):
            return value
        case Call(operation, arguments):
            return operation(*[evaluate(each, values) for each in arguments])
        case _:
            raise TypeError(f"{expression} is not bound")

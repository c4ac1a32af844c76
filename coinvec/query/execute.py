"""Rows of `coins` to the rows of an answer.

Engines filter and count; what a statement calculates from that is calculated here, so that it
means the same on all of them. They hand over each different combination of the needed values once,
with the number of designs that have it: a count by country reads a row for each country.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from coinvec.domain.tables import Value
from coinvec.errors import InvalidValueError
from coinvec.query.arithmetic import mean, total
from coinvec.query.expressions import (
    Aggregate,
    Expression,
    Fold,
    bound,
    evaluate,
)
from coinvec.query.statement import Statement

Values = tuple[Value, ...]

Item = TypeVar("Item")

TIME_LIMIT_S = 60.0
"""Longest calculation, in seconds. What there is to calculate grows with the rows and with the
length of the statement, and with nothing else."""
_SLACK = 10_000
"""Rows that are kept beyond those asked for before the last of them are let go."""


class CoinRow(NamedTuple):
    """Designs of `coins` that are alike in all that a statement reads.

    Attributes:
        values: Values of `Statement.read`.
        times: How many designs; 1 where a row of the answer stands for a design.
        key: What orders those that are alike; empty where several designs are one row.
    """

    values: Values
    times: int
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer, and how many there are without LIMIT and OFFSET."""

    rows: tuple[Values, ...]
    total: int


class _Candidate(NamedTuple):
    """A row of the answer: its values, those it is ordered by, and its key among equals."""

    values: Values
    order: Values
    key: tuple[Any, ...]


def execute(statement: Statement, rows: Iterable[CoinRow]) -> Answer:
    """Answer a statement from the rows that its filter lets through, in any order.

    Raises:
        InvalidValueError: A number or text of the answer is too large, or it took too long.
    """
    deadline = time.monotonic() + TIME_LIMIT_S
    kept = _in_time(_kept(statement, _in_time(rows, deadline)), deadline)
    candidates = _grouped(statement, kept) if statement.is_grouped else _single(statement, kept)
    if statement.distinct:
        candidates = iter({each.values: each for each in candidates}.values())
    return _page(statement, _in_time(candidates, deadline))


def _in_time(items: Iterable[Item], deadline: float) -> Iterator[Item]:
    for item in items:
        if time.monotonic() > deadline:
            raise InvalidValueError(
                f"the statement took longer than {TIME_LIMIT_S:.0f} s to calculate.",
                hint="Narrow it by WHERE, or calculate less.",
            )
        yield item


def _kept(statement: Statement, rows: Iterable[CoinRow]) -> Iterator[CoinRow]:
    places = _columns(statement)
    conditions = [bound(each, places) for each in statement.conditions]
    return (row for row in rows if all(evaluate(each, row.values) is True for each in conditions))


def _columns(statement: Statement) -> dict[Expression, int]:
    """The place of each column in the values of a row."""
    return {column: place for place, column in enumerate(statement.read)}


def _single(statement: Statement, rows: Iterable[CoinRow]) -> Iterator[_Candidate]:
    candidate = _candidates(statement, _columns(statement))
    return (candidate(row.values, () if statement.distinct else row.key) for row in rows)


def _candidates(
    statement: Statement, known: dict[Expression, int]
) -> Callable[[Values, tuple[Any, ...]], _Candidate]:
    """Makes candidates from the values of what is known."""
    outputs = [bound(output.expression, known) for output in statement.outputs]
    terms = [bound(term.expression, known) for term in statement.order_by]

    def made(values: Values, key: tuple[Any, ...]) -> _Candidate:
        answered = tuple(evaluate(each, values) for each in outputs)
        order = tuple(evaluate(each, values) for each in terms)
        return _Candidate(answered, order, key or tuple(map(_last_if_null, answered)))

    return made


# --- groups ------------------------------------------------------------------------------------


def _grouped(statement: Statement, rows: Iterable[CoinRow]) -> Iterator[_Candidate]:
    places = _columns(statement)
    keys = [bound(each, places) for each in statement.group_by]
    folds = statement.aggregates
    folded = [None if each.argument is None else bound(each.argument, places) for each in folds]
    groups: dict[Values, list[dict[Value, int]]] = {}
    if not keys:  # without GROUP BY there is one group, be it empty
        groups[()] = [{} for _ in folds]
    for row in rows:
        key = tuple(evaluate(each, row.values) for each in keys)
        tallies = groups.setdefault(key, [{} for _ in folds])
        for argument, tally in zip(folded, tallies, strict=True):
            value = True if argument is None else evaluate(argument, row.values)
            tally[value] = tally.get(value, 0) + row.times
    known = {each: place for place, each in enumerate((*statement.group_by, *folds))}
    having = None if statement.having is None else bound(statement.having, known)
    candidate = _candidates(statement, known)
    for key, tallies in groups.items():
        results = map(_folded, folds, tallies)
        values = (*key, *results)
        if having is None or evaluate(having, values) is True:
            yield candidate(values, tuple(map(_last_if_null, key)) or (0,))


def _folded(aggregate: Aggregate, tally: dict[Value, int]) -> Value:
    """The aggregate of values that each occur some times."""
    counted = [(value, times) for value, times in tally.items() if value is not None]
    if aggregate.distinct:
        counted = [(value, 1) for value, _ in counted]
    numbers: Any = counted
    match aggregate.fold:
        case Fold.COUNT:
            return sum(times for _, times in counted)
        case Fold.SUM:
            return total(numbers) if counted else None
        case Fold.AVG:
            return mean(numbers)
        case Fold.MIN:
            return min((value for value, _ in numbers), default=None)
        case Fold.MAX:
            return max((value for value, _ in numbers), default=None)


# --- order and page ----------------------------------------------------------------------------


def _page(statement: Statement, candidates: Iterator[_Candidate]) -> Answer:
    wanted = statement.window
    best: list[_Candidate] = []
    count = 0
    for candidate in candidates:
        count += 1
        best.append(candidate)
        if wanted is not None and len(best) >= wanted + _SLACK:
            best = _ordered(statement, best)[:wanted]
    best = _ordered(statement, best)[statement.offset : wanted]
    return Answer(tuple(each.values for each in best), count)


def _ordered(statement: Statement, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates in order: a stable sort by each term, the last first."""
    ordered = sorted(candidates, key=lambda each: each.key)
    for place, term in reversed(list(enumerate(statement.order_by))):
        unknown = [each for each in ordered if each.order[place] is None]
        known = [each for each in ordered if each.order[place] is not None]
        known.sort(key=_by(place), reverse=term.descending)
        ordered = unknown + known if term.nulls_first else known + unknown
    return ordered


def _by(place: int) -> Callable[[_Candidate], Any]:
    return lambda each: each.order[place]


def _last_if_null(value: Value) -> tuple[bool, Any]:
    """What a value is ordered by among values of its type; unknown ones come last."""
    return (value is None, 0 if value is None else value)

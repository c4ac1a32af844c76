"""Statements that ask for the first of a ranking, which an index can answer."""

from dataclasses import dataclass

from coinvec.domain.choices import K_MAX
from coinvec.domain.tables import SqlType
from coinvec.query.expressions import Call, ColumnValue, Constant, Expression, bound, evaluate
from coinvec.query.statement import SIMILARITY, OrderTerm, Statement

_SIMILARITY = ColumnValue(SIMILARITY, SqlType.REAL)
_BOUNDS = {(">=", 0), (">", 0), ("<=", 1), ("<", 1)}
"""Comparisons of which similarity is the first or second operand, and that bound it from below."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first rows by falling similarity.

    Attributes:
        window: How many, those passed over by OFFSET included.
        bounds: Conditions that hold of a similarity and all above, or of none below.
    """

    window: int
    bounds: tuple[Expression, ...]

    def reaches(self, similarity: float) -> bool:
        """Whether a similarity meets the bounds."""
        return all(evaluate(each, (similarity,)) is True for each in self.bounds)


def ranking_of(statement: Statement) -> Ranking | str:
    """The ranking whose first rows a statement asks for, or why it asks for more than that."""
    if statement.is_grouped or statement.distinct:
        return "rows are put together"
    if statement.order_by != (OrderTerm(_SIMILARITY, descending=True),):
        return "rows are not ordered by falling similarity alone"
    window = statement.window
    if window is None:
        return "there is no LIMIT"
    if not all(_is_bound(each) for each in statement.conditions):
        return "more is calculated of rows than whether they are similar enough"
    if window > K_MAX:
        return f"more than {K_MAX:,} rows are ranked"
    bounds = tuple(bound(each, {_SIMILARITY: 0}) for each in statement.conditions)
    return Ranking(window, bounds)


def _is_bound(condition: Expression) -> bool:
    if not isinstance(condition, Call) or _SIMILARITY not in condition.arguments:
        return False
    place = condition.arguments.index(_SIMILARITY)
    constants = [each for each in condition.arguments if isinstance(each, Constant)]
    return (condition.operation.name, place) in _BOUNDS and len(constants) == 1

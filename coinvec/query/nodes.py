"""The nodes a statement's syntax tree may hold, and what reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlglot import exp

from coinvec.errors import ExpressionError, InvalidValueError
from coinvec.query.build import FILTER_PARTS
from coinvec.query.statement_words import STATEMENT_HINT
from coinvec.query.syntax import position_of

_BINARY: Final = frozenset({"this", "expression"})
ARITHMETIC: Final[dict[type[exp.Expr], str]] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
}
COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
STATEMENT_PARTS: Final[dict[type[exp.Expr], frozenset[str]]] = {
    **FILTER_PARTS,
    **dict.fromkeys(ARITHMETIC, _BINARY | {"typed", "safe"}),
    exp.DPipe: _BINARY | {"safe"},
    exp.Anonymous: frozenset({"this", "expressions"}),
    exp.Distinct: frozenset({"expressions"}),
    exp.Star: frozenset(),
    exp.Case: frozenset({"this", "ifs", "default"}),
    exp.If: frozenset({"this", "true"}),
    exp.Alias: frozenset({"this", "alias"}),
}
"""The parts each class of node may hold."""


class NodeReader:
    """Reads nodes of one statement, and refuses them with their places.

    Args:
        text: The statement, for messages.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def check(self, node: exp.Expr) -> None:
        """Refuse a node of a class, or with a part, that the language does not have."""
        allowed = STATEMENT_PARTS.get(type(node))
        if allowed is None or given_parts(node) - allowed:
            raise self.refusal(node, "this is not part of a statement.", STATEMENT_HINT)

    def refusal(self, node: exp.Expr, message: str, hint: str) -> ExpressionError:
        """The refusal of a part, with its place."""
        return ExpressionError(message, text=self._text, position=position_of(node), hint=hint)

    @contextmanager
    def blaming(self, node: exp.Expr) -> Iterator[None]:
        """Give an error raised about a value the place of the node it stands at."""
        try:
            yield
        except InvalidValueError as error:
            raise self.refusal(node, error.message, error.hint) from None


def given_parts(node: exp.Expr) -> set[str]:
    """Names of the parts that a node has."""
    return {name for name, part in node.args.items() if part not in (None, False, [])}

"""Tokens to sqlglot's syntax tree. What the tree may hold is decided in `coinvec.query.build`."""

from typing import Any

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError

from coinvec.errors import ExpressionError
from coinvec.query.dialect import CoinvecFilter
from coinvec.query.scan import GRAMMAR_HINT, scan, unfit


def parse_condition(text: str) -> exp.Expr:
    """Parse a filter into a syntax tree whose leaves know their places.

    Args:
        text: A filter expression.

    Raises:
        ExpressionError: The text is no expression of the dialect.
    """
    words = scan(text)
    # With the whole text as context, what stands before a fault is as long as its position.
    reader = CoinvecFilter().parser(
        error_level=ErrorLevel.IMMEDIATE, error_message_context=len(text)
    )
    try:
        (tree,) = reader.parse_into(exp.Condition, words, text)
    except ParseError as error:
        raise _misfit(text, error.errors[0], words[-1].end) from None
    if tree is None:
        raise unfit(text, words[0].start, words[0].text)
    return tree


def position_of(node: exp.Expr) -> int | None:
    """Where a part of the tree begins in the text, or the least whole around it that knows."""
    around: exp.Expr | None = node
    while around is not None:
        starts = [part.meta["start"] for part in around.walk() if "start" in part.meta]
        if starts:
            return int(min(starts))
        around = around.parent
    return None


def _misfit(text: str, fault: dict[str, Any], end: int) -> ExpressionError:
    place, word = len(fault["start_context"]), fault["highlight"]
    at_the_end = place + len(word) > end and word not in (")", "]")
    if not at_the_end or "Unexpected token" in fault["description"]:
        return unfit(text, place, word)
    return ExpressionError(
        "the filter breaks off here.", text=text, position=end + 1, hint=GRAMMAR_HINT
    )

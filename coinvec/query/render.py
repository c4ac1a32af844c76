"""Predicate to its canonical filter text, for explanations and messages."""

from decimal import Decimal

from coinvec.domain.predicates import (
    And,
    Comparison,
    InList,
    IsNull,
    Leaf,
    Like,
    Literal,
    Not,
    Or,
    Predicate,
)


def render_filter(predicate: Predicate) -> str:
    """Write a predicate as the text that `parse_filter` reads as the same predicate.

    A float, which parsing never makes, is written in its shortest decimal form and read back as
    that `Decimal`. BETWEEN appears as the two comparisons it stands for.

    Args:
        predicate: Any predicate; one nested deeper than `DEPTH_LIMIT` cannot be read back.

    Returns:
        One line, unless a text in it has several.
    """
    match predicate:
        case And(parts):
            return " AND ".join(_enclosed(part) for part in parts)
        case Or(parts):
            return " OR ".join(_enclosed(part) for part in parts)
        case Not(InList() | Like() | IsNull() as leaf):
            return _leaf(leaf, "NOT ")
        case Not(part):
            return f"NOT {_enclosed(part)}"
        case leaf:
            return _leaf(leaf, "")


def _enclosed(part: Predicate) -> str:
    text = render_filter(part)
    return f"({text})" if isinstance(part, And | Or) else text


def _leaf(leaf: Leaf, negation: str) -> str:
    match leaf:
        case Comparison(operand, op, value):
            return f"{operand} {op.value} {_literal(value)}"
        case InList(operand, values):
            return f"{operand} {negation}IN ({', '.join(map(_literal, values))})"
        case IsNull(operand):
            return f"{operand} IS {negation}NULL"
        case Like(operand, pattern, ignore_case, escape):
            word = f"{negation}{'ILIKE' if ignore_case else 'LIKE'}"
            ending = "" if escape is None else f" ESCAPE {_literal(escape)}"
            return f"{operand} {word} {_literal(pattern)}{ending}"


def _literal(value: Literal) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return format(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), "f")

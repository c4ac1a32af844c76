"""Syntax tree to predicate: a walk that knows what it accepts and refuses all else.

Every node must be of a class listed in `FILTER_PARTS` and may hold nothing but the parts listed
there: what sqlglot understands beyond that (today or in a later release) is refused, never ignored.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlglot import exp

from coinvec.domain.columns import COLUMNS
from coinvec.domain.predicates import (
    And,
    AttributeRef,
    Comparison,
    InList,
    IsNull,
    Like,
    Literal,
    Not,
    Op,
    Operand,
    Or,
    Predicate,
)
from coinvec.errors import ExpressionError, InvalidValueError
from coinvec.query.constants import Parameters, read_number, suited
from coinvec.query.names import ATTRIBUTES, resolve_column
from coinvec.query.scan import CONSTANT_HINT, GRAMMAR_HINT
from coinvec.query.syntax import position_of

_BINARY: Final = frozenset({"this", "expression"})
_OPS: Final[dict[type[exp.Expr], Op]] = {
    exp.EQ: Op.EQ,
    exp.NEQ: Op.NE,
    exp.LT: Op.LT,
    exp.LTE: Op.LE,
    exp.GT: Op.GT,
    exp.GTE: Op.GE,
}
_MIRRORED: Final = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}
FILTER_PARTS: Final[dict[type[exp.Expr], frozenset[str]]] = {
    **dict.fromkeys((exp.And, exp.Or, exp.Escape, exp.Is, *_OPS), _BINARY),
    **dict.fromkeys((exp.Like, exp.ILike), _BINARY | {"negate"}),
    **dict.fromkeys((exp.Not, exp.Paren, exp.Neg, exp.Boolean), frozenset({"this"})),
    exp.In: frozenset({"this", "expressions", "field"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Bracket: frozenset({"this", "expressions"}),
    exp.Column: frozenset({"this"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Placeholder: frozenset({"this"}),
    exp.Null: frozenset(),
}
"""The parts each class of node may hold."""
_FOREIGN: Final[dict[type[exp.Expr], tuple[str, str]]] = {
    exp.Sub: ("a filter does not calculate.", CONSTANT_HINT),
    exp.Tuple: ("lists stand only after IN.", CONSTANT_HINT),
}
_FOREIGN_PARTS: Final = {
    "table": ("columns stand without a table.", "Write the column's name alone."),
}
_NAMING: Final = (exp.Column, exp.Bracket)
_CONSTANT: Final = (exp.Literal, exp.Neg, exp.Placeholder, exp.Null, exp.Boolean)


class PredicateBuilder:
    """Builds the predicate of one filter text.

    Args:
        text: The text, for messages.
        parameters: Values of its parameters.
        read_texts: Whether a parameter that is a text may stand for a number.
    """

    def __init__(self, text: str, parameters: Parameters, *, read_texts: bool = False) -> None:
        self._text = text
        self._parameters = parameters
        self._read_texts = read_texts
        self._builders: dict[type[exp.Expr], Callable[[exp.Expr], Predicate]] = {
            exp.And: self._joined,
            exp.Or: self._joined,
            exp.Not: lambda node: Not(self.build(node.this)),
            exp.Paren: lambda node: self.build(node.this),
            **dict.fromkeys(_OPS, self._comparison),
            exp.Between: self._between,
            exp.In: self._in_list,
            exp.Like: self._like,
            exp.ILike: self._like,
            exp.Escape: self._like,
            exp.Is: self._is_null,
        }

    def build(self, node: exp.Expr) -> Predicate:
        """The predicate a condition stands for.

        Args:
            node: A syntax tree made of the text.

        Raises:
            ExpressionError: The tree holds something that is not part of the language.
        """
        self._check(node)
        builder = self._builders.get(type(node))
        if builder is None:
            raise self._no_condition(node)
        return builder(node)

    def _joined(self, node: exp.Expr) -> Predicate:
        """A chain of AND or of OR; a loop, for sqlglot nests it as deep as it is long."""
        kind, parts = type(node), []
        while type(node) is kind:
            self._check(node)
            parts.append(node.expression)
            node = node.this
        built = tuple(self.build(part) for part in (node, *reversed(parts)))
        return And(built) if kind is exp.And else Or(built)

    def _comparison(self, node: exp.Expr) -> Predicate:
        left, right, op = bare(node.this), bare(node.expression), _OPS[type(node)]
        if isinstance(left, _CONSTANT) and isinstance(right, _NAMING):
            left, right, op = right, left, _MIRRORED.get(op, op)
        operand = self._operand(left)
        if isinstance(right, exp.Null):
            advice = f"{operand} IS {'NOT ' if op is Op.NE else ''}NULL"
            raise self._refusal(right, "nothing equals NULL.", f"Use {advice}.")
        return Comparison(operand, op, self._constant(right, operand))

    def _between(self, node: exp.Expr) -> Predicate:
        operand = self._operand(node.this)
        low, high = (self._constant(node.args[end], operand) for end in ("low", "high"))
        return And((Comparison(operand, Op.GE, low), Comparison(operand, Op.LE, high)))

    def _in_list(self, node: exp.Expr) -> Predicate:
        operand = self._operand(node.this)
        parts = node.args.get("expressions") or []
        if not parts:
            alone = node.args.get("field")
            if not isinstance(alone, exp.Placeholder):
                message = f"{operand} IN needs a list."
                raise self._refusal(alone or node, message, "Write IN ('a', 'b') or IN :list.")
            parts = [alone]
        return InList(
            operand, tuple(value for part in parts for value in self._many(part, operand))
        )

    def _many(self, node: exp.Expr, operand: Operand) -> Iterator[Literal]:
        part = bare(node)
        if not isinstance(part, exp.Placeholder):
            yield self._constant(part, operand)
            return
        self._check(part)
        with self._blaming(part):
            for value in self._parameters.many(part.name):
                yield suited(operand, value, read_texts=self._read_texts)

    def _like(self, node: exp.Expr) -> Predicate:
        escape = None
        if isinstance(node, exp.Escape):
            node, escape = node.this, node.expression
            self._check(node)
        if not isinstance(node, exp.Like | exp.ILike):
            raise self._refusal(node, "ESCAPE belongs to LIKE and ILIKE.", GRAMMAR_HINT)
        operand = self._operand(node.this)
        pattern = node.expression
        with self._blaming(pattern):
            like = Like(
                operand,
                self._text_of(pattern),
                ignore_case=isinstance(node, exp.ILike),
                escape=None if escape is None else self._text_of(escape),
            )
        return Not(like) if node.args.get("negate") else like

    def _text_of(self, node: exp.Expr) -> str:
        value = self._value(bare(node))
        if not isinstance(value, str):
            raise self._refusal(node, "LIKE needs a text.", "Write it in single quotes.")
        return value

    def _is_null(self, node: exp.Expr) -> Predicate:
        operand, other = self._operand(node.this), node.expression
        if not isinstance(other, exp.Null):
            raise self._refusal(other, "only NULL stands after IS.", "Use = to compare.")
        return IsNull(operand)

    def _operand(self, node: exp.Expr) -> Operand:
        named = bare(node)
        if type(named) in _OPS:
            raise self._refusal(named, "comparisons do not chain.", "Join two with AND.")
        if isinstance(named, _CONSTANT):
            raise self._refusal(named, "a column is missing here.", CONSTANT_HINT)
        self._check(named)
        if isinstance(named, exp.Bracket):
            return self._attribute(named)
        if not isinstance(named, exp.Column):
            raise self._refusal(named, "this is no column.", CONSTANT_HINT)
        self._check(named.this)
        with self._blaming(named):
            return resolve_column(named.name, quoted=bool(named.this.args.get("quoted")))

    def _attribute(self, node: exp.Bracket) -> Operand:
        named, keys = node.this, node.expressions
        plain = isinstance(named, exp.Column) and named.name.lower() == ATTRIBUTES
        if not plain or len(keys) != 1 or not keys[0].is_string:
            raise self._refusal(node, "only attr has keys, one text each.", "Write attr['key'].")
        self._check(named)
        return AttributeRef(keys[0].name)

    def _constant(self, node: exp.Expr, operand: Operand) -> Literal:
        constant = bare(node)
        if isinstance(constant, _NAMING):
            raise self._two_columns(constant)
        value = self._value(constant)
        given = isinstance(constant, exp.Placeholder)
        with self._blaming(constant):
            return suited(operand, value, read_texts=given and self._read_texts)

    def _value(self, node: exp.Expr) -> Literal:
        self._check(node)
        with self._blaming(node):
            match node:
                case exp.Placeholder():
                    return self._parameters.one(node.name)
                case exp.Literal(is_string=True):
                    return node.name
                case exp.Literal():
                    return read_number(node.name)
                case exp.Neg(this=exp.Literal(is_string=False) as number):
                    return read_number(f"-{number.name}")
        if isinstance(node, exp.Null):
            raise self._refusal(node, "nothing equals NULL.", "Use IS NULL or IS NOT NULL.")
        if isinstance(node, exp.Boolean):
            raise self._refusal(node, "no column holds TRUE or FALSE.", GRAMMAR_HINT)
        raise self._refusal(node, "this is no constant.", CONSTANT_HINT)

    def _two_columns(self, node: exp.Expr) -> ExpressionError:
        """The refusal of a name where a constant belongs: mostly a text in the wrong quotes."""
        if isinstance(node, exp.Bracket) or node.name.lower() in COLUMNS:
            message = f"{self._operand(node)} is no constant."
            return self._refusal(node, message, CONSTANT_HINT)
        text = node.name.replace("'", "''")
        message = f"{node.name!r} is a name here, and a constant is needed."
        return self._refusal(node, message, f"Texts stand in single quotes: '{text}'.")

    def _no_condition(self, node: exp.Expr) -> ExpressionError:
        if isinstance(node, _NAMING):
            operand = self._operand(node)
            return self._refusal(
                node, f"{operand} alone is no condition.", f"Write e.g. {operand} IS NOT NULL."
            )
        if isinstance(node, exp.Boolean):
            return self._refusal(node, "TRUE and FALSE alone are no conditions.", GRAMMAR_HINT)
        return self._refusal(node, "a constant alone is no condition.", GRAMMAR_HINT)

    def _check(self, node: exp.Expr) -> None:
        """Refuse a node of a class, or with a part, that the language does not have."""
        allowed = FILTER_PARTS.get(type(node))
        if allowed is None:
            message, hint = _FOREIGN.get(type(node), (_foreign(node), GRAMMAR_HINT))
            raise self._refusal(node, message, hint)
        for name, part in node.args.items():
            if name not in allowed and part not in (None, False, []):
                message, hint = _FOREIGN_PARTS.get(name, (_foreign(node), GRAMMAR_HINT))
                raise self._refusal(node, message, hint)

    @contextmanager
    def _blaming(self, node: exp.Expr) -> Iterator[None]:
        """Give an error raised about a value the place of the node it stands at."""
        try:
            yield
        except InvalidValueError as error:
            raise self._refusal(node, error.message, error.hint) from None

    def _refusal(self, node: exp.Expr, message: str, hint: str) -> ExpressionError:
        return ExpressionError(message, text=self._text, position=position_of(node), hint=hint)


def _foreign(node: exp.Expr) -> str:
    called = isinstance(node, exp.Func)
    return f"{'functions are' if called else 'this is'} not part of a filter."


def bare(node: exp.Expr) -> exp.Expr:
    """A constant or column without the parentheses around it."""
    while type(node) is exp.Paren:
        node = node.this
    return node

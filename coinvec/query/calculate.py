"""Syntax tree to typed values: columns, constants, calculations, functions, aggregates."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlglot import exp

from coinvec.domain.columns import COLUMNS, Column, Kind
from coinvec.domain.spelling import nearest
from coinvec.domain.tables import SqlType, Value
from coinvec.errors import ExpressionError
from coinvec.query import functions
from coinvec.query.build import bare
from coinvec.query.constants import Parameters, read_number
from coinvec.query.expressions import Aggregate, Call, ColumnValue, Constant, Expression, Fold
from coinvec.query.names import ATTRIBUTES, resolve_column
from coinvec.query.nodes import ARITHMETIC, NodeReader
from coinvec.query.scan import too_deep
from coinvec.query.statement import SIMILARITY
from coinvec.query.statement_words import STAR_HINT, STATEMENT_HINT
from coinvec.query.syntax import position_of

DEPTH_LIMIT = 100
"""Deepest nest of an expression; `a + b + c` nests as deep as it is long."""

_TYPES: Final = {
    Kind.TEXT: SqlType.TEXT,
    Kind.SIDE: SqlType.TEXT,
    Kind.INTEGER: SqlType.INTEGER,
    Kind.DECIMAL: SqlType.DECIMAL,
    Kind.REAL: SqlType.REAL,
}


class ValueBuilder(NodeReader):
    """Builds the expressions of one statement, but for conditions.

    Args:
        text: The statement, for messages.
        parameters: Values of its parameters.
        photos: Names of the parameters of `similarity`; empty where it does not occur.
        read_texts: Whether a parameter that is a text may stand for a number.
    """

    def __init__(
        self,
        text: str,
        parameters: Parameters,
        *,
        photos: tuple[str, ...] = (),
        read_texts: bool = False,
    ) -> None:
        super().__init__(text)
        self.aliases: Mapping[str, Expression] = {}
        self._parameters = parameters
        self._photos = photos
        self._read_texts = read_texts
        self._depth = 0
        self._builders: dict[type[exp.Expr], Callable[[exp.Expr], Expression]] = {
            exp.Paren: lambda node: self.build(node.this),
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Placeholder: self._parameter,
            exp.Null: lambda _: Constant(None, SqlType.NULL),
            exp.Boolean: lambda node: Constant(bool(node.this), SqlType.BOOLEAN),
            exp.Neg: self._negation,
            exp.Anonymous: self._function,
            **dict.fromkeys(ARITHMETIC, self._arithmetic),
            exp.DPipe: self._concatenation,
        }

    def build(self, node: exp.Expr) -> Expression:
        """The expression a part of the statement stands for.

        Raises:
            ExpressionError: It holds something that is not part of the language.
        """
        self.check(node)
        builder = self._builders.get(type(node))
        if builder is None:
            star = isinstance(node, exp.Star)
            hint = STAR_HINT if star else STATEMENT_HINT
            raise self.refusal(node, "this does not fit here.", hint)
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise too_deep(self._text, position_of(node))
        built = builder(node)
        self._depth -= 1
        return built

    # --- leaves ------------------------------------------------------------------------------

    def _column(self, node: exp.Expr) -> Expression:
        self.check(node.this)
        quoted = bool(node.this.args.get("quoted"))
        name = node.name if quoted else node.name.lower()
        if name == SIMILARITY:
            return self._similarity(node)
        if name == ATTRIBUTES:
            raise self._not_selectable(node, "attr", "attr['key'] = 'value'")
        if name not in COLUMNS and node.name in self.aliases:
            return self.aliases[node.name]
        with self.blaming(node):
            column = resolve_column(node.name, quoted=quoted).column
        if not column.selectable:
            raise self._not_selectable(node, column.name, f"{column.name} = 1980")
        return stored_value(column)

    def _similarity(self, node: exp.Expr) -> Expression:
        if not self._photos:
            raise self.refusal(
                node, "similarity to which photo?", "Write similarity(:image) at least once."
            )
        return ColumnValue(SIMILARITY, SqlType.REAL)

    def _not_selectable(self, node: exp.Expr, name: str, example: str) -> ExpressionError:
        return self.refusal(
            node,
            f"{name} is no value of a row; it stands in WHERE alone, compared with constants.",
            f"Write e.g. WHERE {example}; join it to others by AND.",
        )

    def _literal(self, node: exp.Expr) -> Expression:
        if node.args["is_string"]:
            return Constant(node.name, SqlType.TEXT)
        with self.blaming(node):
            return constant(read_number(node.name))

    def _parameter(self, node: exp.Expr) -> Expression:
        with self.blaming(node):
            return constant(self._parameters.one(node.name))

    # --- calculations ------------------------------------------------------------------------

    def _negation(self, node: exp.Expr) -> Expression:
        [operand] = self._numbers(node, [node.this])
        if isinstance(operand, Constant):
            return Constant(functions.NEGATION(operand.value), operand.type)
        return Call(functions.NEGATION, (operand,), operand.type)

    def _arithmetic(self, node: exp.Expr) -> Expression:
        operation = functions.ARITHMETIC[ARITHMETIC[type(node)]]
        operands = self._numbers(node, [node.this, node.expression])
        result = functions.common_type([each.type for each in operands])
        return Call(operation, tuple(operands), result or SqlType.NULL)

    def _numbers(self, node: exp.Expr, operands: Sequence[exp.Expr]) -> list[Expression]:
        built = self._alike(operands)
        for operand, each in zip(operands, built, strict=True):
            if not (each.type.is_number or each.type is SqlType.NULL):
                raise self.refusal(
                    operand, f"this is a {each.type}, and a number is needed.", "Texts join by ||."
                )
        del node
        return built

    def _alike(self, operands: Sequence[exp.Expr]) -> list[Expression]:
        """Operands; parameters given as texts read as numbers where the others are numbers."""
        built = [self.build(operand) for operand in operands]
        if self._read_texts and any(each.type.is_number for each in built):
            for place, operand in enumerate(operands):
                value = built[place]
                if isinstance(bare(operand), exp.Placeholder) and value.type is SqlType.TEXT:
                    with self.blaming(operand):
                        built[place] = read_as_number(value)
        return built

    def _concatenation(self, node: exp.Expr) -> Expression:
        built = [self.build(node.this), self.build(node.expression)]
        for operand, each in zip((node.this, node.expression), built, strict=True):
            if each.type not in (SqlType.TEXT, SqlType.NULL):
                raise self.refusal(
                    operand, f"|| joins texts, and this is a {each.type}.", "Select it beside them."
                )
        return Call(functions.CONCATENATION, tuple(built), SqlType.TEXT)

    def _function(self, node: exp.Expr) -> Expression:
        name = node.name.lower()
        if name == SIMILARITY:
            return ColumnValue(SIMILARITY, SqlType.REAL)
        if name in set(Fold):
            return self._aggregate(node, Fold(name))
        known = functions.FUNCTIONS.get(name)
        if known is None:
            right = nearest(name, [*functions.FUNCTIONS, *Fold, SIMILARITY])
            listed = ", ".join((*functions.FUNCTIONS, *Fold, SIMILARITY))
            hint = f"Did you mean {right}?" if right else f"There are {listed}."
            raise self.refusal(node, f"there is no function {node.name!r}.", hint)
        arguments = [self.build(part) for part in node.expressions]
        least, most = known.takes
        types = [each.type for each in arguments]
        suited = known.returns(types) if least <= len(types) <= most else None
        if suited is None:
            shown = ", ".join(types) or "nothing"
            message = f"{name}() is given {shown}."
            raise self.refusal(node, message, f"Write {known.usage}.")
        if known.operation.takes_null:  # its arguments are values of one type, as its result
            arguments = [functions.as_type(each, suited) for each in arguments]
        return Call(known.operation, tuple(arguments), suited)

    def _aggregate(self, node: exp.Expr, fold: Fold) -> Expression:
        usage = f"Write {fold}(*) or {fold}(column)." if fold is Fold.COUNT else f"{fold}(column)."
        if len(node.expressions) != 1:
            raise self.refusal(node, f"{fold}() takes one argument.", usage)
        [argument] = node.expressions
        self.check(argument)
        if isinstance(argument, exp.Star) or isinstance(argument.this, exp.Star):
            if fold is not Fold.COUNT:
                raise self.refusal(argument, f"{fold}(*) has no meaning.", usage)
            return Aggregate(fold, None, distinct=False, type=SqlType.INTEGER)
        distinct = isinstance(argument, exp.Distinct)
        if distinct:
            if len(argument.expressions) != 1:
                raise self.refusal(node, "DISTINCT takes one value here.", usage)
            [argument] = argument.expressions
        built = self.build(argument)
        if fold in (Fold.SUM, Fold.AVG) and not (
            built.type.is_number or built.type is SqlType.NULL
        ):
            raise self.refusal(argument, f"{fold}() of a {built.type}.", "Give it numbers.")
        return Aggregate(fold, built, distinct, _folded(fold, built.type))


def stored_value(column: Column) -> ColumnValue:
    """The value of a column that may be selected."""
    return ColumnValue(column.name, _TYPES[column.kind])


def constant(value: Value) -> Constant:
    """A text or an exact number as a constant."""
    if isinstance(value, str):
        return Constant(value, SqlType.TEXT)
    whole = isinstance(value, int)
    return Constant(value, SqlType.INTEGER if whole else SqlType.DECIMAL)


def read_as_number(given: Expression) -> Expression:
    """A parameter's text as a number."""
    if isinstance(given, Constant) and isinstance(given.value, str):
        return constant(read_number(given.value.strip()))
    return given


def _folded(fold: Fold, of: SqlType) -> SqlType:
    if fold is Fold.COUNT:
        return SqlType.INTEGER
    if fold is Fold.AVG and of is SqlType.INTEGER:
        return SqlType.DECIMAL
    return of

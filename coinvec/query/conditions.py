"""Syntax tree to typed expressions, conditions among them."""

from collections.abc import Sequence

from sqlglot import exp

from coinvec.domain.tables import SqlType
from coinvec.query import functions
from coinvec.query.build import bare
from coinvec.query.calculate import ValueBuilder, constant, read_as_number
from coinvec.query.constants import Parameters
from coinvec.query.expressions import Call, Constant, Expression, Operation
from coinvec.query.nodes import COMPARISONS
from coinvec.query.statement_words import STATEMENT_HINT


class Calculator(ValueBuilder):
    """Builds the expressions of one statement; arguments as `ValueBuilder`."""

    def __init__(
        self,
        text: str,
        parameters: Parameters,
        *,
        photos: tuple[str, ...] = (),
        read_texts: bool = False,
    ) -> None:
        super().__init__(text, parameters, photos=photos, read_texts=read_texts)
        self._builders |= dict.fromkeys(COMPARISONS, self._comparison)
        self._builders |= dict.fromkeys((exp.Like, exp.ILike, exp.Escape), self._like)
        self._builders |= {
            exp.Between: self._between,
            exp.In: self._in_list,
            exp.Is: self._is_null,
            exp.Not: lambda node: self._logic(functions.NOT, [node.this]),
            exp.And: self._joined,
            exp.Or: self._joined,
            exp.Case: self._case,
        }

    def condition(self, node: exp.Expr) -> Expression:
        """The expression of a condition; raises as `build`, and where it is none."""
        built = self.build(node)
        if built.type not in (SqlType.BOOLEAN, SqlType.NULL):
            raise self.refusal(
                node, f"a condition is needed, and this is a {built.type}.", "Compare it."
            )
        return built

    def _comparison(self, node: exp.Expr) -> Expression:
        operation = functions.COMPARISONS[COMPARISONS[type(node)]]
        return self._compared(node, [node.this, node.expression], operation.name)

    def _compared(self, node: exp.Expr, operands: Sequence[exp.Expr], sign: str) -> Expression:
        built = self._alike(operands)
        if functions.common_type([each.type for each in built]) is None:
            shown = " with a ".join(each.type for each in built)
            raise self.refusal(node, f"this compares a {shown}.", "Compare what is of one type.")
        return Call(functions.COMPARISONS[sign], tuple(built), SqlType.BOOLEAN)

    def _between(self, node: exp.Expr) -> Expression:
        low = self._compared(node, [node.this, node.args["low"]], ">=")
        high = self._compared(node, [node.this, node.args["high"]], "<=")
        return Call(functions.AND, (low, high), SqlType.BOOLEAN)

    def _in_list(self, node: exp.Expr) -> Expression:
        members = node.args.get("expressions") or []
        alone = node.args.get("field")
        if not members and not isinstance(alone, exp.Placeholder):
            raise self.refusal(node, "IN needs a list.", "Write IN ('a', 'b') or IN :list.")
        value = self.build(node.this)
        built = [each for member in members or [alone] for each in self._members(member, value)]
        if functions.common_type([each.type for each in (value, *built)]) is None:
            raise self.refusal(node, "the list holds another type.", "List what is of one type.")
        return functions.in_list(value, built)

    def _members(self, node: exp.Expr, beside: Expression) -> list[Expression]:
        part = bare(node)
        if not isinstance(part, exp.Placeholder):
            return [self.build(part)]
        with self.blaming(part):
            given: list[Expression] = [constant(v) for v in self._parameters.many(part.name)]
            if self._read_texts and beside.type.is_number:
                given = [read_as_number(each) for each in given]
        return given

    def _like(self, node: exp.Expr) -> Expression:
        escape: Expression = Constant(None, SqlType.NULL)
        if isinstance(node, exp.Escape):
            escape, node = self.build(node.expression), node.this
            self.check(node)
        if not isinstance(node, exp.Like | exp.ILike):
            raise self.refusal(node, "ESCAPE belongs to LIKE and ILIKE.", STATEMENT_HINT)
        text, pattern = self.build(node.this), self.build(node.expression)
        if text.type not in (SqlType.TEXT, SqlType.NULL) or not _is_text(pattern):
            raise self.refusal(node, "LIKE compares a text with a pattern.", "Write LIKE '%euro%'.")
        if not (escape == Constant(None, SqlType.NULL) or _is_text(escape)):
            raise self.refusal(node, "ESCAPE needs one character.", "Write ESCAPE '!'.")
        operation = functions.ILIKE if isinstance(node, exp.ILike) else functions.LIKE
        with self.blaming(node):
            operation("", *(each.value for each in (pattern, escape) if isinstance(each, Constant)))
        built = Call(operation, (text, pattern, escape), SqlType.BOOLEAN)
        negated = Call(functions.NOT, (built,), SqlType.BOOLEAN)
        return negated if node.args.get("negate") else built

    def _is_null(self, node: exp.Expr) -> Expression:
        if not isinstance(node.expression, exp.Null):
            raise self.refusal(node, "only NULL stands after IS.", "Use = to compare.")
        return Call(functions.IS_NULL, (self.build(node.this),), SqlType.BOOLEAN)

    def _joined(self, node: exp.Expr) -> Expression:
        """A chain of AND or of OR; a loop, for sqlglot nests it as deep as it is long."""
        kind, conditions = type(node), []
        while type(node) is kind:
            self.check(node)
            conditions.append(node.expression)
            node = node.this
        operation = functions.AND if kind is exp.And else functions.OR
        return self._logic(operation, [node, *reversed(conditions)])

    def _logic(self, operation: Operation, conditions: Sequence[exp.Expr]) -> Expression:
        built = tuple(self.condition(each) for each in conditions)
        return Call(operation, built, SqlType.BOOLEAN)

    def _case(self, node: exp.Expr) -> Expression:
        values: list[Expression] = []
        branches = node.args["ifs"]
        for branch in branches:
            self.check(branch)
            if node.this is None:
                values.append(self.condition(branch.this))
            else:
                values.append(self._compared(branch, [node.this, branch.this], "="))
            values.append(self.build(branch.args["true"]))
        default = node.args.get("default")
        values.append(Constant(None, SqlType.NULL) if default is None else self.build(default))
        results = [*values[1:-1:2], values[-1]]
        result = functions.common_type([each.type for each in results])
        if result is None:
            raise self.refusal(node, "the branches of CASE differ in type.", "Give them one type.")
        conditions = values[:-1:2]
        typed = [functions.as_type(each, result) for each in results]
        pairs = [part for pair in zip(conditions, typed, strict=False) for part in pair]
        return Call(functions.CASE, (*pairs, typed[-1]), result)


def _is_text(expression: Expression) -> bool:
    return isinstance(expression, Constant) and isinstance(expression.value, str)

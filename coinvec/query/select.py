"""Statement text to a `Statement`: the clauses, each by white list."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlglot import exp

from coinvec.domain.columns import stored_columns
from coinvec.domain.predicates import And, Predicate
from coinvec.domain.tables import SqlType
from coinvec.errors import ExpressionError, InvalidValueError
from coinvec.query.build import FILTER_PARTS, PredicateBuilder, bare
from coinvec.query.calculate import stored_value
from coinvec.query.conditions import Calculator
from coinvec.query.constants import Parameters
from coinvec.query.expressions import (
    Call,
    ColumnValue,
    Constant,
    Expression,
    aggregates,
    bound,
)
from coinvec.query.nodes import COMPARISONS, given_parts
from coinvec.query.photos import named_photos
from coinvec.query.scan import too_deep
from coinvec.query.statement import SIMILARITY, OrderTerm, Output, Statement
from coinvec.query.statement_dialect import CoinvecSql
from coinvec.query.statement_syntax import parse_select
from coinvec.query.statement_words import STATEMENT_HINT

TABLE = "coins"
COUNT_LIMIT = 2**31 - 1
"""Largest LIMIT and OFFSET; every engine's integers hold both together."""

_CLAUSES: Final = frozenset(
    {"expressions", "from_", "where", "group", "having", "order", "limit", "offset", "distinct"}
)
_ORDERED: Final = frozenset({"this", "desc", "nulls_first"})
_COMPARING: Final = (*COMPARISONS, exp.Between, exp.In, exp.Like, exp.ILike, exp.Is)


def parse_statement(
    text: str, params: Mapping[str, object] | None = None, *, read_texts: bool = False
) -> Statement:
    """Parse a SELECT statement.

    Args:
        text: E.g. `SELECT title FROM coins WHERE year < 1970 ORDER BY value`.
        params: Value of each `:name`: a text or a number; after IN also a list or tuple of them;
            in `similarity(:name)` a photo, which is not looked at here.
        read_texts: Read a parameter's text as a number where it meets numbers.

    Raises:
        ExpressionError: The text is not one SELECT over `coins`, or a parameter is missing, unused
            or unusable; it says where, and what to write instead.
    """
    parsed = parse_select(text)
    parameters = Parameters(params or {})
    try:
        statement = _Selector(text, parsed.select, parameters, read_texts=read_texts).statement(
            explain=parsed.explain
        )
        parameters.check_all_used()
    except InvalidValueError as error:
        raise ExpressionError(error.message, text=text, hint=error.hint) from None
    except RecursionError:
        raise too_deep(text, None) from None
    return statement


class _Selector:
    """Builds the statement of one text."""

    def __init__(
        self, text: str, select: exp.Select, parameters: Parameters, *, read_texts: bool
    ) -> None:
        self._text = text
        self._select = select
        self._parameters = parameters
        self._photos = named_photos(text, select, parameters)
        self._calculator = Calculator(text, parameters, photos=self._photos, read_texts=read_texts)
        self._filters = PredicateBuilder(text, parameters, read_texts=read_texts)
        self._nodes: dict[Expression, exp.Expr] = {}

    def statement(self, *, explain: bool) -> Statement:
        """The statement; refuses clauses that the language does not have."""
        self._check_clauses()
        self._read_from()
        outputs = self._outputs()
        self._calculator.aliases = {output.name: output.expression for output in outputs}
        where, conditions = self._where()
        built = Statement(
            outputs=outputs,
            where=where,
            conditions=conditions,
            group_by=tuple(self._group_by(outputs)),
            having=self._having(),
            order_by=tuple(self._order_by(outputs)),
            distinct=self._clause("distinct") is not None,
            limit=self._count("limit"),
            offset=self._count("offset") or 0,
            photos=self._photos,
            explain=explain,
        )
        self._check_groups(built)
        self._check_distinct(built)
        return built

    def _clause(self, name: str) -> exp.Expr | None:
        clause: exp.Expr | None = self._select.args.get(name)
        return clause

    def _check_clauses(self) -> None:
        for name, clause in self._select.args.items():
            if clause and name not in _CLAUSES:
                node = clause[0] if isinstance(clause, list) else clause
                at = node if isinstance(node, exp.Expr) else self._select
                raise self._refusal(at, "this is not part of a statement.", STATEMENT_HINT)
        for name in ("having", "order", "distinct", "where"):
            clause = self._clause(name)
            if clause is not None and given_parts(clause) - {"this", "expressions"}:
                raise self._refusal(clause, "this does not fit here.", STATEMENT_HINT)

    # --- FROM --------------------------------------------------------------------------------

    def _read_from(self) -> None:
        """Check that rows come from `coins`, and take its name away from before columns."""
        clause = self._clause("from_")
        if clause is None:
            raise self._refusal(self._select, "FROM coins is missing.", STATEMENT_HINT)
        table = clause.this
        if not isinstance(table, exp.Table) or given_parts(table) - {"this", "alias"}:
            message = "rows come from coins alone."
            raise self._refusal(clause, message, f"Write FROM {TABLE}.")
        names = {table.name.lower()}
        if names != {TABLE} or not isinstance(table.this, exp.Identifier):
            message = f"there is no table {table.name!r}."
            raise self._refusal(table, message, f"All there is is in {TABLE}.")
        if alias := table.args.get("alias"):
            if given_parts(alias) - {"this"}:
                raise self._refusal(alias, "columns are not renamed here.", "Use AS in SELECT.")
            names = {alias.name.lower()}
        for column in self._select.find_all(exp.Column):
            self._unqualify(column, names)

    def _unqualify(self, column: exp.Column, names: set[str]) -> None:
        table = column.args.get("table")
        if table is None:
            return
        if column.args.get("db") or table.name.lower() not in names:
            message = f"there is no table {table.name!r} in this statement."
            raise self._refusal(column, message, f"Write {min(names)}.{column.name}.")
        column.set("table", None)

    # --- SELECT ------------------------------------------------------------------------------

    def _outputs(self) -> tuple[Output, ...]:
        outputs = [output for node in self._select.expressions for output in self._output(node)]
        if not outputs:
            raise self._refusal(self._select, "SELECT names no column.", "Write SELECT *.")
        return tuple(outputs)

    def _output(self, node: exp.Expr) -> Iterator[Output]:
        if isinstance(node, exp.Star) or (
            isinstance(node, exp.Column) and isinstance(node.this, exp.Star)
        ):
            self._calculator.check(node.this if isinstance(node, exp.Column) else node)
            for column in stored_columns():
                yield Output(column.name, stored_value(column))
            if self._photos:
                yield Output(SIMILARITY, ColumnValue(SIMILARITY, SqlType.REAL))
            return
        self._calculator.check(node)
        value, name = node, node.alias
        if isinstance(node, exp.Alias):
            self._calculator.check(node.args["alias"])
            value = node.this
        expression = self._built(value)
        named = expression.name if isinstance(expression, ColumnValue) else _written(value)
        yield Output(name or named, expression)

    def _built(self, node: exp.Expr) -> Expression:
        built = self._calculator.build(node)
        self._nodes.setdefault(built, node)
        return built

    # --- WHERE -------------------------------------------------------------------------------

    def _where(self) -> tuple[Predicate | None, tuple[Expression, ...]]:
        clause = self._clause("where")
        if clause is None:
            return None, ()
        filters: list[Predicate] = []
        conditions: list[Expression] = []
        for node in _conjuncts(clause.this):
            if _is_filter(node):
                filters.append(self._filters.build(node))
            else:
                condition = self._calculator.condition(node)
                self._refuse_aggregates(node, condition, "WHERE", "HAVING asks of groups.")
                conditions.append(condition)
        where = filters[0] if len(filters) == 1 else And(tuple(filters)) if filters else None
        return where, tuple(conditions)

    # --- GROUP BY, HAVING --------------------------------------------------------------------

    def _group_by(self, outputs: Sequence[Output]) -> Iterator[Expression]:
        clause = self._clause("group")
        if clause is None:
            return
        if given_parts(clause) - {"expressions"} or not clause.expressions:
            raise self._refusal(clause, "GROUP BY takes columns.", "Write GROUP BY country.")
        for node in clause.expressions:
            expression = self._referred(node, outputs)
            self._refuse_aggregates(node, expression, "GROUP BY", "Group by a column.")
            yield expression

    def _referred(self, node: exp.Expr, outputs: Sequence[Output]) -> Expression:
        """An expression, or the column of the answer that a number stands for."""
        if not (isinstance(node, exp.Literal) and not node.args["is_string"]):
            return self._built(node)
        if not node.name.isdecimal() or not 1 <= int(node.name) <= len(outputs):
            message = f"the answer has columns 1 to {len(outputs)}, and no {node.name}."
            raise self._refusal(node, message, "Write a column's name.")
        return outputs[int(node.name) - 1].expression

    def _refuse_aggregates(
        self, node: exp.Expr, expression: Expression, clause: str, hint: str
    ) -> None:
        if aggregates([expression]):
            raise self._refusal(node, f"{clause} asks of single rows.", hint)

    def _having(self) -> Expression | None:
        clause = self._clause("having")
        if clause is None:
            return None
        having = self._calculator.condition(clause.this)
        self._nodes.setdefault(having, clause.this)
        return having

    # --- ORDER BY, LIMIT, OFFSET -------------------------------------------------------------

    def _order_by(self, outputs: Sequence[Output]) -> Iterator[OrderTerm]:
        clause = self._clause("order")
        if clause is None:
            return
        aliases = {output.name: output.expression for output in outputs}
        for term in clause.expressions:
            if not isinstance(term, exp.Ordered) or given_parts(term) - _ORDERED:
                raise self._refusal(term, "this does not fit here.", "Write ORDER BY value DESC.")
            node = term.this
            named = isinstance(node, exp.Column) and node.name in aliases
            expression = aliases[node.name] if named else self._referred(node, outputs)
            self._nodes.setdefault(expression, node)
            yield OrderTerm(
                expression,
                descending=bool(term.args.get("desc")),
                nulls_first=bool(term.args.get("nulls_first")),
            )

    def _count(self, name: str) -> int | None:
        clause = self._clause(name)
        if clause is None:
            return None
        if given_parts(clause) - {"expression"}:
            raise self._refusal(clause, "this does not fit here.", f"Write {name.upper()} 10.")
        built = self._calculator.build(clause.expression)
        value = built.value if isinstance(built, Constant) else None
        if isinstance(value, str) and value.isdecimal():  # of a command line: all are texts there
            value = int(value)
        if type(value) is not int or not 0 <= value <= COUNT_LIMIT:
            message = f"{name.upper()} takes a whole number from 0 to {COUNT_LIMIT:,}."
            raise self._refusal(clause, message, f"Write {name.upper()} 10.")
        return value

    # --- groups ------------------------------------------------------------------------------

    def _check_groups(self, statement: Statement) -> None:
        """Refuse columns that a group has no single value of, and aggregates of aggregates."""
        for each in statement.aggregates:
            if each.argument is not None and aggregates([each.argument]):
                raise self._refusal(
                    self._select, f"{each.fold}() is taken of an aggregate.", STATEMENT_HINT
                )
        if not statement.is_grouped:
            return
        known: dict[Expression, int] = dict.fromkeys(statement.group_by, 0)
        for expression in statement.results:
            for part in _outside_aggregates(bound(expression, known)):
                if isinstance(part, ColumnValue):
                    raise self._refusal(
                        self._nodes.get(expression, self._select),
                        f"{part.name} has no one value in a group.",
                        f"Name it in GROUP BY, or write e.g. min({part.name}).",
                    )

    def _check_distinct(self, statement: Statement) -> None:
        if not statement.distinct:
            return
        answered = {output.expression for output in statement.outputs}
        for term in statement.order_by:
            if term.expression not in answered:
                raise self._refusal(
                    self._nodes[term.expression],
                    "with DISTINCT, rows are ordered by what is selected.",
                    "Select it too, or take DISTINCT out.",
                )

    def _refusal(self, node: exp.Expr, message: str, hint: str) -> ExpressionError:
        return self._calculator.refusal(node, message, hint)


def _written(node: exp.Expr) -> str:
    return node.sql(dialect=CoinvecSql, normalize_functions=False)


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    """The conditions that AND joins at the top; a loop, for a chain nests as deep as it is long."""
    found, waiting = [], [node]
    while waiting:
        part = bare(waiting.pop())
        if type(part) is exp.And:
            waiting += [part.expression, part.this]
        else:
            found.append(part)
    return found


def _is_filter(node: exp.Expr) -> bool:
    """Whether a condition belongs to the language of filters: it compares columns with constants.

    All others are calculated, row by row.
    """
    for part in node.walk():
        calculated = type(part) not in FILTER_PARTS or isinstance(part, exp.Boolean)
        if calculated or (isinstance(part, exp.Column) and part.name.lower() == SIMILARITY):
            return False
        if isinstance(part, _COMPARING) and not _compares_column(part):
            return False
    return True


def _compares_column(node: exp.Expr) -> bool:
    """Whether a comparison is one of a column with constants."""
    operands = [bare(node.this)]
    if type(node) in COMPARISONS:
        operands.append(bare(node.expression))
    named = any(isinstance(each, exp.Column | exp.Bracket) for each in operands)
    return named and len(list(node.find_all(exp.Column))) == 1


def _outside_aggregates(expression: Expression) -> Iterator[Expression]:
    """An expression and what it is made of, but for what aggregates are taken of."""
    yield expression
    if isinstance(expression, Call):
        for argument in expression.arguments:
            yield from _outside_aggregates(argument)

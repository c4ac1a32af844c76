"""The typed predicate tree a filter expression is parsed into.

Each node is true, false or NULL of an image under SQL's three-valued logic; an image matches
where the whole tree is true. Texts compare by code point, `LIKE` heeds case, `ILIKE` compares
casefolded texts. The tree knows no engine: SQL and Milvus compile it, each on its own floor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from coinvec.domain.columns import COLUMNS, Column, Kind
from coinvec.errors import ExpressionError, InvalidValueError

Literal = str | int | float | Decimal
"""A constant of a filter. Numbers with a point arrive as Decimal, so that they stay exact."""


class Op(StrEnum):
    """A comparison operator."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    @property
    def negation(self) -> "Op":
        """The operator that holds exactly where this one fails (both operands known)."""
        return _NEGATIONS[self]


_NEGATIONS = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
}


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of `COLUMNS`."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in COLUMNS:
            raise ExpressionError(f"there is no column {self.name!r}.")

    @property
    def column(self) -> Column:
        """The column's description."""
        return COLUMNS[self.name]

    def __str__(self) -> str:
        """As users write it."""
        return self.name


@dataclass(frozen=True, slots=True)
class AttributeRef:
    """An attribute of the image, `attr['key']`: a text, NULL where the image has none."""

    key: str

    def __str__(self) -> str:
        """As users write it."""
        return "attr['" + self.key.replace("'", "''") + "']"


Operand = ColumnRef | AttributeRef


def operand_kind(operand: Operand) -> Kind:
    """What an operand holds; attributes are texts."""
    return operand.column.kind if isinstance(operand, ColumnRef) else Kind.TEXT


def _check_literal(operand: Operand, value: Literal) -> None:
    textual = operand_kind(operand) in (Kind.TEXT, Kind.SIDE)
    if isinstance(value, bool) or isinstance(value, str) is not textual:
        wanted = "a text in single quotes" if textual else f"a {operand_kind(operand).value}"
        raise InvalidValueError(f"{operand} is compared with {wanted}, not with {value!r}.")
    if isinstance(value, Decimal | float) and not Decimal(value).is_finite():
        raise InvalidValueError(f"{operand} cannot be compared with {value!r}.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operand op value`. On `year`, each comparison asks whether such a coin exists.

    `year = y` is `year_from <= y <= year_to`; `<`, `<=` test `year_from`; `>`, `>=` test
    `year_to`; `!=` fails only where `year_from = year_to = y`. A missing end is open; where both
    are missing the comparison is NULL.
    """

    operand: Operand
    op: Op
    value: Literal

    def __post_init__(self) -> None:
        _check_literal(self.operand, self.value)


@dataclass(frozen=True, slots=True)
class InList:
    """`operand IN (values)`: the comparison `=` with each, joined by OR."""

    operand: Operand
    values: tuple[Literal, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise InvalidValueError(f"the list after {self.operand} IN is empty.")
        for value in self.values:
            _check_literal(self.operand, value)


@dataclass(frozen=True, slots=True)
class Like:
    """`operand LIKE pattern` (heeds case) or `ILIKE` (casefolded): `%` any run, `_` any one.

    Attributes:
        escape: The character that makes a following `%`, `_` or itself literal; none by default.
    """

    operand: Operand
    pattern: str
    ignore_case: bool = False
    escape: str | None = None

    def __post_init__(self) -> None:
        if operand_kind(self.operand) not in (Kind.TEXT, Kind.SIDE):
            raise InvalidValueError(f"LIKE needs a text, and {self.operand} is none.")
        if self.escape is not None and len(self.escape) != 1:
            raise InvalidValueError(f"ESCAPE {self.escape!r} is not one character.")
        like_regex(self.pattern, self.ignore_case, self.escape)


@dataclass(frozen=True, slots=True)
class IsNull:
    """`operand IS NULL`. Never NULL itself. `year IS NULL` where both ends are missing."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """True where the part is false, NULL where it is NULL."""

    part: "Predicate"


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more parts."""

    parts: tuple["Predicate", ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise InvalidValueError("AND joins at least two conditions.")


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more parts."""

    parts: tuple["Predicate", ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise InvalidValueError("OR joins at least two conditions.")


Leaf = Comparison | InList | Like | IsNull
Predicate = Leaf | Not | And | Or


def leaves(predicate: Predicate) -> Iterator[Leaf]:
    """The comparisons a predicate is made of, from left to right."""
    match predicate:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield predicate


@lru_cache(maxsize=256)
def like_regex(pattern: str, ignore_case: bool, escape: str | None) -> re.Pattern[str]:
    """The regular expression a LIKE pattern means; to be matched in full.

    The only definition of LIKE in coinvec: engines whose own LIKE differs are given this one.

    Raises:
        InvalidValueError: The escape character stands before an ordinary one or at the end.
    """
    first, *later = _literal_runs(pattern, ignore_case, escape)
    if not later:
        return re.compile(first, re.DOTALL)
    *middle, last = later
    # Each run is sought lazily and atomically, as fnmatch does: the leftmost place is always good
    # enough, and a hostile pattern cannot make the match backtrack.
    between = "".join(f"(?>.*?{run})" for run in middle)
    return re.compile(f"{first}{between}.*{last}", re.DOTALL)


def _literal_runs(pattern: str, ignore_case: bool, escape: str | None) -> list[str]:
    """Regular expressions of the parts of a LIKE pattern between its `%`."""
    runs, literal_next = [""], False
    for char in pattern:
        if literal_next:
            if char not in ("%", "_", escape):
                raise InvalidValueError(f"in LIKE {pattern!r} the escape stands before {char!r}.")
            runs[-1] += re.escape(char)
            literal_next = False
        elif char == escape:
            literal_next = True
        elif char == "%":
            runs.append("")
        else:
            text = char.casefold() if ignore_case else char
            runs[-1] += "." if char == "_" else re.escape(text)
    if literal_next:
        raise InvalidValueError(f"LIKE {pattern!r} ends with its escape character.")
    return runs


def like_matches(
    text: str, pattern: str, *, ignore_case: bool = False, escape: str | None = None
) -> bool:
    """Whether a text matches a LIKE pattern in coinvec's meaning."""
    regex = like_regex(pattern, ignore_case, escape)
    return regex.fullmatch(text.casefold() if ignore_case else text) is not None

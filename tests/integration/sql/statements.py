"""Statements made by Hypothesis, each beside what it means in a few lines of Python.

A drawn value is its SQL text, its type, and a function of a row; a row is what the interface
document calls one: the columns of a design. The meaning shares no code with the query layer:
integers and decimals are `Fraction`s here, conditions are True, False or None.
"""

import operator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cmp_to_key

from hypothesis import strategies as st

from coinvec.query.render import render_filter
from tests.strategies import like, matches, patterns, predicates, texts

COLUMNS = (
    *("country", "currency", "denomination", "value", "side", "type", "design", "title"),
    *("year_from", "year_to", "composition", "diameter_mm", "weight_g", "shape", "numista_id"),
    "references",
)
TEXT_COLUMNS = tuple(
    name
    for name in COLUMNS
    if name not in ("value", "year_from", "year_to", "diameter_mm", "weight_g")
)
EXACT_COLUMNS = ("value", "year_from", "year_to")
REAL_COLUMNS = ("diameter_mm", "weight_g")
ID = ("type", "side", "design")


@dataclass(frozen=True)
class Drawn:
    """A piece of SQL and what it means: a function of a row (or of a list of rows)."""

    sql: str
    of: object
    kind: str = "text"


def row_of(record):
    """The columns of a record's design; numbers that are exact as fractions."""
    row = dict(record.columns)
    for name in EXACT_COLUMNS:
        row[name] = None if row[name] is None else Fraction(row[name])
    return row


def plain(value):
    """A value of an answer as the meaning has it."""
    if isinstance(value, bool) or value is None:
        return value
    return Fraction(value) if isinstance(value, int | Decimal) else value


def strict(function):
    """A function that gives None where an argument is None."""
    return lambda *values: None if None in values else function(*values)


def _applied(sql, kind, function, *parts):
    return Drawn(sql, lambda row: function(*(part.of(row) for part in parts)), kind)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def _column(name, kind):
    return Drawn(name, lambda row: row[name], kind)


text_columns = st.sampled_from([_column(name, "text") for name in TEXT_COLUMNS])
exact_columns = st.sampled_from([_column(name, "exact") for name in EXACT_COLUMNS])
real_columns = st.sampled_from([_column(name, "real") for name in REAL_COLUMNS])
columns = text_columns | exact_columns | real_columns
text_constants = texts.map(lambda text: Drawn(quoted(text), lambda _: text))
exact_constants = st.sampled_from(["0", "1", "2", "0.1", "1903", "-3", "0.000001"]).map(
    lambda text: Drawn(text, lambda _: Fraction(text), "exact")
)


def _substr(text, start, length):
    return "".join(char for at, char in enumerate(text, 1) if start <= at < start + length)


@st.composite
def _text_values(draw, inner):
    part, other = draw(inner), draw(inner)
    start, length = draw(st.integers(-2, 4)), draw(st.integers(0, 4))
    condition = draw(leaf_conditions)
    forms = (
        _applied(f"lower({part.sql})", "text", strict(str.lower), part),
        _applied(f"upper({part.sql})", "text", strict(str.upper), part),
        _applied(f"({part.sql} || {other.sql})", "text", strict(operator.add), part, other),
        _applied(
            f"substr({part.sql}, {start}, {length})",
            "text",
            strict(lambda text: _substr(text, start, length)),
            part,
        ),
        _applied(
            f"coalesce({part.sql}, {other.sql})",
            "text",
            lambda a, b: b if a is None else a,
            part,
            other,
        ),
        _applied(
            f"CASE WHEN {condition.sql} THEN {part.sql} ELSE {other.sql} END",
            "text",
            lambda truth, a, b: a if truth is True else b,
            condition,
            part,
            other,
        ),
    )
    return draw(st.sampled_from(forms))


@st.composite
def _exact_values(draw, inner):
    part, other = draw(inner), draw(inner)
    text = draw(text_columns)
    signs = {"+": operator.add, "-": operator.sub, "*": operator.mul}
    sign = draw(st.sampled_from(sorted(signs)))
    forms = (
        _applied(f"({part.sql} {sign} {other.sql})", "exact", strict(signs[sign]), part, other),
        _applied(f"abs({part.sql})", "exact", strict(abs), part),
        _applied(f"length({text.sql})", "exact", strict(lambda t: Fraction(len(t))), text),
        _applied(
            f"nullif({part.sql}, {other.sql})",
            "exact",
            lambda a, b: None if a is not None and a == b else a,
            part,
            other,
        ),
        _applied(f"(- {part.sql})", "exact", strict(operator.neg), part),
    )
    return draw(st.sampled_from(forms))


COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _not(truth):
    return None if truth is None else not truth


def _or(*truths):
    return True if True in truths else None if None in truths else False


@st.composite
def _leaf_conditions(draw):
    alike = draw(st.sampled_from([text_columns | text_constants, exact_columns | exact_constants]))
    left, right, third = draw(alike), draw(alike), draw(alike)
    sign = draw(st.sampled_from(sorted(COMPARE)))
    text, pattern = draw(text_columns), draw(patterns)
    ignore_case = draw(st.booleans())
    word = "ILIKE" if ignore_case else "LIKE"
    forms = (
        _applied(f"{left.sql} {sign} {right.sql}", "truth", strict(COMPARE[sign]), left, right),
        _applied(f"{left.sql} IS NULL", "truth", lambda a: a is None, left),
        _applied(f"{left.sql} IS NOT NULL", "truth", lambda a: a is not None, left),
        _applied(
            f"{left.sql} IN ({right.sql}, {third.sql})",
            "truth",
            lambda a, b, c: _or(strict(operator.eq)(a, b), strict(operator.eq)(a, c)),
            left,
            right,
            third,
        ),
        _applied(
            f"{left.sql} BETWEEN {right.sql} AND {third.sql}",
            "truth",
            lambda a, b, c: _not(_or(strict(operator.lt)(a, b), strict(operator.gt)(a, c))),
            left,
            right,
            third,
        ),
        _applied(
            f"{text.sql} {word} {quoted(pattern)}",
            "truth",
            strict(lambda value: like(value, pattern, ignore_case)),
            text,
        ),
    )
    return draw(st.sampled_from(forms))


leaf_conditions = _leaf_conditions()


def _joined(parts):
    several = st.lists(parts, min_size=2, max_size=3)
    return (
        parts.map(lambda p: _applied(f"NOT ({p.sql})", "truth", _not, p))
        | several.map(lambda ps: _applied(_chain("OR", ps), "truth", _or, *ps))
        | several.map(
            lambda ps: _applied(
                _chain("AND", ps), "truth", lambda *ts: _not(_or(*map(_not, ts))), *ps
            )
        )
    )


def _chain(word, parts):
    return f" {word} ".join(f"({part.sql})" for part in parts)


conditions = st.recursive(leaf_conditions, _joined, max_leaves=4)
text_values = st.recursive(text_columns | text_constants, _text_values, max_leaves=4)
exact_values = st.recursive(exact_columns | exact_constants, _exact_values, max_leaves=4)
values = text_values | exact_values | real_columns | conditions


# --- aggregates: functions of the rows of a group ------------------------------------------------


def _mean(numbers, kind):
    if not numbers:
        return None
    mean = sum(map(Fraction, numbers)) / len(numbers)
    return float(mean) if kind == "real" else mean


def _sum(numbers, kind):
    if not numbers:
        return None
    whole = sum(map(Fraction, numbers))
    return float(whole) if kind == "real" else whole


@st.composite
def aggregates(draw):
    part = draw(text_values | exact_values | real_columns)
    distinct = draw(st.booleans())
    word = "DISTINCT " if distinct else ""

    def known(rows):
        found = [value for row in rows if (value := part.of(row)) is not None]
        return list(set(found)) if distinct else found

    forms = [
        Drawn("count(*)", lambda rows: Fraction(len(rows)), "exact"),
        Drawn(f"count({word}{part.sql})", lambda rows: Fraction(len(known(rows))), "exact"),
        Drawn(f"min({part.sql})", lambda rows: min(known(rows), default=None), part.kind),
        Drawn(f"MAX({part.sql})", lambda rows: max(known(rows), default=None), part.kind),
    ]
    if part.kind != "text":
        forms += [
            Drawn(f"sum({word}{part.sql})", lambda rows: _sum(known(rows), part.kind), part.kind),
            Drawn(f"avg({word}{part.sql})", lambda rows: _mean(known(rows), part.kind), "mean"),
        ]
    return draw(st.sampled_from(forms))


# --- statements ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Where:
    """A WHERE: filters over images, conditions over designs."""

    filters: tuple
    conditions: tuple

    @property
    def sql(self):
        parts = [f"({render_filter(each)})" for each in self.filters]
        parts += [f"({each.sql})" for each in self.conditions]
        return f" WHERE {' AND '.join(parts)}" if parts else ""

    def rows(self, records):
        """The row of each design with a matching image, by id."""
        kept = {}
        for record in records:
            if all(matches(each, record) for each in self.filters):
                kept[record.design.id] = row_of(record)
        return [row for row in kept.values() if all(c.of(row) is True for c in self.conditions)]


# A condition that compares one column with constants is a filter; both must mean the same.
wheres = st.builds(
    Where,
    st.lists(predicates(max_leaves=3), max_size=1).map(tuple),
    st.lists(conditions, max_size=2).map(tuple),
)


@dataclass(frozen=True)
class Term:
    """A term of ORDER BY: the place of an output, and how."""

    place: int
    words: str

    def compare(self, a, b):
        a, b = a[self.place], b[self.place]
        if a is None or b is None:
            sign = -1 if "FIRST" in self.words else 1
            return sign * ((a is None) - (b is None))
        sign = -1 if "DESC" in self.words else 1
        return sign * ((a > b) - (a < b))


def in_order(rows, terms):
    """Rows (values of the answer, key among equals) as ORDER BY has them."""

    def compare(left, right):
        for term in terms:
            if (sign := term.compare(left[0], right[0])) != 0:
                return sign
        return Term(0, "").compare(*[[_ranked(each[1])] for each in (left, right)])

    return [values for values, _ in sorted(rows, key=cmp_to_key(compare))]


def _ranked(key):
    return tuple((value is None, 0 if value is None else value) for value in key)


@st.composite
def _endings(draw, width):
    places = draw(st.lists(st.integers(0, width - 1), max_size=2, unique=True))
    words = st.sampled_from(
        ["", " ASC", " DESC", " NULLS FIRST", " DESC NULLS FIRST", " NULLS LAST"]
    )
    terms = [Term(place, draw(words)) for place in places]
    limit, offset = draw(st.none() | st.integers(0, 9)), draw(st.none() | st.integers(0, 5))
    sql = f" ORDER BY {', '.join(f'{t.place + 1}{t.words}' for t in terms)}" if terms else ""
    sql += f" LIMIT {limit}" if limit is not None else ""
    sql += f" OFFSET {offset}" if offset is not None else ""
    page = slice(offset or 0, None if limit is None else (offset or 0) + limit)
    return sql, terms, page


@dataclass(frozen=True)
class Question:
    """A statement, and its answer from records: rows, and how many there are in all."""

    sql: str
    answer: object

    def __repr__(self):
        return self.sql


@st.composite
def row_statements(draw):
    """SELECT of values of designs, perhaps DISTINCT."""
    outputs = draw(st.lists(columns | values, min_size=1, max_size=4))
    where, distinct = draw(wheres), draw(st.booleans())
    ending, terms, page = draw(_endings(len(outputs)))
    word = "DISTINCT " if distinct else ""
    selected = ", ".join(output.sql for output in outputs)

    def answer(records):
        rows = []
        for row in where.rows(records):
            found = tuple(output.of(row) for output in outputs)
            rows.append((found, found if distinct else tuple(row[name] for name in ID)))
        if distinct:
            rows = list(dict(rows).items())
        return in_order(rows, terms)[page], len(rows)

    return Question(f"SELECT {word}{selected} FROM coins{where.sql}{ending}", answer)


@st.composite
def group_statements(draw):
    """SELECT of aggregates, with GROUP BY or over all, perhaps with HAVING."""
    keys = draw(st.lists(columns | text_values | exact_values, max_size=2))
    folds = draw(st.lists(aggregates(), min_size=1, max_size=3))
    where, least = draw(wheres), draw(st.none() | st.integers(0, 3))
    ending, terms, page = draw(_endings(len(keys) + len(folds)))
    selected = ", ".join(part.sql for part in (*keys, *folds))
    grouped = f" GROUP BY {', '.join(str(at + 1) for at in range(len(keys)))}" if keys else ""
    having = "" if least is None else f" HAVING count(*) > {least}"

    def answer(records):
        groups = {} if keys else {(): []}
        for row in where.rows(records):
            groups.setdefault(tuple(key.of(row) for key in keys), []).append(row)
        rows = [
            ((*key, *(fold.of(members) for fold in folds)), key)
            for key, members in groups.items()
            if least is None or len(members) > least
        ]
        return in_order(rows, terms)[page], len(rows)

    return Question(f"SELECT {selected} FROM coins{where.sql}{grouped}{having}{ending}", answer)

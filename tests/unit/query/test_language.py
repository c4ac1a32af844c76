"""What filters mean: trees written by hand, SQLite as judge, and texts read back."""

import sqlite3
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinvec.domain.predicates import (
    And,
    AttributeRef,
    ColumnRef,
    Comparison,
    InList,
    IsNull,
    Like,
    Not,
    Op,
    Or,
)
from coinvec.query.language import parse_filter, render_filter
from tests.strategies import (
    MEASURES,
    TEXTS,
    YEARS,
    evaluate,
    numbers,
    patterns,
    predicates,
    sample_catalogue,
    texts,
)

COUNTRY, YEAR, VALUE, TYPE = (ColumnRef(name) for name in ("country", "year", "value", "type"))
POLAND = Comparison(COUNTRY, Op.EQ, "Poland")
OLD = Comparison(YEAR, Op.LT, 1990)
ABOVE_A_TENTH = Decimal("0.10000000000000000001")
NOWHERE = IsNull(COUNTRY)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("country = 'Poland'", POLAND),
        ('COUNTRY = \'Poland\' And "year" < 1990', And((POLAND, OLD))),
        ("year\n<\t1990", OLD),
        ("((year) < (1990))", OLD),
        ("1990 > year", OLD),
        ("1990 <= year", Comparison(YEAR, Op.GE, 1990)),
        ("1990 != year", Comparison(YEAR, Op.NE, 1990)),
        ("year <> 1990", Comparison(YEAR, Op.NE, 1990)),
        ("year > -44", Comparison(YEAR, Op.GT, -44)),
        ("value = .1", Comparison(VALUE, Op.EQ, Decimal("0.1"))),
        ("value = 1e-6", Comparison(VALUE, Op.EQ, Decimal("0.000001"))),
        ("value < 0.10000000000000000001", Comparison(VALUE, Op.LT, ABOVE_A_TENTH)),
        ("country = 'Côte d''Ivoire'", Comparison(COUNTRY, Op.EQ, "Côte d'Ivoire")),
        (r"country = 'back\'", Comparison(COUNTRY, Op.EQ, "back\\")),
        ("country = '-- /* {# ; :p'", Comparison(COUNTRY, Op.EQ, "-- /* {# ; :p")),
        ("country = 'say \"x\"'", Comparison(COUNTRY, Op.EQ, 'say "x"')),
        ("year IN (1, (2), -3)", InList(YEAR, (1, 2, -3))),
        ("year NOT IN (1)", Not(InList(YEAR, (1,)))),
        (
            "year BETWEEN 1 AND 2",
            And((Comparison(YEAR, Op.GE, 1), Comparison(YEAR, Op.LE, 2))),
        ),
        (
            "year NOT BETWEEN 1 AND 2",
            Not(And((Comparison(YEAR, Op.GE, 1), Comparison(YEAR, Op.LE, 2)))),
        ),
        ("country LIKE 'P%'", Like(COUNTRY, "P%")),
        ("country NOT LIKE 'P%'", Not(Like(COUNTRY, "P%"))),
        ("country ILIKE 'p!%' ESCAPE '!'", Like(COUNTRY, "p!%", ignore_case=True, escape="!")),
        ("NOT country LIKE '!_' ESCAPE '!'", Not(Like(COUNTRY, "!_", escape="!"))),
        ("country NOT ILIKE '!%' ESCAPE '!'", Not(Like(COUNTRY, "!%", True, "!"))),
        ("NOT country NOT LIKE 'P%'", Not(Not(Like(COUNTRY, "P%")))),
        ("country IS NULL", NOWHERE),
        ("country IS NOT NULL", Not(NOWHERE)),
        ("attr['it''s'] = 'x'", Comparison(AttributeRef("it's"), Op.EQ, "x")),
        ("'x' = ATTR['k']", Comparison(AttributeRef("k"), Op.EQ, "x")),
        ("NOT NOT year < 1990", Not(Not(OLD))),
        ("NOT country = 'Poland' AND year < 1990", And((Not(POLAND), OLD))),
        (
            "country IS NULL OR country = 'Poland' AND year < 1990 OR NOT year < 1990",
            Or((NOWHERE, And((POLAND, OLD)), Not(OLD))),
        ),
        ("(country = 'Poland' OR year < 1990) AND year < 1990", And((Or((POLAND, OLD)), OLD))),
        ("year < 1990 AND (year < 1990 AND year < 1990)", And((OLD, And((OLD, OLD))))),
    ],
)  # fmt: skip
def test_trees(text, tree):
    assert parse_filter(text) == tree


def test_whole_numbers_are_ints_and_others_decimals():
    values = parse_filter("value IN (1, 1.0, 1e2, -2, 007)").values
    assert [type(value) for value in values] == [int, Decimal, Decimal, int, int]


# --- SQLite as judge of precedence and three-valued logic ------------------------------------

RECORDS = sample_catalogue(seed=7, n_types=12)
SHARED = ("country", "currency", "denomination", "composition", "year_from", "diameter_mm")


@pytest.fixture(scope="module")
def sqlite():
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA case_sensitive_like = ON")
    database.execute(
        "CREATE TABLE coins (country TEXT, currency TEXT, denomination TEXT, composition TEXT, "
        "year_from INTEGER, diameter_mm REAL)"
    )
    rows = [tuple(record.columns[name] for name in SHARED) for record in RECORDS]
    database.executemany("INSERT INTO coins VALUES (?, ?, ?, ?, ?, ?)", rows)
    yield database
    database.close()


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


def _number(value):
    return format(Decimal(str(value)), "f")


def _cased(draw, word):
    return draw(st.sampled_from([word, word.lower(), word.capitalize()]))


@st.composite
def _sql_leaves(draw):
    column = draw(st.sampled_from(SHARED))
    textual = column not in ("year_from", "diameter_mm")
    known = MEASURES if column == "diameter_mm" else YEARS
    constants = texts.map(_quoted) if textual else numbers(known).map(_number)
    one, two = draw(constants), draw(constants)
    op = draw(st.sampled_from(["=", "!=", "<>", "<", "<=", ">", ">="]))
    negation = draw(st.sampled_from(["", " NOT"]))
    word = lambda text: _cased(draw, text)  # noqa: E731
    choices = [
        f"{column} {op} {one}",
        f"{one}{op}({column})",
        f"{column}{negation} {word('IN')} ({one}, {two})",
        f"{column}{negation} {word('BETWEEN')} {one} {word('AND')} {two}",
        f"{column} {word('IS')}{negation} {word('NULL')}",
    ]
    if textual:
        pattern = draw(patterns)
        choices.append(f"{column}{negation} LIKE {_quoted(pattern)}")
        escaped = pattern.replace("!", "!!").replace("_", "!_")
        choices.append(f"{column}{negation} LIKE {_quoted(escaped)} {word('ESCAPE')} '!'")
    return draw(st.sampled_from(choices))


def _combined(parts):
    words = st.sampled_from([" AND ", " OR ", " and ", "\nOr "])
    chains = st.lists(st.tuples(parts, words), min_size=2, max_size=4).map(
        lambda chain: "".join(part + word for part, word in chain[:-1]) + chain[-1][0]
    )
    return chains | parts.map("NOT {}".format) | parts.map("({})".format)


@settings(max_examples=200, deadline=None)
@given(text=st.recursive(_sql_leaves(), _combined, max_leaves=8))
def test_a_text_means_what_sqlite_says_it_means(sqlite, text):
    judged = [row[0] for row in sqlite.execute(f"SELECT ({text}) FROM coins")]
    predicate = parse_filter(text)
    truth = [evaluate(predicate, record) for record in RECORDS]
    assert truth == [None if value is None else bool(value) for value in judged]


# --- canonical text ---------------------------------------------------------------------------


def _with_decimals(predicate):
    """The predicate with every float as the decimal number it is written as."""
    exact = lambda value: Decimal(str(value)) if isinstance(value, float) else value  # noqa: E731
    match predicate:
        case Comparison(operand, op, value):
            return Comparison(operand, op, exact(value))
        case InList(operand, values):
            return InList(operand, tuple(map(exact, values)))
        case Not(part):
            return Not(_with_decimals(part))
        case And(parts) | Or(parts):
            return type(predicate)(tuple(map(_with_decimals, parts)))
        case _:
            return predicate


@settings(max_examples=200, deadline=None)
@given(predicates())
def test_canonical_text_is_read_back_as_the_same_predicate(predicate):
    assert parse_filter(render_filter(predicate)) == _with_decimals(predicate)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1990>YEAR and(country='Poland')", "year < 1990 AND country = 'Poland'"),
        ("not (year not in (1,2))", "NOT year NOT IN (1, 2)"),
        ("year between 1 and 2 or side='obverse'", "(year >= 1 AND year <= 2) OR side = 'obverse'"),
        ("value = 1e3 or value=0.10", "value = 1000 OR value = 0.10"),
        ("not (attr['it''s'] ilike '!%' escape '!')", "attr['it''s'] NOT ILIKE '!%' ESCAPE '!'"),
        ("type is not null", "type IS NOT NULL"),
    ],
)
def test_canonical_texts(text, canonical):
    assert render_filter(parse_filter(text)) == canonical


def test_a_float_is_rendered_as_the_shortest_decimal():
    assert render_filter(Comparison(ColumnRef("diameter_mm"), Op.LT, 23.2)) == "diameter_mm < 23.2"


def test_a_long_written_list():
    keys = tuple(f"{number:06d}" for number in range(20_000))
    text = f"type IN ({','.join(map(_quoted, keys))})"
    assert parse_filter(text) == InList(TYPE, keys)


def test_a_chain_of_thousands_is_one_node():
    predicate = parse_filter(" OR ".join(f"year = {year}" for year in range(5_000)))
    assert predicate == Or(tuple(Comparison(YEAR, Op.EQ, year) for year in range(5_000)))


def test_every_text_survives_the_way_through_a_filter():
    for text in TEXTS:
        assert parse_filter(f"country = {_quoted(text)}") == Comparison(COUNTRY, Op.EQ, text)

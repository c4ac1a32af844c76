"""What is no filter: each refusal with its place (▲) and the way out; nothing ever crashes."""

import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coinvec.domain.columns import COLUMNS
from coinvec.domain.predicates import Comparison
from coinvec.errors import ExpressionError
from coinvec.query.language import parse_filter
from coinvec.query.scan import DEPTH_LIMIT, TEXT_LIMIT, WORDS_LIMIT

REFUSALS = {
    "columns": [
        ("▲contry = 'Poland'", "Did you mean country?"),
        ("country = 'a' AND ▲yaer < 5", "Did you mean year?"),
        ("▲nominal = '5'", "Did you mean denomination?"),
        ("▲km = '23'", "Did you mean references?"),
        ("▲Diameter > 5", "Did you mean diameter_mm?"),
        ("▲weigth > 5", "Did you mean weight_g?"),
        ("▲years = 5", "Did you mean year?"),
        ("▲metal = 'gold'", "Did you mean composition?"),
        ("▲material = 'gold'", "Did you mean composition?"),
        ("▲kind = 'a'", "Did you mean type?"),
        ("▲qqq = 5", "The columns are country, currency"),
        ('▲"Country" = \'x\'', "Did you mean country?"),
        ("▲coins.year = 1", "Write the column's name alone"),
        ("▲a.b.c.d.e = 1", "not part of a filter"),
        ("▲attr = 'x'", "Write attr['key']"),
        ("▲attr[\"k\"] = 'x'", "Write attr['key']"),
        ("▲attr[1] = 'x'", "Write attr['key']"),
        ("▲attr['a', 'b'] = 'x'", "Write attr['key']"),
        ("attr['a']▲['b'] = 'x'", "Attributes are written attr['key']"),
        ("▲country['a'] = 'x'", "only attr has keys"),
        ("attr▲->'a' = 'x'", "Write attr['key']"),
        ("▲x.attr['a'] = 'x'", "without a table"),
    ],
    "constants": [
        ("country = ▲Poland", "Texts stand in single quotes: 'Poland'"),
        ('country = ▲"Poland"', "Texts stand in single quotes: 'Poland'"),
        ("country = ▲‘Poland’", "Texts stand in straight quotes"),
        ("country = ▲denomination", "denomination is no constant"),
        ("country = ▲attr['a']", "attr['a'] is no constant"),
        ("year IN (1, ▲year_to)", "year_to is no constant"),
        ("year = ▲NULL", "Use year IS NULL"),
        ("year <> ▲null", "Use year IS NOT NULL"),
        ("▲NULL = year", "Use year IS NULL"),
        ("year IN (1, ▲NULL)", "Use IS NULL"),
        ("year = ▲TRUE", "no column holds TRUE"),
        ("year = ▲'abc'", "year holds a year, and 'abc' is a text"),
        ("year = ▲'1990'", "Write 1990, without quotes"),
        ("denomination = ▲50", "Write '50', in quotes"),
        ("denomination IN ('5', ▲50)", "Write '50', in quotes"),
        ("side LIKE ▲5", "Write it in single quotes"),
        ("▲'a' = 'b'", "a column is missing"),
        ("▲5 IN (5)", "a column is missing"),
        ("▲'a' LIKE country", "a column is missing"),
        ("country = 'a' ▲'b'", "does not fit"),
        ("year = ▲1e", "'1e' is not a number"),
        ("year = ▲1e999999999", "more than 100 digits"),
        ("year = -▲1e999999999", "more than 100 digits"),
        ("year = ▲" + "9" * 101, "more than 100 digits"),
        ("year = ▲" + "9" * 5_000, "more than 100 digits"),
        ("value = 1▲_000", "'_000' does not fit"),
        ("year = 0▲x1F", "'x1F' does not fit"),
        ("country = ▲n'abc'", "not part of a filter"),
        ("country LIKE ▲'a!x' ESCAPE '!'", "the escape stands before 'x'"),
        ("country LIKE ▲'a' ESCAPE 'ab'", "not one character"),
        ("year LIKE ▲'19%'", "LIKE needs a text"),
    ],
    "calculations and functions": [
        ("year ▲+ 5 = 3", "does not calculate"),
        ("▲year - 5 = 3", "does not calculate"),
        ("year = ▲5 - 3", "does not calculate"),
        ("year = ▲+5", "does not calculate"),
        ("year ▲* 2 = 3", "does not calculate"),
        ("country ▲|| 'x' = 'y'", "does not calculate"),
        ("year ▲% 2 = 0", "does not calculate"),
        ("-▲year = 3", "a column is missing"),
        ("year = - -▲3", "no constant"),
        ("▲lower(country) = 'x'", "functions are not part of a filter"),
        ("country = ▲lower('X')", "functions are not part of a filter"),
        ("▲year(country) = 5", "functions are not part of a filter"),
        ("year▲::int = 5", "does not convert types"),
        ("CAST(year ▲AS int) = 5", "'AS' does not fit"),
        ("▲CASE WHEN year = 1 THEN 2 END = 3", "not part of a filter"),
        ("year IN (▲SELECT 1)", "queries are not part"),
        ("EXISTS (▲select 1)", "queries are not part"),
    ],
    "conditions": [
        ("▲year", "Write e.g. year IS NOT NULL"),
        ("year = 1 AND ▲country", "Write e.g. country IS NOT NULL"),
        ("▲TRUE", "TRUE and FALSE alone are no conditions"),
        ("year = 1 OR ▲5", "a constant alone is no condition"),
        ("▲1 < year < 5", "Join two with AND"),
        ("year = ▲1 IS NULL", "no constant"),
        ("year IS ▲5", "only NULL stands after IS"),
        ("year IS NOT ▲TRUE", "only NULL stands after IS"),
        ("year IS DISTINCT ▲FROM 5", "does not fit"),
        ("▲year IN (1, 2) IS NULL", "no column"),
        ("▲year IN ()", "needs a list"),
        ("year IN ▲5", "or IN :list"),
        ("type IN ▲'a'", "needs a list"),
        ("year IN ▲[1]", "Attributes are written"),
        ("(▲country, year) = ('a', 2)", "lists stand only after IN"),
        ("year BETWEEN SYMMETRIC ▲2 AND 1", "does not fit"),
        ("country LIKE ANY (▲'a')", "not part of a filter"),
        ("country ▲GLOB 'a'", "'GLOB' does not fit"),
        ("year = 1 ▲XOR year = 2", "'XOR' does not fit"),
        ("country = 'a' ▲COLLATE nocase", "'COLLATE' does not fit"),
    ],
    "signs": [
        ("year ▲== 5", "Write = instead of =="),
        ("▲! year = 5", "Write NOT"),
        ("year = 1▲; DROP TABLE coins", "one condition"),
        ("year = 1▲;", "one condition"),
        ("year = 1 ▲-- comment", "Leave the comment out"),
        ("year = 1▲/* comment */", "Leave the comment out"),
        ("▲/*+ hint */ year = 1", "Leave the comment out"),
        ("year =▲{# comment #} 1", "Leave the comment out"),
        ("year = 1 ▲{# comment", "Leave the comment out"),
        ("▲{# year = 1 #}", "Leave the comment out"),
        ("year = ▲{{x}}", "not part of a filter"),
        ("▲`year` = 1", "bare name"),
        ("year = ▲?", "Parameters are written :name"),
        ("year = ▲$1", "Parameters are written :name"),
        ("year = ▲@y", "Parameters are written :name"),
        ("year = ▲:1", "Parameters are written :name"),
        ("year = ▲: y", "Parameters are written :name"),
        ("year = ▲. 5", "'.' is not part"),
        ("year = 1.2▲.3", "'.3' does not fit"),
        ("coins. ▲= 1", "'=' does not fit"),
        ("year BETWEEN 1 ▲2", "'2' does not fit"),
        ("year BETWEEN 1 ▲(2)", "'(' does not fit"),
        ("year NOT ▲IS NULL", "'IS' does not fit"),
        ("year NOT ▲NULL", "'NULL' does not fit"),
        ("NOT ▲IN (1)", "'IN' does not fit"),
        ("year = ▲:", "Parameters are written :name"),
        ("year ▲:= 5", "Parameters are written :name"),
        ("year = 1▲\0", "U+0000"),
        ("country = '▲\ud83d'", "U+D83D"),
        ("country = ▲'Poland", "A quote within a text is doubled"),
        ("country = ▲'Poland''", "A quote within a text is doubled"),
        ("country = 'it''s' AND ▲\"year = 1", "A quote within a text is doubled"),
        ("country = 'it's▲'", "A quote within a text is doubled"),
        ("▲(year = 1", "never closed"),
        ("year = 1▲)", "closes nothing"),
        ("(year = 1▲]", "closes nothing"),
        ("▲AND year = 1", "'AND' does not fit"),
        ("year = 1 OR ▲OR year = 2", "'OR' does not fit"),
        ("year = ▲= 2", "'=' does not fit"),
        ("year IN (▲, 1)", "',' does not fit"),
        ("year IN (1,▲)", "')' does not fit"),
        ("year =▲", "breaks off"),
        ("year = 1 AND▲", "breaks off"),
        ("NOT▲", "breaks off"),
        ("year ▲5", "'5' does not fit"),
    ],
}  # fmt: skip
EVERY_REFUSAL = [(text, said) for refusals in REFUSALS.values() for text, said in refusals]


def refusal(text, params=None):
    with pytest.raises(ExpressionError) as caught:
        parse_filter(text, params)
    return caught.value


@pytest.mark.parametrize(("text", "said"), EVERY_REFUSAL, ids=[text for text, _ in EVERY_REFUSAL])
def test_refusals_say_where_and_what_instead(text, said):
    error = refusal(text.replace("▲", ""))
    assert said in str(error)
    assert (error.text, error.position) == (text.replace("▲", ""), text.index("▲"))


def test_the_caret_stands_under_the_place():
    error = refusal("country = 'a'\n  AND contry = 'b'\n  AND year = 1")
    assert str(error).split("\n")[1:3] == ["    AND contry = 'b'", "        ^"]


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0"])
def test_an_empty_filter(text):
    assert "empty" in refusal(text).message


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("year", "side")])
def test_a_slip_of_the_pen_is_answered_with_the_column(column):
    if len(column) > 4:
        assert refusal(f"{column[:-2]}{column[-1]} IS NULL").hint == f"Did you mean {column}?"


# --- limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "suffix", "levels"),
    [("(", ")", 1), ("NOT ", "", 1), ("NOT (", ")", 2), ("(NOT ", ")", 2)],
)
def test_nests_up_to_the_limit_are_read_and_deeper_ones_refused(prefix, suffix, levels):
    deepest = DEPTH_LIMIT // levels
    text = f"{prefix * deepest}year = 1{suffix * deepest}"
    predicate = parse_filter(text)
    while not isinstance(predicate, Comparison):
        predicate = predicate.part
    for times in (deepest + 1, 20_000):
        error = refusal(f"{prefix * times}year = 1{suffix * times}")
        assert "nested deeper" in error.message


def test_siblings_are_no_nest():
    text = " AND ".join(["NOT (year = 1)"] * (2 * DEPTH_LIMIT))
    assert len(parse_filter(text).parts) == 2 * DEPTH_LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "year = " + "- " * 5_000 + "1",
        "year" + " < 1" * 5_000,
        "year " + "IS NULL " * 5_000,
        "year" + ".a" * 5_000 + " = 1",
        "country = " + "'a' " * 5_000,
        "f(" * 2_000 + "1" + ")" * 2_000 + " = 1",
        "attr[" * 2_000 + "'x'" + "]" * 2_000 + " = 'a'",
        "year BETWEEN " * 3_000 + "1",
        "country LIKE 'a' ESCAPE " * 3_000 + "'!'",
        "year IN (" * 3_000 + "1" + ")" * 3_000,
        "year = 1 IS " + "NOT " * 5_000 + "NULL",
        "CASE WHEN " * 3_000 + "year = 1",
        "interval " * 3_000 + "= 1",
    ],
    ids=lambda text: text[:20],
)
def test_long_nonsense_is_refused_without_recursion_errors(text):
    refusal(text)


def test_a_filter_within_the_limit_is_refused_politely_where_the_stack_is_nearly_full():
    text = "(" * DEPTH_LIMIT + "year = 1" + ")" * DEPTH_LIMIT

    def deeper(levels):
        return deeper(levels - 1) if levels else parse_filter(text)

    room = sys.getrecursionlimit() - len(_frames())
    with pytest.raises(ExpressionError, match="nested deeper"):
        deeper(room - 300)


def _frames():
    frame, frames = sys._getframe(), []
    while frame:
        frames.append(frame)
        frame = frame.f_back
    return frames


def test_too_long_texts_point_to_parameters():
    assert "IN :types" in refusal("year = 1" + " " * TEXT_LIMIT).hint
    assert "IN :types" in refusal(f"year IN ({'1,' * (WORDS_LIMIT // 2)}1)").hint


# --- anything at all --------------------------------------------------------------------------

VOCABULARY = [
    *COLUMNS, "attr", "attr['k']", "contry", "'a'", "'it''s'", '"x"', "1", "-2.5", ".5", "1e9",
    ":p", ":list", ":none", "NULL", "TRUE", "FALSE", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE",
    "ILIKE", "ESCAPE", "IS", "=", "!=", "<>", "<", "<=", ">", ">=", "(", ")", "[", "]", ",", ".",
    "-", ":", "'", '"', "--", "/*", "{#", "#}", "{%", ";", "ANY", "CASE", "CAST", "IF", "NEXT",
    "VALUE", "FOR", "DISTINCT", "FROM", "SYMMETRIC", "GLOBAL", "INTERVAL", "DATE", "x'41'", "\\",
    "lower(", "IN (", "IN :list", "BETWEEN 1 AND 2", "year = 1", "country LIKE", "\n", "\u2028",
]  # fmt: skip


def _answer(text):
    """The refusal of a text, or None where it is read."""
    params = {"p": "x", "list": [1, 2], "none": None}
    try:
        parse_filter(text, {name: params[name] for name in params if f":{name}" in text})
    except ExpressionError as error:
        return error
    return None


def _is_read_or_refused(text):
    error = _answer(text)
    if error is not None:
        assert error.position is None or 0 <= error.position <= len(text)
        assert error.message.endswith(".")
        assert str(error)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), max_size=12), st.sampled_from(["", " "]))
@example(["NOT", "country", "NOT", "LIKE", "'a'", "NOT", "IN", "(", "1", ")"], " ")
def test_any_row_of_words_is_read_or_refused(words, blank):
    _is_read_or_refused(blank.join(words))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=40))
@example("\ud800")
def test_any_text_is_read_or_refused(text):
    _is_read_or_refused(text)

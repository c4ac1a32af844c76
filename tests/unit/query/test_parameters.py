"""Parameters of filters: what may be given, and what is said of what may not."""

import enum
from decimal import Decimal

import numpy as np
import pytest

from coinvec.domain.coins import Side
from coinvec.domain.predicates import And, ColumnRef, Comparison, InList, Like, Op
from coinvec.errors import ExpressionError
from coinvec.query.language import parse_filter

COUNTRY, YEAR, VALUE, TYPE = (ColumnRef(name) for name in ("country", "year", "value", "type"))


class Metal(str, enum.Enum):  # noqa: UP042 - the older kind, whose str() is its name
    SILVER = "silver"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (1970, 1970),
        (0.1, Decimal("0.1")),
        (1e-7, Decimal("0.0000001")),
        (Decimal("0.10"), Decimal("0.10")),
        (np.int64(1970), 1970),
        (np.float64(23.2), Decimal("23.2")),
    ],
)
def test_numbers(given, read):
    predicate = parse_filter("value = :v", {"v": given})
    assert predicate == Comparison(VALUE, Op.EQ, read)
    assert type(predicate.value) is type(read)


@pytest.mark.parametrize(
    ("given", "read"),
    [("O'Brien", "O'Brien"), (Side.OBVERSE, "obverse"), (Metal.SILVER, "silver"), ("", "")],
)
def test_texts_are_taken_as_they_are(given, read):
    predicate = parse_filter("country = :c", {"c": given})
    assert predicate == Comparison(COUNTRY, Op.EQ, read)
    assert type(predicate.value) is str


def test_reserved_words_and_columns_may_name_parameters():
    params = {"and": 1, "year": 2, "null": 3, "é": 4}
    predicate = parse_filter("year IN (:and, :year, :null, :é)", params)
    assert predicate == InList(YEAR, (1, 2, 3, 4))


@pytest.mark.parametrize("text", ["type IN :t", "type IN (:t)", "type in ((:t))"])
@pytest.mark.parametrize("given", [["a", "b"], ("a", "b")])
def test_lists_after_in(text, given):
    assert parse_filter(text, {"t": given}) == InList(TYPE, ("a", "b"))


def test_lists_mix_with_written_values_and_one_value_is_a_list():
    predicate = parse_filter("year IN (1, :more, :one)", {"more": [2, 2.5], "one": 3})
    assert predicate == InList(YEAR, (1, 2, Decimal("2.5"), 3))


def test_parameters_everywhere_a_constant_stands():
    text = "country LIKE :p ESCAPE :e AND :y > year AND year BETWEEN :y AND :z"
    predicate = parse_filter(text, {"p": "!%", "e": "!", "y": 1990, "z": 2000})
    bounds = And((Comparison(YEAR, Op.GE, 1990), Comparison(YEAR, Op.LE, 2000)))
    assert predicate == And(
        (Like(COUNTRY, "!%", escape="!"), Comparison(YEAR, Op.LT, 1990), bounds)
    )


def test_a_hundred_thousand_values_as_a_parameter():
    keys = tuple(f"{number:06d}" for number in range(100_000))
    assert parse_filter("type IN :keys", {"keys": list(keys)}) == InList(TYPE, keys)


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("year = ▲:y", {}, "no value was given for the parameter :y"),
        ("year = ▲:year", {"yaer": 1}, "Did you mean :yaer?"),
        ("year = :y", {"y": 1, "x": 2, "z": 3}, "does not use :x, :z"),
        ("year = ▲:y", {"y": None}, "Use IS NULL"),
        ("year IN ▲:y", {"y": [1, None]}, "Use IS NULL"),
        ("year IN ▲:y", {"y": []}, ":y is an empty list"),
        ("year IN ▲:y", {"y": [[1]]}, "Give it a text, a number or a list"),
        ("year = ▲:y", {"y": [1]}, "IN :y"),
        ("year > 0 AND year < ▲:y", {"y": True}, ":y is True"),
        ("year = ▲:y", {"y": b"1990"}, ":y is b'1990'"),
        ("year = ▲:y", {"y": "1990"}, "Write 1990, without quotes"),
        ("country = ▲:c", {"c": 5}, "Write '5', in quotes"),
        ("country = ▲:c", {"c": "a\0b"}, ":c holds characters that are not text"),
        ("country = ▲:c", {"c": "\ud800"}, ":c holds characters that are not text"),
        ("value = ▲:v", {"v": float("nan")}, "no number"),
        ("value = ▲:v", {"v": float("inf")}, "no number"),
        ("value = ▲:v", {"v": Decimal("sNaN")}, "no number"),
        ("value = ▲:v", {"v": 10**100}, "more than 100 digits"),
        ("value = ▲:v", {"v": Decimal("1e-101")}, "more than 100 digits"),
        ("country LIKE ▲:p", {"p": 5}, "LIKE needs a text"),
        ("country LIKE 'a' ESCAPE :e", {"e": "ab"}, "not one character"),
        ("country LIKE 'a' ESCAPE ▲:e", {"e": 1}, "LIKE needs a text"),
    ],
)
def test_refusals(text, given, said):
    with pytest.raises(ExpressionError) as caught:
        parse_filter(text.replace("▲", ""), given)
    assert said in str(caught.value)
    if "▲" in text:
        assert caught.value.position == text.index("▲")


def test_a_large_value_is_cut_in_the_message():
    with pytest.raises(ExpressionError) as caught:
        parse_filter("year = :y", {"y": b"x" * 10_000})
    assert len(caught.value.message) < 200


def test_texts_of_a_command_line_are_read_as_numbers_where_numbers_are_compared():
    params = {"y": "1970", "v": " -0.10 ", "d": "50"}
    predicate = parse_filter(
        "year < :y AND value = :v AND denomination = :d", params, read_texts=True
    )
    assert [part.value for part in predicate.parts] == [1970, Decimal("-0.10"), "50"]
    assert parse_filter("year IN :y", {"y": ["1", "2"]}, read_texts=True) == InList(YEAR, (1, 2))


@pytest.mark.parametrize("given", ["soon", "", "1e", "0x10", "nan", "1_000", "١٩٩٠"])
def test_a_text_that_is_no_number_is_not_read_as_one(given):
    with pytest.raises(ExpressionError, match="is not a number"):
        parse_filter("year < :y", {"y": given}, read_texts=True)


def test_reading_texts_does_not_reach_what_is_written_in_the_filter():
    with pytest.raises(ExpressionError, match="without quotes"):
        parse_filter("year < '1990'", read_texts=True)

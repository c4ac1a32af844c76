"""The text of expressions; that they mean the right thing is tested against real engines."""

from decimal import Decimal

import pytest

from coinvec.domain.columns import stored_columns
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
from coinvec.vectors.expressions import MAX_CONSTANTS, compile_filter
from coinvec.vectors.literals import NotExpressible

COUNTRY, CURRENCY, VALUE = ColumnRef("country"), ColumnRef("currency"), ColumnRef("value")
YEAR, YEAR_FROM, DIAMETER = ColumnRef("year"), ColumnRef("year_from"), ColumnRef("diameter_mm")
NEVER, ALWAYS = 'image_id == ""', 'image_id != ""'


@pytest.mark.parametrize(
    ("predicate", "text"),
    [
        (None, ""),
        (Comparison(COUNTRY, Op.NE, "O'B"), 'country != "O\'B"'),
        (Not(Comparison(COUNTRY, Op.LT, "a")), 'country >= "a"'),
        (Comparison(CURRENCY, Op.EQ, "a"), '(currency_known == true and currency == "a")'),
        (Not(Comparison(CURRENCY, Op.EQ, "a")), '(currency_known == true and currency != "a")'),
        (IsNull(CURRENCY), "currency_known == false"),
        (Not(IsNull(CURRENCY)), "currency_known == true"),
        (IsNull(COUNTRY), NEVER),
        (Not(IsNull(COUNTRY)), ALWAYS),
        (IsNull(YEAR), "(year_from_known == false and year_to_known == false)"),
        (
            Comparison(VALUE, Op.EQ, Decimal("0.1")),
            "(value_known == true and value == 100000)",
        ),
        (
            Comparison(VALUE, Op.LT, Decimal("0.0000015")),
            "(value_known == true and value <= 1)",
        ),
        (
            Comparison(VALUE, Op.GE, Decimal("-0.0000015")),
            "(value_known == true and value > -2)",
        ),
        (Comparison(VALUE, Op.EQ, 0.1), "(value_known == true and value == 100000)"),
        (
            Comparison(YEAR_FROM, Op.LT, Decimal("1990.5")),
            "(year_from_known == true and year_from <= 1990)",
        ),
        (
            Comparison(YEAR_FROM, Op.EQ, Decimal("1990.5")),
            f"(year_from_known == true and {NEVER})",
        ),
        (Comparison(DIAMETER, Op.GT, 20), "(diameter_mm_known == true and diameter_mm > 20.0)"),
        (InList(COUNTRY, ("b", "a")), 'country in ["b", "a"]'),
        (Not(InList(COUNTRY, ("b", "a"))), 'country not in ["b", "a"]'),
        (
            InList(YEAR_FROM, (1990, Decimal("1.5"))),
            "(year_from_known == true and year_from in [1990])",
        ),
        (InList(VALUE, (Decimal("1e-7"),)), f"(value_known == true and {NEVER})"),
        (Like(COUNTRY, "Po%"), '(country >= "Po" and country < "Pp")'),
        (Not(Like(COUNTRY, "Po%%")), '(country < "Po" or country >= "Pp")'),
        (Like(COUNTRY, "Poland"), 'country == "Poland"'),
        (Like(COUNTRY, "%"), ALWAYS),
        (Like(COUNTRY, "50!%%", escape="!"), '(country >= "50%" and country < "50&")'),
        (Like(COUNTRY, "a%%", escape="%"), 'country == "a%"'),
        (Like(COUNTRY, "\ud7ff%"), '(country >= "\ud7ff" and country < "\ue000")'),
        (Like(COUNTRY, "a\U0010ffff%"), '(country >= "a\U0010ffff" and country < "b")'),
        (Like(COUNTRY, "\U0010ffff%"), 'country >= "\U0010ffff"'),
    ],
)
def test_text(predicate, text):
    assert compile_filter(predicate) == text


@pytest.mark.parametrize(
    "predicate",
    [
        Comparison(AttributeRef("look"), Op.EQ, "a"),
        IsNull(AttributeRef("look")),
        Like(COUNTRY, "po%", ignore_case=True),
        Like(COUNTRY, "%land"),
        Like(COUNTRY, "Pol_nd"),
        Like(COUNTRY, "a%b%"),
        Comparison(COUNTRY, Op.EQ, "a\x00"),
        Comparison(VALUE, Op.LT, 10**13),
        Comparison(YEAR, Op.LT, Decimal("1e999999")),
        Comparison(DIAMETER, Op.LT, Decimal("1e400")),
        And((Comparison(COUNTRY, Op.EQ, "a"), Comparison(AttributeRef("x"), Op.EQ, "a"))),
        InList(COUNTRY, tuple(map(str, range(MAX_CONSTANTS + 1)))),
        Or(tuple(Comparison(COUNTRY, Op.EQ, str(n)) for n in range(MAX_CONSTANTS + 1))),
    ],
)
def test_what_only_sql_can_decide(predicate):
    with pytest.raises(NotExpressible):
        compile_filter(predicate)


def test_depth_is_refused_rather_than_overrun():
    deep = Comparison(COUNTRY, Op.EQ, "a")
    for _ in range(5_000):
        deep = Not(deep)
    with pytest.raises(NotExpressible):
        compile_filter(deep)


def test_a_thousand_leaves_nest_ten_deep():
    wide = Or(tuple(Comparison(COUNTRY, Op.EQ, str(n)) for n in range(1_000)))
    text = compile_filter(wide)
    depth = deepest = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    assert deepest == 10
    assert text.count("country == ") == 1_000


def test_every_column_can_be_asked():
    literal = {"whole number": 1, "number": 1.5, "number with at most six decimals": 1}
    for column in stored_columns():
        value = literal.get(column.kind.value, "obverse")
        text = compile_filter(Comparison(ColumnRef(column.name), Op.EQ, value))
        assert column.name in text
        assert (f"{column.name}_known" in text) is column.nullable

"""LIKE in coinvec's meaning, and what the nodes refuse."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
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
    leaves,
    like_matches,
)
from coinvec.errors import ExpressionError, InvalidValueError
from tests.strategies import like, patterns, texts

COUNTRY = ColumnRef("country")


@given(texts, patterns, st.booleans())
def test_like_agrees_with_dynamic_programming(text, pattern, ignore_case):
    assert like_matches(text, pattern, ignore_case=ignore_case) == like(text, pattern, ignore_case)


@given(st.text("ab%_!"), st.text("ab%_!\n", max_size=8))
def test_like_with_an_escape_agrees_or_is_refused(pattern, text):
    try:
        matched = like_matches(text, pattern, escape="!")
    except InvalidValueError:
        assert "!" in pattern
    else:
        assert matched == like(text, pattern, escape="!")


def test_a_hostile_pattern_does_not_backtrack():
    started = time.perf_counter()
    assert not like_matches("a" * 1_000, "%a" * 50 + "%b")
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize("pattern", ["a!", "!a", "50!x"])
def test_an_escape_must_escape_something(pattern):
    with pytest.raises(InvalidValueError):
        Like(COUNTRY, pattern, escape="!")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Comparison(COUNTRY, Op.EQ, 3),
        lambda: Comparison(ColumnRef("year"), Op.EQ, "1990"),
        lambda: Comparison(ColumnRef("value"), Op.EQ, True),
        lambda: Comparison(ColumnRef("value"), Op.LT, float("nan")),
        lambda: Comparison(ColumnRef("value"), Op.LT, Decimal("Infinity")),
        lambda: InList(COUNTRY, ()),
        lambda: InList(COUNTRY, ("a", 1)),
        lambda: Like(ColumnRef("year"), "19%"),
        lambda: Like(COUNTRY, "a", escape="ab"),
        lambda: And((IsNull(COUNTRY),)),
        lambda: Or(()),
    ],
)
def test_nodes_refuse_what_has_no_meaning(make):
    with pytest.raises(InvalidValueError):
        make()


def test_an_unknown_column_is_refused():
    with pytest.raises(ExpressionError, match="'nation'"):
        ColumnRef("nation")


@pytest.mark.parametrize("op", list(Op))
def test_a_negated_operator_holds_exactly_where_the_other_fails(op):
    signs = {Op.EQ: "==", Op.NE: "!=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
    for a, b in [(1, 2), (2, 2), (3, 2)]:
        assert eval(f"{a}{signs[op]}{b}") is not eval(f"{a}{signs[op.negation]}{b}")


def test_leaves_come_from_left_to_right():
    a, b, c = IsNull(COUNTRY), IsNull(AttributeRef("k")), IsNull(ColumnRef("value"))
    assert list(leaves(And((a, Not(Or((b, c))))))) == [a, b, c]
    assert str(AttributeRef("it's")) == "attr['it''s']"

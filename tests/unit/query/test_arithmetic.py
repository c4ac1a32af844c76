"""Calculations of statements, against fractions."""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinvec.errors import InvalidValueError
from coinvec.query import arithmetic

exact = st.integers(-(10**30), 10**30) | st.decimals(
    -(10**12), 10**12, allow_nan=False, allow_infinity=False, places=6
)
UNHURRIED = settings(deadline=None)
reals = st.floats(-1e100, 1e100)


@UNHURRIED
@given(exact, exact)
def test_sums_and_products_are_exact(a, b):
    assert Fraction(arithmetic.add(a, b)) == Fraction(a) + Fraction(b)
    assert Fraction(arithmetic.subtract(a, b)) == Fraction(a) - Fraction(b)
    assert Fraction(arithmetic.multiply(a, b)) == Fraction(a) * Fraction(b)


@UNHURRIED
@given(st.integers(), st.integers())
def test_whole_numbers_divide_without_fraction(a, b):
    quotient, rest = arithmetic.divide(a, b), arithmetic.remainder(a, b)
    if b == 0:
        assert quotient is None
        assert rest is None
        return
    assert quotient == math.trunc(Fraction(a, b))
    assert quotient * b + rest == a


@UNHURRIED
@given(exact, exact.filter(bool))
def test_decimals_divide_to_28_digits(a, b):
    quotient = arithmetic.divide(Decimal(a), b)
    error = abs(Fraction(quotient) - Fraction(a) / Fraction(b))
    assert error <= abs(Fraction(a) / Fraction(b)) / 10**27


@UNHURRIED
@given(st.lists(st.tuples(reals, st.integers(1, 5)), min_size=1))
def test_doubles_are_summed_to_the_nearest_whatever_their_order(weighted):
    listed = list(chain.from_iterable(repeat(value, times) for value, times in weighted))
    assert arithmetic.total(weighted) == math.fsum(listed) == arithmetic.total(weighted[::-1])


@UNHURRIED
@given(st.lists(st.tuples(exact, st.integers(1, 5)), min_size=1))
def test_means_weigh_by_how_often_a_value_occurs(weighted):
    count = sum(times for _, times in weighted)
    whole = sum(Fraction(value) * times for value, times in weighted)
    mean = Fraction(arithmetic.mean(weighted))
    assert abs(mean - whole / count) <= abs(whole / count) / 10**27


@UNHURRIED
@given(st.lists(st.tuples(reals, st.integers(1, 5)), min_size=1))
def test_means_of_doubles_are_rounded_once(weighted):
    count = sum(times for _, times in weighted)
    whole = sum(Fraction(value) * times for value, times in weighted)
    assert arithmetic.mean(weighted) == float(whole / count)


def test_nothing_has_no_mean():
    assert arithmetic.mean([]) is None


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [
        (Decimal("2.5"), 0, Decimal(3)),
        (Decimal("-2.5"), 0, Decimal(-3)),
        (Decimal("0.125"), 2, Decimal("0.13")),
        (1.005, 2, 1.01),
        (15, -1, 20),
        (15, 3, 15),
        (Decimal(149), -2, Decimal(100)),
    ],
)
def test_halves_are_rounded_away_from_zero(number, places, expected):
    found = arithmetic.rounded(number, places)
    assert found == expected
    assert type(found) is type(expected)
    assert "E" not in str(found)


@pytest.mark.parametrize(
    ("sign", "a", "b"),
    [
        (arithmetic.multiply, 10**600, 10**600),
        (arithmetic.multiply, Decimal(10) ** 600, Decimal(10) ** 600),
        (arithmetic.multiply, Decimal(10) ** -600, Decimal(10) ** -600),
        (arithmetic.multiply, 1e200, 1e200),
        (arithmetic.multiply, 1e200, 10**200),
        (arithmetic.add, 1.0, 10**400),
    ],
)
def test_numbers_too_large_are_refused(sign, a, b):
    with pytest.raises(InvalidValueError, match="too large"):
        sign(a, b)


def test_sums_of_whole_numbers_are_whole():
    assert arithmetic.total([(1, 2), (3, 1)]) == 5
    assert isinstance(arithmetic.total([(1, 2), (3, 1)]), int)

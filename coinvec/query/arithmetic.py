"""How statements calculate: exactly, and alike on every engine.

Integers and decimals are exact; only what touches a `real` (a double) becomes one. Dividing
integers cuts the fraction off, as SQLite and PostgreSQL do; dividing by zero gives NULL.
"""

import math
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from coinvec.domain.tables import Value
from coinvec.errors import InvalidValueError

Number = int | Decimal | float

QUOTIENT_DIGITS = 28
"""Significant digits of a quotient of decimals."""
DIGITS = 1_000
"""Most digits of a number, before its point and behind it."""
_EXACT = Context(prec=2 * DIGITS + 100)
"""More than that, so that what is rounded is too large anyway."""
_MOST_BITS = int(DIGITS * math.log2(10))
_DIVIDING = Context(prec=QUOTIENT_DIGITS)
ROUND_LIMIT = 100


def add(left: Number, right: Number) -> Number:
    """The sum."""
    return _calculated(left, right, lambda a, b: a + b, _EXACT.add)


def subtract(left: Number, right: Number) -> Number:
    """The difference."""
    return _calculated(left, right, lambda a, b: a - b, _EXACT.subtract)


def multiply(left: Number, right: Number) -> Number:
    """The product."""
    return _calculated(left, right, lambda a, b: a * b, _EXACT.multiply)


def divide(left: Number, right: Number) -> Number | None:
    """The quotient; of integers without its fraction; NULL where the divisor is zero."""
    if right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) is (right < 0) else -quotient
    return _calculated(left, right, lambda a, b: a / b, _DIVIDING.divide)


def remainder(left: Number, right: Number) -> Number | None:
    """What division without fraction leaves, with the dividend's sign; NULL where it is by zero."""
    if right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        return (abs(left) % abs(right)) * (-1 if left < 0 else 1)
    return _calculated(left, right, math.fmod, _EXACT.remainder)


def _calculated(
    left: Number,
    right: Number,
    of_plain: Callable[[float, float], float],
    of_decimals: Callable[[Decimal, Decimal], Decimal],
) -> Number:
    try:
        if isinstance(left, float) or isinstance(right, float):
            return finite(of_plain(float(left), float(right)))
    except OverflowError:
        raise _too_large() from None
    if isinstance(left, int) and isinstance(right, int):
        return _checked(int(of_plain(left, right)))
    return _checked(of_decimals(Decimal(left), Decimal(right)))


def _checked(number: int | Decimal) -> int | Decimal:
    """The number, unless it has too many digits."""
    if isinstance(number, int):
        fits = number.bit_length() <= _MOST_BITS
    else:
        exponent = number.as_tuple().exponent
        fits = isinstance(exponent, int) and number.adjusted() <= DIGITS and exponent >= -DIGITS
    if not fits:
        raise _too_large()
    return number


def finite(number: float) -> float:
    """The number.

    Raises:
        InvalidValueError: It is too large for a double.
    """
    if not math.isfinite(number):
        raise _too_large()
    return number


def rounded(number: Number, places: int = 0) -> Number:
    """The number with so many decimals, halves away from zero; a double by its decimal digits."""
    if not -ROUND_LIMIT <= places <= ROUND_LIMIT:
        raise InvalidValueError(
            f"round() takes up to {ROUND_LIMIT} decimals, not {places}.", hint="Ask for fewer."
        )
    if isinstance(number, int) and places >= 0:
        return number
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    done = exact.quantize(Decimal((0, (1,), -places)), ROUND_HALF_UP, _EXACT)
    return type(number)(f"{done:f}")


def comparable(left: Value, right: Value) -> tuple[Value, Value]:
    """Two values as they are compared: a number beside a double is rounded to a double."""
    if isinstance(left, float) and isinstance(right, int | Decimal):
        return left, float(Decimal(right))
    if isinstance(right, float) and isinstance(left, int | Decimal):
        return float(Decimal(left)), right
    return left, right


def total(weighted: Iterable[tuple[Number, int]]) -> Number:
    """The sum of numbers that each occur some times; of doubles the double nearest to the exact.

    In any order the same: engines give rows in orders of their own.
    """
    return _nearest(_exact_total(weighted))


def mean(weighted: Iterable[tuple[Number, int]]) -> Number | None:
    """The mean of numbers that each occur some times: a decimal, or of doubles a double."""
    listed = list(weighted)
    count = sum(times for _, times in listed)
    if not count:
        return None
    whole = _exact_total(listed)
    if isinstance(whole, Fraction):
        return _nearest(whole / count)
    return divide(Decimal(whole), count)


def _exact_total(weighted: Iterable[tuple[Number, int]]) -> int | Decimal | Fraction:
    """The sum; a fraction where there are doubles."""
    number: int | Decimal | Fraction = 0
    for value, times in weighted:
        if isinstance(value, float) or isinstance(number, Fraction):
            number = Fraction(number) + Fraction(value) * times
        elif isinstance(value, int) and isinstance(number, int):
            number = _checked(number + value * times)
        else:
            number = _checked(_EXACT.add(number, _EXACT.multiply(value, times)))
    return number


def _nearest(number: int | Decimal | Fraction) -> Number:
    """The double nearest to a fraction; other numbers as they are."""
    if not isinstance(number, Fraction):
        return number
    try:
        return finite(float(number))
    except OverflowError:
        raise _too_large() from None


def _too_large() -> InvalidValueError:
    return InvalidValueError(
        "a number of the answer is too large to be calculated.", hint="Calculate with less of it."
    )

"""Constants of a filter: written in it, or given as parameters. Numbers stay exact."""

import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from coinvec.domain.columns import Kind
from coinvec.domain.predicates import Literal, Operand, operand_kind
from coinvec.domain.spelling import nearest
from coinvec.errors import InvalidValueError
from coinvec.query.scan import unstorable

DIGITS_LIMIT = 100
"""Most digits of a number before the point, and behind it."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_SHOWN = 60


@dataclass(slots=True)
class Parameters:
    """The values given for the `:name` parameters of a filter, and which of them were used.

    Attributes:
        values: By name, without the colon: a text, a number, or a list or tuple of them.
    """

    values: Mapping[str, object]
    _used: set[str] = field(default_factory=set)

    def one(self, name: str) -> Literal:
        """The text or number given for a parameter.

        Raises:
            InvalidValueError: Nothing was given, or something else.
        """
        value = self._given(name)
        if isinstance(value, list | tuple):
            raise InvalidValueError(
                f"the parameter :{name} is a list, and one value is needed here.",
                hint=f"A list may stand after IN: IN :{name}.",
            )
        return _literal(name, value)

    def many(self, name: str) -> tuple[Literal, ...]:
        """The list given for a parameter, or the one value as a list.

        Raises:
            InvalidValueError: Nothing was given, an empty list, or something else.
        """
        value = self._given(name)
        if not isinstance(value, list | tuple):
            return (_literal(name, value),)
        if not value:
            raise InvalidValueError(
                f"the parameter :{name} is an empty list.", hint="Give it at least one value."
            )
        return tuple(_literal(name, part) for part in value)

    def photo(self, name: str) -> object:
        """Whatever was given for a parameter that is a photo.

        Raises:
            InvalidValueError: Nothing was given.
        """
        return self._given(name)

    def check_all_used(self) -> None:
        """Refuse values that nothing in the filter asked for.

        Raises:
            InvalidValueError: There are some.
        """
        unused = [f":{name}" for name in self.values if name not in self._used]
        if unused:
            raise InvalidValueError(
                f"the text does not use {', '.join(unused)}.",
                hint="Name each parameter in the text, or leave it out.",
            )

    def _given(self, name: str) -> object:
        self._used.add(name)
        if name in self.values:
            return self.values[name]
        meant = nearest(name, self.values)
        raise InvalidValueError(
            f"no value was given for the parameter :{name}.",
            hint=f"Did you mean :{meant}?" if meant else f"Give a value for {name!r}.",
        )


def read_number(text: str) -> int | Decimal:
    """Read a number exactly: whole ones as int, others as Decimal.

    Raises:
        InvalidValueError: It is no number, or has more than `DIGITS_LIMIT` digits on a side.
    """
    if not _NUMBER.fullmatch(text):
        raise InvalidValueError(f"{shown(text)} is not a number.")
    number = Decimal(text)
    _check_digits(number)
    return int(number) if text.lstrip("+-").isdigit() else number


def suited(operand: Operand, value: Literal, *, read_texts: bool = False) -> Literal:
    """The constant, once it is seen to suit the operand.

    Args:
        operand: What it is compared with.
        value: The constant.
        read_texts: Read a text as a number where the operand holds numbers.

    Raises:
        InvalidValueError: A text beside numbers, or a number beside texts.
    """
    kind = operand_kind(operand)
    textual = kind in (Kind.TEXT, Kind.SIDE)
    if isinstance(value, str) is textual:
        return value
    if textual:
        raise InvalidValueError(
            f"{operand} holds a text, and {value} is a number.", hint=f"Write '{value}', in quotes."
        )
    text = str(value).strip()
    if read_texts:
        return read_number(text)
    raise InvalidValueError(
        f"{operand} holds a {kind.value}, and {shown(text)} is a text.",
        hint=f"Write {text}, without quotes." if _NUMBER.fullmatch(text) else "Give it a number.",
    )


def shown(value: object) -> str:
    """A value as messages show it: quoted, and cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _literal(name: str, value: object) -> Literal:
    """A parameter's value as a plain text, int or Decimal."""
    if isinstance(value, str):
        if unstorable(value) is not None:
            raise InvalidValueError(
                f"the parameter :{name} holds characters that are not text.",
                hint="Read it as UTF-8, and take NUL characters out of it.",
            )
        return str.__str__(value)  # not str(): an Enum or another subclass would name itself
    if isinstance(value, bool) or not isinstance(value, numbers.Real | Decimal):
        raise _unusable(name, value)
    if isinstance(value, numbers.Integral):
        number: int | Decimal = int(value)
    else:
        number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    _check_digits(Decimal(number))
    return number


def _unusable(name: str, value: object) -> InvalidValueError:
    if value is None:
        return InvalidValueError(
            f"the parameter :{name} is None, and nothing equals NULL.",
            hint="Use IS NULL or IS NOT NULL.",
        )
    return InvalidValueError(
        f"the parameter :{name} is {shown(value)}.", hint="Give it a text, a number or a list."
    )


def _check_digits(number: Decimal) -> None:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise InvalidValueError(f"{number} is no number that anything can be compared with.")
    if number.adjusted() >= DIGITS_LIMIT or -exponent > DIGITS_LIMIT:
        raise InvalidValueError(
            f"a number here has more than {DIGITS_LIMIT} digits before or behind its point.",
            hint="Shorten it.",
        )

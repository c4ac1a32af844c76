"""What a coin is: the catalogued type, its designs (one per side shown) and their years."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Self

from coinvec.domain.identifiers import check_key
from coinvec.errors import InvalidValueError

TEXT_MAX_LENGTH = 2_000
VALUE_DECIMALS = 6
VALUE_LIMIT = Decimal(10) ** 12
YEAR_LIMIT = 9_999


class Side(StrEnum):
    """One of the two sides of a coin."""

    OBVERSE = "obverse"
    REVERSE = "reverse"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.REVERSE if self is Side.OBVERSE else Side.OBVERSE

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a side from text.

        Raises:
            InvalidValueError: The text is neither `obverse` nor `reverse`.
        """
        try:
            return cls(text.strip().lower())
        except ValueError:
            raise InvalidValueError(f"side {text!r} is neither 'obverse' nor 'reverse'.") from None


def check_text(what: str, text: str | None, *, required: bool = False) -> None:
    """Refuse a missing required text, an over-long one, and one with NUL characters.

    Raises:
        InvalidValueError: As said.
    """
    if text is None and not required:
        return
    if not text:
        raise InvalidValueError(f"{what} is empty.")
    if len(text) > TEXT_MAX_LENGTH or "\x00" in text:
        raise InvalidValueError(
            f"{what} is longer than {TEXT_MAX_LENGTH} characters or holds a NUL character."
        )


@dataclass(frozen=True, slots=True)
class YearSpan:
    """The years in which a design was struck; either end, or both, may be unknown.

    Attributes:
        first: First year (astronomical: -43 is 44 BC); None if unknown.
        last: Last year; None if unknown.
    """

    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        for year in (self.first, self.last):
            if year is not None and abs(year) > YEAR_LIMIT:
                raise InvalidValueError(f"year {year} is not between ±{YEAR_LIMIT}.")
        if self.first is not None and self.last is not None and self.first > self.last:
            raise InvalidValueError(f"year_from {self.first} is after year_to {self.last}.")


@dataclass(frozen=True, slots=True)
class CoinType:
    """One catalogued coin, whatever the year.

    Attributes:
        key: The type's stable id, chosen by the catalogue's keeper.
        country: Issuing authority, as users filter by it.
        denomination: As written, e.g. `50 cents`.
        currency: Name of the currency.
        value: Face value in units of the denomination's currency, at most six decimals.
        title: One line for people; defaults to country and denomination.
        composition: Metal or alloy.
        diameter_mm: Diameter in millimetres.
        weight_g: Weight in grams.
        shape: E.g. `round`, `scalloped`.
        numista_id: The type's number in the Numista catalogue.
        references: Numbers in printed catalogues, e.g. `KM# 23`.
    """

    key: str
    country: str
    denomination: str
    currency: str | None = None
    value: Decimal | None = None
    title: str = ""
    composition: str | None = None
    diameter_mm: float | None = None
    weight_g: float | None = None
    shape: str | None = None
    numista_id: str | None = None
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_key("type", self.key)
        check_text("country", self.country, required=True)
        check_text("denomination", self.denomination, required=True)
        if not self.title:
            object.__setattr__(self, "title", f"{self.country}, {self.denomination}")
        for name in ("currency", "title", "composition", "shape", "numista_id"):
            check_text(name, getattr(self, name))
        for reference in self.references:
            check_text("references", reference, required=True)
        _check_value(self.value)
        for name in ("diameter_mm", "weight_g"):
            _check_measure(name, getattr(self, name))


def _check_value(value: Decimal | None) -> None:
    if value is None:
        return
    if not value.is_finite() or not 0 <= value < VALUE_LIMIT:
        raise InvalidValueError(f"value {value} is not a number from 0 to {VALUE_LIMIT:.0e}.")
    if value != round(value, VALUE_DECIMALS):
        raise InvalidValueError(f"value {value} has more than {VALUE_DECIMALS} decimals.")


def _check_measure(name: str, measure: float | None) -> None:
    if measure is not None and not 0 < measure < 1e6:
        raise InvalidValueError(f"{name} {measure!r} is not a positive number below 1e6.")


@dataclass(frozen=True, slots=True)
class Design:
    """What one side of a coin type shows: the recognition target.

    Attributes:
        type_key: Key of the `CoinType` it belongs to.
        side: The side that shows it.
        key: Key within type and side.
        years: Years in which it was struck.
    """

    type_key: str
    side: Side
    key: str
    years: YearSpan = field(default_factory=YearSpan)

    def __post_init__(self) -> None:
        check_key("type", self.type_key)
        check_key("design", self.key)

    @property
    def id(self) -> str:
        """`type/side/design`, unique in the catalogue."""
        return f"{self.type_key}/{self.side.value}/{self.key}"

"""What importers share: numbers as a manifest writes them, and details kept as attributes."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from coinvec.domain.coins import TEXT_MAX_LENGTH, VALUE_DECIMALS

SEPARATOR = "; "
"""Stands between the details of several coins that share a picture."""


def number(text: str, *, zero: bool = False) -> str | None:
    """A number as a manifest takes it, rounded to the decimals a face value may have.

    Args:
        text: What the foreign file says.
        zero: Whether 0 is a value, and not the absence of one.

    Returns:
        The number; None where the text is none, or none that a coin could have.
    """
    try:
        value = round(Decimal(text), VALUE_DECIMALS)
    except InvalidOperation:  # text, infinity, or more digits than a Decimal keeps
        return None
    if not value.is_finite() or value < 0 or (value == 0 and not zero):
        return None
    return f"{value.normalize():f}"


def joined(details: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The details of coins that share one picture: of each name the different texts, in order.

    A text longer than an attribute may be goes on under its name with `_2`, `_3` ….
    """
    texts: dict[str, dict[str, None]] = {}
    for each in details:
        for name, text in each.items():
            texts.setdefault(name, {})[text] = None
    return {
        key: part
        for name, different in texts.items()
        for key, part in _parts(name, SEPARATOR.join(different))
    }


def _parts(name: str, text: str) -> Iterator[tuple[str, str]]:
    for place, start in enumerate(range(0, len(text), TEXT_MAX_LENGTH), 1):
        key = name if place == 1 else f"{name}_{place}"
        yield key, text[start : start + TEXT_MAX_LENGTH]

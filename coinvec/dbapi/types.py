"""Type objects and constructors of PEP 249.

The constructors are here because the standard asks for them; the catalogue has no columns of
dates or bytes. A photo may be given as `Binary(bytes)`, or as the bytes themselves.
"""

import time
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Final

from coinvec.domain.tables import SqlType


class TypeObject:
    """Equals the type codes of the columns it describes.

    Args:
        name: Its name in PEP 249.
        types: The type codes; they stand in `Cursor.description`.
    """

    def __init__(self, name: str, *types: SqlType) -> None:
        self._name = name
        self._types = frozenset(types)

    def __eq__(self, other: object) -> bool:
        return other is self or other in self._types

    def __hash__(self) -> int:
        return hash(self._name)

    def __repr__(self) -> str:
        return self._name


STRING: Final = TypeObject("STRING", SqlType.TEXT, SqlType.NULL)
"""Texts; and columns that are always NULL, of which nothing else is known."""
NUMBER: Final = TypeObject(
    "NUMBER", SqlType.INTEGER, SqlType.DECIMAL, SqlType.REAL, SqlType.BOOLEAN
)
"""Integers, decimals, doubles, and truth values, which Python counts among the integers."""
BINARY: Final = TypeObject("BINARY")
DATETIME: Final = TypeObject("DATETIME")
ROWID: Final = TypeObject("ROWID")

Binary = bytes
Date = date
Time = time_of_day
Timestamp = datetime


def DateFromTicks(ticks: float) -> date:  # noqa: N802 - PEP 249 names it
    """The local date of a number of seconds since the epoch."""
    return Date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks: float) -> time_of_day:  # noqa: N802
    """The local time of day of a number of seconds since the epoch."""
    return Time(*time.localtime(ticks)[3:6])


def TimestampFromTicks(ticks: float) -> datetime:  # noqa: N802
    """The local date and time of a number of seconds since the epoch."""
    return Timestamp(*time.localtime(ticks)[:6])

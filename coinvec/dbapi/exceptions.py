"""The exceptions of PEP 249, and coinvec's own errors as these; the cause is kept.

Exception
├── Warning                   what the asker should know; in `Cursor.messages`, never raised
└── Error
    ├── InterfaceError        the driver is used wrongly: closed, or nothing to fetch
    └── DatabaseError
        ├── DataError         a photo is unreadable or shows no coin; a value is unusable
        ├── OperationalError  a home, store, plugin or model is missing, locked or fails
        ├── IntegrityError    never raised: nothing is written
        ├── InternalError     never raised
        ├── ProgrammingError  a statement that is not understood
        └── NotSupportedError a statement that would write, or is more than one
"""

from collections.abc import Iterator
from contextlib import contextmanager

from coinvec.errors import CoinvecError, ExpressionError, UnavailableError, UsageError


class Warning(Exception):  # noqa: A001, N818 - PEP 249 names it
    """What the asker should know about an answer."""


class Error(Exception):
    """Base of all errors of this driver."""


class InterfaceError(Error):
    """The driver, rather than the database, was used wrongly."""


class DatabaseError(Error):
    """An error that concerns the database."""


class DataError(DatabaseError):
    """What was given cannot be used: a photo without a coin, an unreadable one."""


class OperationalError(DatabaseError):
    """A home, store, plugin or model is missing, locked or fails."""


class IntegrityError(DatabaseError):
    """Relations would be broken; never raised by a driver that only reads."""


class InternalError(DatabaseError):
    """The database is in a state of its own; never raised."""


class ProgrammingError(DatabaseError):
    """A statement is not understood, or its parameters do not fit."""


class NotSupportedError(DatabaseError):
    """What was asked for is not part of this database."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise coinvec's errors as those of PEP 249, with the same words and the error as cause."""
    try:
        yield
    except CoinvecError as error:
        raise _kind(error)(str(error)) from error


def _kind(error: CoinvecError) -> type[DatabaseError]:
    if isinstance(error, ExpressionError | UsageError):
        return ProgrammingError
    return OperationalError if isinstance(error, UnavailableError) else DataError

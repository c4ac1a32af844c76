"""The whole error tree. Every error coinvec raises on purpose descends from `CoinvecError`.

    CoinvecError
    ├── InputError                what was given cannot be used                     exit 3
    │   ├── InvalidValueError     a value type refused its values (also ValueError)
    │   ├── ImageError            unreadable, truncated, hostile or oversized picture
    │   ├── ManifestError         unreadable manifest or queries file
    │   ├── ExpressionError       a filter or SQL text that is not understood
    │   └── NotInCatalogueError   a type, design or image id that does not exist
    ├── NegativeResultError       everything worked; the answer is "no"             exit 1
    │   ├── NoCoinError           no coin found in the picture
    │   ├── RowsRejectedError     some rows of an import were rejected
    │   └── CheckFailedError      a check (schema, evaluation, plugin) failed
    ├── UsageError                options that do not go together                   exit 2
    └── UnavailableError          a part coinvec stands on is missing or refuses    exit 4
        ├── SettingsError         unreadable or contradictory settings
        ├── HomeError             the home does not exist or is not a home
        │   └── HomeLockedError   another process owns the embedded home
        ├── SchemaError           the database schema is missing or out of date
        ├── StoreError            a store is down, broken or refused a request
        ├── GenerationError       the asked-for models are not those of the live generation
        └── PluginError           a plugin is missing, broken or broke its promise

A message says what was read, why it was refused and, as `hint`, what to type instead.
"""

from typing import ClassVar

__all__ = [
    "CheckFailedError",
    "CoinvecError",
    "ExpressionError",
    "GenerationError",
    "HomeError",
    "HomeLockedError",
    "ImageError",
    "InputError",
    "InvalidValueError",
    "ManifestError",
    "NegativeResultError",
    "NoCoinError",
    "NotInCatalogueError",
    "PluginError",
    "RowsRejectedError",
    "SchemaError",
    "SettingsError",
    "StoreError",
    "UnavailableError",
    "UsageError",
]

_SHOWN_BEFORE = 60
_SHOWN_IN_ALL = 100


class CoinvecError(Exception):
    """Base of all errors coinvec raises on purpose.

    Args:
        message: What was read and why it was refused, as a sentence.
        hint: What to do or type instead; empty where there is nothing to advise.
    """

    exit_status: ClassVar[int] = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The message and the hint as one paragraph."""
        return f"{self.message} {self.hint}".strip()


class InputError(CoinvecError):
    """What was given cannot be used."""

    exit_status = 3


class InvalidValueError(InputError, ValueError):
    """A value type refused the values it was constructed with."""


class ImageError(InputError):
    """A picture is unreadable, truncated, hostile or over the limits."""


class ManifestError(InputError):
    """A manifest or queries file cannot be read at all."""


class ExpressionError(InputError):
    """A filter expression or SQL text is not understood.

    Args:
        message: Why it was refused.
        text: The whole text as given.
        position: Index into `text` of the place at fault; None where no single place is.
        hint: What to write instead.
    """

    def __init__(
        self, message: str, *, text: str = "", position: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.text = text
        self.position = position

    def __str__(self) -> str:
        """The message, the line at fault with a caret under the place, and the hint."""
        if self.position is None or not self.text:
            return super().__str__()
        start = self.text.rfind("\n", 0, self.position) + 1
        line = self.text[start:].split("\n", 1)[0]
        column = self.position - start
        # A generated filter may be one line of a million characters: show the place, not all of it.
        cut = max(0, column - _SHOWN_BEFORE)
        line, column = line[cut : cut + _SHOWN_IN_ALL], column - cut
        return "\n".join(filter(None, (self.message, f"  {line}", f"  {' ' * column}^", self.hint)))


class NotInCatalogueError(InputError):
    """A type, design or image id does not exist in the catalogue."""


class NegativeResultError(CoinvecError):
    """Everything worked, and the answer is "no"."""

    exit_status = 1


class NoCoinError(NegativeResultError):
    """No coin was found in the picture."""


class RowsRejectedError(NegativeResultError):
    """Some rows of an import were rejected; the others went in."""


class CheckFailedError(NegativeResultError):
    """A check was run to its end and failed."""


class UsageError(CoinvecError):
    """Options or arguments that do not go together."""

    exit_status = 2


class UnavailableError(CoinvecError):
    """A store, plugin, model, schema or setting coinvec stands on is missing or refuses."""


class SettingsError(UnavailableError):
    """Settings are unreadable or contradict each other."""


class HomeError(UnavailableError):
    """The home does not exist or is not a coinvec home."""


class HomeLockedError(HomeError):
    """Another process owns the embedded home."""


class SchemaError(UnavailableError):
    """The database schema is missing or out of date."""


class StoreError(UnavailableError):
    """A store is down, broken or refused a request."""


class GenerationError(UnavailableError):
    """The asked-for models are not those of the live generation."""


class PluginError(UnavailableError):
    """A plugin is missing, broken or broke its promise."""

"""A check, what came of it, and how many are run."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NoReturn, Self, TypeVar

from coinvec.errors import CheckFailedError, CoinvecError

__all__ = ["Check", "Outcome", "fail", "require", "run_checks"]

SubjectT = TypeVar("SubjectT")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one check.

    Attributes:
        check: Its name.
        promise: What the plugin promises, in words.
        passed: Whether it keeps the promise.
        detail: Why not, and what to do; or what was measured on the way.
        seconds: How long the check took.
    """

    check: str
    promise: str
    passed: bool
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Check(Generic[SubjectT]):
    """One promise, and the function that holds a plugin to it.

    Attributes:
        name: Lower-case words joined by `-`.
        promise: What a plugin promises, in words.
        run: Raises `CheckFailedError`, or whatever the plugin raises, where the promise is
            broken; else returns what was measured on the way, in words.
    """

    name: str
    promise: str
    run: Callable[[SubjectT], str]

    @classmethod
    def of(cls, function: Callable[[SubjectT], str]) -> Self:
        """A check named like a function, whose docstring's first line is the promise."""
        promise = (function.__doc__ or "").strip().split("\n", 1)[0]
        return cls(function.__name__.replace("_", "-"), promise, function)

    def outcome(self, subject: SubjectT) -> Outcome:
        """Run the check; never raises what a plugin raises."""
        begun = time.perf_counter()
        passed = False
        try:
            detail = self.run(subject)
            passed = True
        except CoinvecError as error:
            detail = str(error)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything; that is a finding
            detail = f"It raised {type(error).__name__}: {error}"
        return Outcome(self.name, self.promise, passed, detail, time.perf_counter() - begun)


def run_checks(checks: Sequence[Check[SubjectT]], subject: SubjectT) -> Iterator[Outcome]:
    """Run checks in turn. Where the first fails the rest would all say the same, and are left out.

    Args:
        checks: The first of them loads the plugin.
        subject: What is checked.

    Yields:
        One outcome a check, as soon as it is known.
    """
    first, *rest = checks
    loaded = first.outcome(subject)
    yield loaded
    if loaded.passed:
        for check in rest:
            yield check.outcome(subject)


def fail(message: str, hint: str) -> NoReturn:
    """Say that a promise is broken.

    Raises:
        CheckFailedError: Always.
    """
    raise CheckFailedError(message, hint=hint)


def require(kept: object, message: str, hint: str) -> None:
    """Say that a promise is broken unless it is kept.

    Raises:
        CheckFailedError: `kept` is false.
    """
    if not kept:
        fail(message, hint)

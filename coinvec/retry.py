"""Asking a server again that went away: how often, for how long, and what is said in the end.

Only what may be done twice is asked again: connecting, reads, and writes that replace by id. The
waits grow and are drawn at random, so that clients which lost a server together do not return
together (Brooker, "Exponential Backoff and Jitter", 2015). The clients' own repeats do not serve:
pymilvus waits without jitter until a request's deadline, minutes; psycopg does not repeat.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from coinvec.errors import CoinvecError

PATIENCE_S = 20.0
"""How long a server may be away: a standalone Milvus restarts in 10 s, PostgreSQL in 1 s."""

_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 3.0

Answer = TypeVar("Answer")
Patience = float | Callable[[BaseException | None], float]
"""Seconds within which the last attempt begins; of a function, after this error."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was tried before giving up: how often, and in how many seconds."""

    number: int
    seconds: float

    def __str__(self) -> str:
        """As it stands in a message, e.g. `tried 7 times in 20 s`."""
        times = "once" if self.number == 1 else f"{self.number} times"
        return f"tried {times} in {self.seconds:.0f} s"


def repeated(
    request: Callable[[], Answer],
    *,
    is_passing: Callable[[BaseException], bool],
    given_up: Callable[[BaseException, Attempts], CoinvecError],
    patience: Patience | None = None,
) -> Answer:
    """Make a request until it is answered, or `patience` is used up.

    Args:
        request: May be done twice.
        is_passing: Whether an error is worth another attempt; any other is raised as it is.
        given_up: Makes the error that is raised after the last attempt.
        patience: Seconds within which the last attempt begins; by default `PATIENCE_S`.
    """
    patience = PATIENCE_S if patience is None else patience

    def is_over(state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        seconds = patience(error) if callable(patience) else patience
        return tenacity.stop_before_delay(seconds)(state)

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_passing),
        wait=tenacity.wait_random_exponential(multiplier=_FIRST_WAIT_S, max=_LONGEST_WAIT_S),
        stop=is_over,
        reraise=True,
    )
    try:
        return retrying(request)
    except Exception as error:
        if not is_passing(error):
            raise
        tried = retrying.statistics
        attempts = Attempts(tried["attempt_number"], tried["delay_since_first_attempt"])
        raise given_up(error, attempts) from error

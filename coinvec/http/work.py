"""The threads that models run on: some at once, some waiting, and no more than that."""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from coinvec.http.problems import Problem, ProblemError

Answer = TypeVar("Answer")

_LONGEST_WAIT_S = 60
_RECENT = 0.2
"""Weight of the last piece of work in the mean by which the wait is told."""


class Workers:
    """Runs work on a bounded number of threads, behind a bounded queue.

    What does not fit is refused at once, so that a burst costs those who come too late a moment
    and nobody else anything. Work that runs past its time goes on, for no thread can be stopped,
    and keeps its place until it ends.

    Args:
        threads: Pieces of work done at once.
        queue: Pieces that wait.
        timeout: Seconds from asking to the answer.
    """

    def __init__(self, *, threads: int, queue: int, timeout: float) -> None:
        self._threads = threads
        self._places = threads + queue
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="coinvec-search")
        self._counting = threading.Lock()
        self._taken = 0
        self._mean_s = 1.0

    @property
    def busy(self) -> int:
        """Threads at work."""
        return min(self._taken, self._threads)

    @property
    def waiting(self) -> int:
        """Pieces of work in the queue."""
        return max(0, self._taken - self._threads)

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Do a piece of work on a thread.

        Raises:
            ProblemError: The queue is full (503), or the answer took too long (504).
        """
        self._take_place()
        context = copy_context()
        try:
            future = self._pool.submit(context.run, self._timed, work)
        except BaseException:
            self._give_place()
            raise
        future.add_done_callback(self._give_place)
        answer = asyncio.wrap_future(future)
        done, _ = await asyncio.wait([answer], timeout=self._timeout)
        if not done:
            answer.cancel()
            raise ProblemError(self._too_slow())
        return answer.result()

    def close(self) -> None:
        """Wait for what is at work; what only waits is dropped."""
        self._pool.shutdown(cancel_futures=True)

    def _take_place(self) -> None:
        with self._counting:
            if self._taken >= self._places:
                raise ProblemError(self._full())
            self._taken += 1

    def _give_place(self, _: "Future[Answer] | None" = None) -> None:
        with self._counting:
            self._taken -= 1

    def _timed(self, work: Callable[[], Answer]) -> Answer:
        started = time.monotonic()
        try:
            return work()
        finally:
            with self._counting:
                self._mean_s += _RECENT * (time.monotonic() - started - self._mean_s)

    def _full(self) -> Problem:
        wait = math.ceil(self._mean_s * self._taken / self._threads)
        return Problem(
            status=503,
            kind="busy",
            title="Busy",
            detail=f"All {self._threads} workers are at work and {self._taken - self._threads} "
            "requests wait already.",
            hint="Ask again after the seconds that Retry-After names.",
            headers={"Retry-After": str(min(max(1, wait), _LONGEST_WAIT_S))},
        )

    def _too_slow(self) -> Problem:
        return Problem(
            status=504,
            kind="timeout",
            title="Timeout",
            detail=f"The answer took longer than {self._timeout:g} seconds.",
            hint="Ask for less, or again when the service is less busy.",
        )

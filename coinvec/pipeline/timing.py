"""How long each stage of a search took."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

STAGES = ("decode", "preprocess", "encode", "retrieve", "join", "rank")


class StageTimer:
    """Adds up the wall-clock time of each stage, in milliseconds."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._spent = dict.fromkeys(STAGES, 0.0)
        self._adding = threading.Lock()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time inside the `with` block to stage `name`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            with self._adding:
                self._spent[name] += (time.perf_counter() - started) * 1e3

    def milliseconds(self, shared_by: int = 1) -> Mapping[str, float]:
        """Time per stage and in `total`.

        Args:
            shared_by: How many queries went through the stages together; each is given its share.
        """
        total = (time.perf_counter() - self._started) * 1e3
        spent = self._spent | {"total": total}
        return {name: round(ms / shared_by, 3) for name, ms in spent.items()}

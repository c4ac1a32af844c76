"""One owner at a time for an embedded home (Milvus Lite allows one process per file)."""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from coinvec.errors import HomeLockedError

LOCK_NAME = "coinvec.lock"
OWNER_NAME = "coinvec.pid"


class HomeLock:
    """An operating-system lock on a home; it falls with the process that holds it.

    Args:
        home: The home's directory, which exists.
        timeout: Seconds to wait for another owner to leave.
    """

    def __init__(self, home: Path, timeout: float) -> None:
        self._home = home
        self._timeout = timeout
        self._lock = FileLock(home / LOCK_NAME, thread_local=False)

    def acquire(self) -> None:
        """Become the owner.

        Raises:
            HomeLockedError: Another process was still the owner after the timeout.
        """
        try:
            self._lock.acquire(timeout=self._timeout)
        except Timeout:
            raise HomeLockedError(
                f"The home {self._home} is in use by process {self._owner()}, and was still after "
                f"{self._timeout:g} s.",
                hint="Stop that process, ask it over HTTP if it is `coinvec serve`, or let several "
                "processes share the vectors through a server (`milvus-lite server --host "
                "127.0.0.1 --data-dir DIR --port 19530` and "
                "COINVEC_MILVUS_URI=http://127.0.0.1:19530).",
            ) from None
        (self._home / OWNER_NAME).write_text(f"{os.getpid()}\n", encoding="ascii")

    def release(self) -> None:
        """Stop being the owner; without effect where this object is not."""
        if self._lock.is_locked:
            (self._home / OWNER_NAME).unlink(missing_ok=True)
            self._lock.release()

    def _owner(self) -> str:
        try:
            return (self._home / OWNER_NAME).read_text(encoding="ascii").strip() or "unknown"
        except OSError:
            return "unknown"

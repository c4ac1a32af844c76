"""What was worked out from catalogue coins, kept in one bounded file of the home's cache."""

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

_BUSY_SECONDS = 1.0
_TABLE = "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, key TEXT UNIQUE, value BLOB)"
# JSON carries any number of keys as one parameter.
_READ = "SELECT key, value FROM entry WHERE key IN (SELECT value FROM json_each(?))"
_WRITE = "INSERT OR REPLACE INTO entry (key, value) VALUES (?, ?)"
_BOUND = "DELETE FROM entry WHERE id <= (SELECT max(id) FROM entry) - ?"


class BlobCache:
    """Bytes by key, the oldest dropped when there are too many; safe for threads and processes.

    Nobody is owed a cache: where its file cannot be made, read or written, nothing is kept and
    nothing fails. A file that is no database is removed.

    Args:
        path: The SQLite file; made with its folder when something is kept.
        limit: How many of the entries written last are kept.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit

    def load(self, keys: Collection[str]) -> dict[str, bytes]:
        """The values of those keys that are kept."""
        if not self._path.exists():
            return {}
        wanted = (json.dumps(list(keys)),)
        return self._try(lambda connection: dict(connection.execute(_READ, wanted)), {})

    def keep(self, entries: Mapping[str, bytes]) -> None:
        """Keep values; those that are there under the same keys are replaced."""

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.execute(_TABLE)
                connection.executemany(_WRITE, entries.items())
                connection.execute(_BOUND, (self._limit,))

        if entries:
            self._try(write, None)

    def _try(self, work: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                return work(connection)
        except (sqlite3.OperationalError, OSError):
            pass  # locked, full, read-only, or without its table
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)
        return otherwise

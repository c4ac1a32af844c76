"""Connections: an opened catalogue, shared by cursors and threads."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from coinvec.dbapi import exceptions
from coinvec.dbapi.cursor import Cursor
from coinvec.dbapi.exceptions import InterfaceError, translated

if TYPE_CHECKING:
    from coinvec.services.collection import Catalogue
    from coinvec.services.sql import SqlResult


def connect(home: str | Path | None = None) -> "Connection":
    """Open a home.

    Args:
        home: Its directory; by default COINVEC_HOME or the platform's user data directory.

    Raises:
        OperationalError: There is no home in that place, another process or connection owns it,
            or its schema is out of date.
    """
    from coinvec.services.collection import open_catalogue

    with translated():
        return Connection(open_catalogue(home))


class Connection:
    """An opened home. Close it, or use it as a context manager, which closes it.

    Args:
        catalogue: The opened catalogue; it is closed with the connection.
    """

    Warning = exceptions.Warning
    Error = exceptions.Error
    InterfaceError = exceptions.InterfaceError
    DatabaseError = exceptions.DatabaseError
    DataError = exceptions.DataError
    OperationalError = exceptions.OperationalError
    IntegrityError = exceptions.IntegrityError
    InternalError = exceptions.InternalError
    ProgrammingError = exceptions.ProgrammingError
    NotSupportedError = exceptions.NotSupportedError

    def __init__(self, catalogue: "Catalogue") -> None:
        self._catalogue: Catalogue | None = catalogue
        self._answering = threading.Lock()

    def cursor(self) -> Cursor:
        """A new cursor.

        Raises:
            InterfaceError: The connection is closed.
        """
        self.check_open()
        return Cursor(self)

    def commit(self) -> None:
        """Do nothing, for nothing was written; raises as `cursor`."""
        self.check_open()

    def rollback(self) -> None:
        """Do nothing, for nothing was written; raises as `cursor`."""
        self.check_open()

    def close(self) -> None:
        """Let go of the home; its cursors are of no use any more. Closing again does nothing."""
        with self._answering:
            if self._catalogue is not None:
                self._catalogue.close()
                self._catalogue = None

    def check_open(self) -> None:
        """Refuse to go on once the connection is closed; raises as `cursor`."""
        self._opened()

    def __enter__(self) -> Self:
        self.check_open()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def answer(self, statement: str, parameters: Mapping[str, Any]) -> "SqlResult":
        """Answer a statement, once those of other threads are answered; for cursors.

        Raises:
            InterfaceError: The connection is closed.
            DatabaseError: As `Cursor.execute`.
        """
        with self._answering, translated():
            return self._opened().sql(statement, parameters)

    def _opened(self) -> "Catalogue":
        if self._catalogue is None:
            raise InterfaceError("The connection is closed.")
        return self._catalogue

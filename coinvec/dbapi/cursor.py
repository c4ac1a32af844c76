"""Cursors: a statement, and its rows one after the other."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, Self

from coinvec.dbapi import exceptions
from coinvec.dbapi.exceptions import InterfaceError, NotSupportedError, ProgrammingError
from coinvec.domain.tables import SqlType, Value

if TYPE_CHECKING:
    from coinvec.dbapi.connection import Connection

Row = tuple[Value, ...]
Description = tuple[tuple[str, SqlType, None, None, None, None, None], ...]
"""Name and type code of each column; what else the standard names is not known."""


class Cursor:
    """Executes statements and gives their rows. For one thread at a time.

    Args:
        connection: Answers the statements.

    Attributes:
        arraysize: How many rows `fetchmany` gives unless told otherwise.
        connection: The connection it was made by.
        description: The columns of the answer; None before the first.
        rowcount: Rows of the answer; -1 before the first.
        messages: What the asker should know of the answer, as pairs of `Warning` and its text.
    """

    def __init__(self, connection: "Connection") -> None:
        self.arraysize = 1
        self.connection = connection
        self._closed = False
        self._forget()

    def _forget(self) -> None:
        self.description: Description | None = None
        self.rowcount = -1
        self.messages: list[tuple[type[exceptions.Warning], str]] = []
        self._rows: Iterator[Row] | None = None

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> Self:
        """Answer a statement; `EXPLAIN SELECT …` gives the lines of its plan.

        Args:
            operation: `SELECT … FROM coins …`, see the reference of the query language.
            parameters: A value, or in `similarity` a photo, for each `:name`.

        Returns:
            This cursor, to be iterated.

        Raises:
            InterfaceError: The cursor or its connection is closed.
            ProgrammingError: The statement is not understood, or its parameters do not fit.
            NotSupportedError: It would write.
            DataError: A photo is unreadable or shows no coin.
            OperationalError: A store or model fails.
        """
        self._check_open()
        self._forget()
        if parameters is not None and not isinstance(parameters, Mapping):
            raise ProgrammingError(
                f"The parameters are a {type(parameters).__name__}. Give a mapping of names to "
                "values, and write :name in the statement."
            )
        _check_reads(operation)
        result = self.connection.answer(operation, parameters or {})
        self.description = tuple(
            (column.name, column.type, None, None, None, None, None) for column in result.columns
        )
        self.rowcount = len(result)
        self._rows = iter(result)
        if result.search is not None:
            self.messages = [(exceptions.Warning, text) for text in result.search.warnings]
        return self

    def executemany(
        self, operation: str, seq_of_parameters: Sequence[Mapping[str, Any]]
    ) -> NoReturn:
        """Not supported: it is meant for statements that write.

        Raises:
            NotSupportedError: Always.
        """
        del operation, seq_of_parameters
        self._check_open()
        raise NotSupportedError("executemany is for writing, and statements here only read.")

    def fetchone(self) -> Row | None:
        """The next row; None after the last.

        Raises:
            InterfaceError: No statement was answered, or the cursor or connection is closed.
        """
        return next(self._fetching(), None)

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """The next rows, `arraysize` of them or as many as are asked for; raises as `fetchone`."""
        return list(islice(self._fetching(), self.arraysize if size is None else size))

    def fetchall(self) -> list[Row]:
        """All rows that are left; raises as `fetchone`."""
        return list(self._fetching())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        return next(self._fetching())

    def setinputsizes(self, sizes: Sequence[object]) -> None:
        """Do nothing, as the standard permits."""
        del sizes
        self._check_open()

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing, as the standard permits."""
        del size, column
        self._check_open()

    def close(self) -> None:
        """Let go of the rows; the cursor is of no use any more. Closing again does nothing."""
        self._closed = True
        self._rows = None

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _fetching(self) -> Iterator[Row]:
        self._check_open()
        if self._rows is None:
            raise InterfaceError("There is nothing to fetch. Execute a statement first.")
        return self._rows

    def _check_open(self) -> None:
        if self._closed:
            raise InterfaceError("The cursor is closed.")
        self.connection.check_open()


def _check_reads(operation: str) -> None:
    """Refuse a statement that begins with a word of SQL that the language has no use for."""
    from coinvec.query.statement_words import REFUSED

    words = operation.split(maxsplit=1)
    if words and words[0].upper() in REFUSED:
        message, hint = REFUSED[words[0].upper()]
        raise NotSupportedError(f"{words[0]!r}: {message} {hint}")

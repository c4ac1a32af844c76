"""The catalogue as a Python database (PEP 249, "DB-API 2.0"), which photos are asked of.

    from coinvec import dbapi

    with dbapi.connect("my-collection") as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT title, similarity FROM coins ORDER BY similarity(:image) DESC LIMIT 5",
            {"image": "photo.jpg"},
        )
        for title, similarity in cursor:
            print(similarity, title)

Parameters are named. Their values are texts, numbers, after IN also lists of them, and in
`similarity` photos: paths, bytes, binary file objects, RGB arrays or Pillow images. The database
is only read: there are no transactions, `commit` and `rollback` do nothing, and statements that
would write raise `NotSupportedError`.

Threads may share the module and connections (`threadsafety` 2), not cursors. Statements of one
connection are answered one after the other. An embedded home has one owner, so that a second
connection to it, in this process or another, waits for the first to be closed and then raises
`OperationalError`: share one connection, or keep the vectors on a Milvus server.

For SQLAlchemy, `coinvec:///my-collection` is the URL of a home; see `coinvec.dbapi.dialect`.
"""

from typing import Final

from coinvec.dbapi.connection import Connection, connect
from coinvec.dbapi.cursor import Cursor
from coinvec.dbapi.exceptions import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004 - PEP 249 names it
)
from coinvec.dbapi.types import (
    BINARY,
    DATETIME,
    NUMBER,
    ROWID,
    STRING,
    Binary,
    Date,
    DateFromTicks,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
)

__all__ = [
    "BINARY",
    "DATETIME",
    "NUMBER",
    "ROWID",
    "STRING",
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]

apilevel: Final = "2.0"
threadsafety: Final = 2
paramstyle: Final = "named"

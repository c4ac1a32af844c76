"""Database engines by URL: SQLite embedded, PostgreSQL to scale, and their errors as ours."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from coinvec.catalogue import postgres
from coinvec.domain.predicates import like_matches
from coinvec.errors import InvalidValueError, SettingsError, StoreError

BUSY_TIMEOUT_S = 5
IMMEDIATE = "coinvec_immediate"
"""Execution option of a connection that will write: it waits for other writers at once."""


def parse_url(url: str) -> URL:
    """Read a database URL.

    Raises:
        SettingsError: It is no URL, or of a database coinvec does not speak.
    """
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        # The text itself is not repeated: what is no URL may still hold a password.
        raise SettingsError(
            "the database URL cannot be read.",
            hint="Write sqlite:///catalogue.db or postgresql+psycopg://user@host/name.",
        ) from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise SettingsError(
            f"the database {shown(parsed)} is neither SQLite nor PostgreSQL.",
            hint="Write sqlite:///catalogue.db or postgresql+psycopg://user@host/name.",
        )
    return parsed


def shown(url: URL) -> str:
    """The URL for people, its password masked."""
    return url.render_as_string(hide_password=True)


def exists(url: URL) -> bool:
    """Whether there is something to connect to; False only for a SQLite file that is missing."""
    if url.get_backend_name() != "sqlite":
        return True
    return bool(url.database) and Path(str(url.database)).exists()


def create(url: URL, *, foreign_keys: bool = True) -> Engine:
    """Make an engine; nothing is connected yet.

    Args:
        url: As `parse_url` gives it.
        foreign_keys: Whether SQLite enforces them. Migrations must not: they rebuild tables, and
            dropping the old one would cascade.

    Raises:
        SettingsError: The database's driver is not installed.
    """
    sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = sa.create_engine(
            url,
            connect_args=_connect_arguments(url),
            pool_pre_ping=not sqlite,  # servers restart while a connection waits in the pool
            json_serializer=partial(json.dumps, ensure_ascii=False),
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"the database {shown(url)} needs {error.name}, which is not installed.",
            hint="Type: pip install 'coinvec[postgres]'",
        ) from error
    if sqlite:
        event.listen(engine, "connect", partial(_set_up_sqlite, foreign_keys=foreign_keys))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        postgres.set_up(engine, IMMEDIATE)
    return engine


def reading_sessions(engine: Engine) -> "sessionmaker[Session]":
    """Makes sessions that only read."""
    if engine.dialect.name == "sqlite":
        return sessionmaker(engine)
    return postgres.reading_sessions(engine)


def _connect_arguments(url: URL) -> dict[str, object]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": BUSY_TIMEOUT_S}
    return {
        name: each for name, each in postgres.CONNECT_ARGUMENTS.items() if name not in url.query
    }


def _set_up_sqlite(
    connection: sqlite3.Connection,
    _record: object,
    *,
    foreign_keys: bool,
) -> None:
    # The driver's own implicit BEGIN would let reads run outside of the transaction.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    connection.create_function("coinvec_like", 4, _like, deterministic=True)


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _like(value: str | None, pattern: str, escape: str, ignore_case: int) -> bool | None:
    if value is None:
        return None
    return like_matches(value, pattern, ignore_case=bool(ignore_case), escape=escape or None)


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Turn what a database refuses into coinvec's errors.

    Raises:
        StoreError: The database is down, locked, broken or refused a statement.
        InvalidValueError: A text cannot be written in UTF-8 (a lone surrogate).
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"the text {error.object!r} holds a character that cannot be written in UTF-8.",
            hint="Read the file or the arguments it came from as UTF-8.",
        ) from error
    except SQLAlchemyError as error:
        # `orig` is the driver's own message: without statement and parameters.
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StoreError(
            f"the database {shown(url)} refused: {cause}.", hint=_hint(cause)
        ) from error


def _hint(cause: str) -> str:
    if "database is locked" in cause:
        return "Another process is writing to it; wait until it is done and type the same again."
    if "FATAL:" in cause:  # how PostgreSQL turns a client away
        return "Check the user, password and name of the database in COINVEC_DATABASE_URL."
    return "See that it runs, can be written to and has room, then type the same again."

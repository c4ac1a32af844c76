"""What a PostgreSQL server needs beside its URL: patience while it restarts, and one writer.

Connecting is tried again for some seconds (`coinvec.retry`), and so is every statement of a read
whose connection is lost: each sees a snapshot of its own, so asking again changes nothing. A write
whose connection is lost is rolled back by the server, or was committed unheard; it is reported.
"""

from functools import partial
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Dialect, Engine, Result
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from coinvec.errors import CoinvecError, SettingsError, StoreError
from coinvec.retry import Attempts, repeated

CONNECT_PATIENCE_S = 10.0
"""Seconds a server may refuse connections before that is an error."""

CONNECT_ARGUMENTS = {
    "application_name": "coinvec",
    "client_encoding": "utf8",
    "connect_timeout": 5,
    # A server whose machine is gone never answers; notice it after 25 s rather than two hours.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""For libpq, where the URL says nothing else."""

_WRITERS_LOCK = 0x636F696E
"""Key of the advisory lock that writers take; the letters of "coin"."""

_PASSING = ("the database system is ", "too many clients", "connection slots")
"""In what a server says while it starts, stops, recovers, or is full."""


def set_up(engine: Engine, immediate: str) -> None:
    """Make an engine patient, and let its writers wait for each other.

    Args:
        engine: Of PostgreSQL; nothing is connected yet.
        immediate: The execution option that marks connections which will write.
    """
    event.listen(engine, "do_connect", partial(_connect, engine.url))
    event.listen(engine, "begin", partial(_begin, immediate=immediate))


def reading_sessions(engine: Engine) -> "sessionmaker[Session]":
    """Makes sessions that only read, and ask again when they lose their connection.

    They commit by themselves: a transaction would hold no snapshot at this server's default
    isolation, and ending it can fail when all is read.
    """
    sessions = sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"))
    event.listen(sessions, "do_orm_execute", partial(_execute, engine.url))
    return sessions


def _connect(
    url: URL, dialect: Dialect, _record: object, args: tuple[Any, ...], options: dict[str, Any]
) -> DBAPIConnection:
    connection = repeated(
        lambda: dialect.connect(*args, **options),
        is_passing=partial(_is_away, dialect),
        given_up=partial(_away, url),
        patience=CONNECT_PATIENCE_S,
    )
    _check_encoding(url, connection)
    return connection


def _check_encoding(url: URL, connection: DBAPIConnection) -> None:
    """Refuse a database that would count bytes as letters, or has no room for most of them."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding == "UTF8":
        return
    connection.close()
    raise SettingsError(
        f"the database {url.render_as_string(hide_password=True)} keeps texts in {encoding}, and "
        "coinvec needs one that keeps them in UTF8.",
        hint="Make one: CREATE DATABASE coins ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C'",
    )


def _is_away(dialect: Dialect, error: BaseException) -> bool:
    """Whether nobody answered, or only to say "not now"; wrong passwords stay wrong.

    The driver gives no codes here. Another language than English makes a refusal look passing,
    and costs some seconds.
    """
    text = str(error)
    return isinstance(error, dialect.loaded_dbapi.OperationalError) and (
        "FATAL:" not in text or any(part in text for part in _PASSING)
    )


def _away(url: URL, error: BaseException, attempts: Attempts) -> CoinvecError:
    cause = getattr(error, "orig", error)
    [reason, *_] = str(cause).strip().splitlines() or [type(cause).__name__]
    return StoreError(
        f"the database {url.render_as_string(hide_password=True)} cannot be reached: {reason}; "
        f"{attempts}.",
        hint="Check that it runs and accepts connections from here, and COINVEC_DATABASE_URL; "
        "then type the same again.",
    )


def _begin(connection: Connection, *, immediate: str) -> None:
    if connection.get_execution_options().get(immediate):
        # Writers look for names and add what is missing: two at once would add the same.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")


def _execute(url: URL, state: ORMExecuteState) -> Result[Any]:
    def once() -> Result[Any]:
        try:
            return state.invoke_statement()
        except DBAPIError as error:
            if error.connection_invalidated:
                state.session.rollback()  # gives the lost connection up
            raise

    return repeated(
        once,
        is_passing=lambda error: isinstance(error, DBAPIError) and error.connection_invalidated,
        given_up=partial(_away, url),
    )

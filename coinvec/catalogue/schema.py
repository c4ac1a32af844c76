"""The database schema: which revision a database is at, and bringing it to the newest.

The revisions are Alembic scripts: `migrations/` of the repository, which an installed coinvec
carries as `coinvec/_migrations`. Nothing but `open` of the store stands between an outdated
database and its user, so that one is refused with the command to run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

import coinvec
from coinvec.catalogue import engine as engines
from coinvec.catalogue.tables import CatalogueTable
from coinvec.catalogue.types import CodePointText
from coinvec.errors import SchemaError

UPGRADE_HINT = "Type: coinvec db upgrade"


def scripts_folder() -> Path:
    """Where the migration scripts are.

    Raises:
        SchemaError: They are missing from this installation.
    """
    package = Path(coinvec.__file__).parent
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise SchemaError(
        f"the migration scripts are missing from {package}.", hint="Install coinvec anew."
    )


def head() -> str:
    """The newest revision this coinvec knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise SchemaError("there are no migration scripts.", hint="Install coinvec anew.")
    return revision


def known(revision: str) -> bool:
    """Whether this coinvec knows a revision; it does not know those of later releases."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def current(url: str) -> str | None:
    """The revision a database is at; None where there is no schema, or no database, yet.

    Raises:
        StoreError: The database cannot be read.
    """
    if not engines.exists(engines.parse_url(url)):
        return None
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database to a revision, making it where there is none; all of it or nothing.

    Raises:
        SchemaError: A later release of coinvec has changed the database.
        StoreError: The database cannot be written to.
    """
    _refuse_newer(url)
    with _connected(url, immediate=True) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back to an earlier revision, or to `base`, where there are no tables.

    Raises:
        SchemaError: A later release of coinvec has changed the database.
        StoreError: The database cannot be written to.
    """
    _refuse_newer(url)
    with _connected(url, immediate=True) as connection:
        command.downgrade(_config(connection), revision)


def check(url: str) -> list[str]:
    """What differs between the tables this coinvec works with and those of a database.

    Returns:
        One sentence per difference; empty where they agree.
    """
    with _connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": type_differs})
        return [_told(each) for each in compare_metadata(context, CatalogueTable.metadata)]


def type_differs(
    context: MigrationContext,
    _stored_column: sa.Column[Any],
    _column: sa.Column[Any],
    stored: TypeEngine[Any],
    wanted: TypeEngine[Any],
) -> bool | None:
    """Whether a column has another type in the database; None leaves it to Alembic.

    Alembic does not see the collation behind a type that chooses it by the engine.
    """
    if isinstance(wanted, CodePointText):
        return not wanted.is_stored_as(stored, context.dialect)
    return None


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # The configuration parser would take a single % in a path for an interpolation.
    config.set_main_option("script_location", str(scripts_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(url: str, *, immediate: bool = False) -> Iterator[Connection]:
    """A connection within a transaction; SQLite's foreign keys are off, see `engine.create`."""
    parsed = engines.parse_url(url)
    engine = engines.create(parsed, foreign_keys=False)
    try:
        with (
            engines.translated(parsed),
            engine.execution_options(**{engines.IMMEDIATE: immediate}).begin() as connection,
        ):
            yield connection
    finally:
        engine.dispose()


def _refuse_newer(url: str) -> None:
    revision = current(url)
    if revision is not None and not known(revision):
        raise newer_error(url, revision)


def newer_error(url: str, revision: str) -> SchemaError:
    """What to say of a database that a later release has changed."""
    return SchemaError(
        f"the database {engines.shown(engines.parse_url(url))} is at revision {revision}, which "
        "this coinvec does not know: a later release has changed it.",
        hint="Type: pip install --upgrade coinvec",
    )


def _told(difference: list[Any] | tuple[Any, ...]) -> str:
    """An entry of `compare_metadata` as a sentence."""
    if isinstance(difference, list):  # changes of one column come as a list
        return "; ".join(_told(each) for each in difference)
    what, *objects = difference
    return f"{what.replace('_', ' ')}: " + ", ".join(
        f"{each.table.name}.{each.name}"
        if isinstance(each, sa.Column) and each.table is not None
        else str(getattr(each, "name", each))
        for each in objects
        if each is not None and not isinstance(each, dict)  # how the column was otherwise
    )

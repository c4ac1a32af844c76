"""Whether a database is at the revision that this release's tables need."""

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from coinvec.catalogue import engine as engines
from coinvec.catalogue.tables import SCHEMA_REVISION
from coinvec.errors import SchemaError


def check_revision(url: URL, engine: Engine) -> None:
    """Refuse a database of another revision.

    The revision is read without Alembic, whose import every search would pay for.

    Raises:
        SchemaError: The schema is missing, out of date, or of a later release.
        StoreError: The database cannot be read.
    """
    found: str | None = None
    if engines.exists(url):
        with engines.translated(url), engine.connect() as connection:
            if sa.inspect(connection).has_table("alembic_version"):
                version = sa.text("SELECT version_num FROM alembic_version")
                found = connection.scalar(version)
    if found == SCHEMA_REVISION:
        return
    from coinvec.catalogue import schema

    shown = engines.shown(url)
    if found is None:
        raise SchemaError(
            f"the database {shown} has no coinvec schema yet.", hint=schema.UPGRADE_HINT
        )
    if not schema.known(found):
        raise schema.newer_error(shown, found)
    raise SchemaError(
        f"the schema of {shown} is out of date: it is at revision {found}, and this coinvec "
        f"needs {SCHEMA_REVISION}.",
        hint=schema.UPGRADE_HINT,
    )

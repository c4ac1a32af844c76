"""Runs the revisions in `versions` on the database that is handed over.

`coinvec.catalogue.schema` hands a connection over. To draft a revision after a change of the
tables, from the repository's root:

    alembic -x url=sqlite:///draft.db upgrade head
    alembic -x url=sqlite:///draft.db revision --autogenerate --rev-id 0002 -m "what it does"

A revision defines its tables itself and never imports today's: they will have changed when it
runs on somebody's old database.
"""

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection

from coinvec.catalogue.schema import type_differs
from coinvec.catalogue.tables import CatalogueTable


def run(connection: Connection) -> None:
    """Run the revisions in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=CatalogueTable.metadata,
        compare_type=type_differs,
        render_as_batch=True,  # SQLite alters a table by making it anew
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    engine = sa.create_engine(context.get_x_argument(as_dictionary=True)["url"])
    with engine.begin() as connection:
        run(connection)

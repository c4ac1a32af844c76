"""A SQLAlchemy dialect, so that pandas and the SQL magics of notebooks can ask a home.

    from sqlalchemy import create_engine

    create_engine("coinvec:///my-collection")      # coinvec:////data/my-collection is absolute
    create_engine("coinvec://")                    # COINVEC_HOME, or the user data directory

An embedded home has one owner, so an engine has one connection, which its threads share;
`engine.dispose()` lets go of the home. There is one table to be read, `coins`.
"""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import types
from sqlalchemy.engine import URL, Connection, default
from sqlalchemy.engine.interfaces import DBAPIModule, ReflectedColumn
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.pool import Pool, StaticPool

from coinvec.domain.columns import Kind, stored_columns

TABLE = "coins"

_TYPES: dict[Kind, type[types.TypeEngine[Any]]] = {
    Kind.TEXT: types.Text,
    Kind.SIDE: types.Text,
    Kind.INTEGER: types.Integer,
    Kind.DECIMAL: types.Numeric,
    Kind.REAL: types.Double,
}


class CoinvecDialect(default.DefaultDialect):
    """Speaks the query language through `coinvec.dbapi`; what SQLAlchemy writes is refused there.

    Reflection knows the columns of `coins` but `year`, which can only be compared, and
    `similarity`, which only a statement with photos has.
    """

    name = "coinvec"
    driver = "dbapi"
    default_paramstyle = "named"
    supports_statement_cache = True
    supports_native_boolean = True
    supports_native_decimal = True

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        """The driver."""
        from coinvec import dbapi

        # Its exceptions are of its own, and not those classes that SQLAlchemy declares.
        return cast("DBAPIModule", dbapi)

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """One connection for all."""
        del url
        return StaticPool

    def create_connect_args(self, url: URL) -> tuple[Sequence[str], dict[str, Any]]:
        """The home is the URL's path."""
        return (), {"home": url.database or None}

    def has_table(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: object
    ) -> bool:
        """Whether a name is that of the table."""
        del connection
        return schema is None and table_name == TABLE

    def get_table_names(
        self, connection: Connection, schema: str | None = None, **_: object
    ) -> list[str]:
        """The table."""
        del connection
        return [] if schema else [TABLE]

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: object
    ) -> list[ReflectedColumn]:
        """Its columns."""
        if not self.has_table(connection, table_name, schema):
            raise NoSuchTableError(table_name)
        return [
            {
                "name": column.name,
                "type": _TYPES[column.kind](),
                "nullable": column.nullable,
                "default": None,
            }
            for column in stored_columns()
        ]

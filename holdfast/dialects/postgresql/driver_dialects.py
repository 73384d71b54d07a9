"""PostgreSQL by driver: the classes of the dialects of ``postgresql+psycopg://`` and its neighbours."""

from __future__ import annotations

from holdfast.compiler.shown import shows
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect
from holdfast.dialects.postgresql.shown_casts import cast_of_asyncpg, cast_of_psycopg2


class PGDialect_psycopg(PostgreSQLDialect):
    """PostgreSQL through psycopg 3."""

    usual_driver = "psycopg"
    dbapi_module = "psycopg"


class PGDialectAsync_psycopg(PGDialect_psycopg):
    """PostgreSQL through psycopg 3 under asyncio."""

    needs_loop = True


class PGDialect_psycopg2(PostgreSQLDialect):
    """PostgreSQL through psycopg2."""

    usual_driver = "psycopg2"
    dbapi_module = "psycopg2"
    shown_cast = staticmethod(cast_of_psycopg2)


class PGDialect_asyncpg(PostgreSQLDialect):
    """PostgreSQL through asyncpg."""

    usual_driver = "asyncpg"
    dbapi_module = "asyncpg"
    needs_loop = True
    shown_cast = staticmethod(cast_of_asyncpg)
    shown_paramstyle = "numeric_dollar"


CLASSES = {
    "psycopg": PGDialect_psycopg,
    "psycopg_async": PGDialectAsync_psycopg,
    "psycopg2": PGDialect_psycopg2,
    "asyncpg": PGDialect_asyncpg,
}
"""Name of the driver in addresses -> class."""

shows("postgresql", PGDialect_psycopg)

"""PostgreSQL by driver: the classes of the dialects of ``postgresql+psycopg://`` and its neighbours."""

from __future__ import annotations

from holdfast.compiler.shown import shows
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect


class PGDialect_psycopg(PostgreSQLDialect):
    """PostgreSQL through psycopg 3."""

    usual_driver = "psycopg"


class PGDialectAsync_psycopg(PGDialect_psycopg):
    """PostgreSQL through psycopg 3 under asyncio."""

    needs_loop = True


class PGDialect_psycopg2(PostgreSQLDialect):
    """PostgreSQL through psycopg2."""

    usual_driver = "psycopg2"


class PGDialect_asyncpg(PostgreSQLDialect):
    """PostgreSQL through asyncpg."""

    usual_driver = "asyncpg"
    needs_loop = True


CLASSES = {
    "psycopg": PGDialect_psycopg,
    "psycopg_async": PGDialectAsync_psycopg,
    "psycopg2": PGDialect_psycopg2,
    "asyncpg": PGDialect_asyncpg,
}
"""Name of the driver in addresses -> class."""

shows("postgresql", PGDialect_psycopg)

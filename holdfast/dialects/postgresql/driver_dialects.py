"""PostgreSQL by driver: the classes of the dialects of ``postgresql+psycopg://`` and its neighbours."""

from __future__ import annotations

from holdfast.dialects.postgresql.dialect import PostgreSQLDialect


class PGDialect_psycopg(PostgreSQLDialect):
    """PostgreSQL through psycopg 3."""

    usual_driver = "psycopg"


class PGDialectAsync_psycopg(PGDialect_psycopg):
    """PostgreSQL through psycopg 3 under asyncio."""


class PGDialect_psycopg2(PostgreSQLDialect):
    """PostgreSQL through psycopg2."""

    usual_driver = "psycopg2"


class PGDialect_asyncpg(PostgreSQLDialect):
    """PostgreSQL through asyncpg."""

    usual_driver = "asyncpg"

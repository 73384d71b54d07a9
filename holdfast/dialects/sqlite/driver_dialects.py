"""SQLite by driver: the classes of the dialects of ``sqlite+pysqlite://`` and ``sqlite+aiosqlite://``."""

from __future__ import annotations

from holdfast.compiler.shown import shows
from holdfast.dialects.sqlite.dialect import SQLiteDialect


class SQLiteDialect_pysqlite(SQLiteDialect):
    """SQLite through the standard library."""

    usual_driver = "pysqlite"
    dbapi_module = "sqlite3"


class SQLiteDialect_aiosqlite(SQLiteDialect):
    """SQLite under asyncio: a thread for each connection, with nothing to install."""

    usual_driver = "aiosqlite"
    dbapi_module = "sqlite3"
    needs_loop = True


CLASSES = {"pysqlite": SQLiteDialect_pysqlite, "aiosqlite": SQLiteDialect_aiosqlite}
"""Name of the driver in addresses -> class."""

shows("sqlite", SQLiteDialect_pysqlite)

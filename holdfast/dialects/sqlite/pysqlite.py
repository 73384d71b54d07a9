"""SQLite through the standard library, under the path by which some programs import its dialect."""

from holdfast.dialects.sqlite import SQLiteDialect as SQLiteDialect_pysqlite
from holdfast.dialects.sqlite import dialect

__all__ = [
    "SQLiteDialect_pysqlite",
    "dialect",
]

"""SQLite through the standard library, under the path by which some programs import its dialect."""

from holdfast.dialects.sqlite.driver_dialects import SQLiteDialect_pysqlite
from holdfast.dialects.sqlite.driver_dialects import SQLiteDialect_pysqlite as dialect

__all__ = [
    "SQLiteDialect_pysqlite",
    "dialect",
]

"""SQLite under asyncio, under the path by which some programs import its dialect."""

from holdfast.dialects.sqlite.driver_dialects import SQLiteDialect_aiosqlite
from holdfast.dialects.sqlite.driver_dialects import SQLiteDialect_aiosqlite as dialect

__all__ = [
    "SQLiteDialect_aiosqlite",
    "dialect",
]

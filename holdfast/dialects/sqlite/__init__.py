"""SQLite."""

from holdfast.dialects.sqlite.dialect import SQLiteDialect
from holdfast.dialects.sqlite.dialect import SQLiteDialect as dialect
from holdfast.dialects.sqlite.dml import Insert, insert
from holdfast.dialects.sqlite.factory import make_dialect, shares_connection

__all__ = ["Insert", "SQLiteDialect", "dialect", "insert", "make_dialect", "shares_connection"]

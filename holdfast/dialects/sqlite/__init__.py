"""SQLite."""

from holdfast.dialects.sqlite.dialect import SQLiteDialect
from holdfast.dialects.sqlite.dialect import SQLiteDialect as dialect
from holdfast.dialects.sqlite.factory import make_dialect, shares_connection

__all__ = ["SQLiteDialect", "dialect", "make_dialect", "shares_connection"]

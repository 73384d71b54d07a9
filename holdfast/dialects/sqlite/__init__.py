"""SQLite: its dialect, types and INSERT."""

from holdfast.dialects.sqlite.dialect import SQLiteDialect
from holdfast.dialects.sqlite.dml import Insert, insert
from holdfast.dialects.sqlite.driver_dialects import SQLiteDialect_pysqlite as dialect
from holdfast.dialects.sqlite.factory import class_for, default_driver, knows_driver, make_dialect, shares_connection
from holdfast.dialects.sqlite.stored_types import DATE, DATETIME, JSON, JSONB, TIME
from holdfast.sql.types import (
    BLOB,
    BOOLEAN,
    CHAR,
    DECIMAL,
    FLOAT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    TEXT,
    TIMESTAMP,
    VARCHAR,
)

__all__ = [
    "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "FLOAT", "INTEGER", "Insert", "JSON", "JSONB", "NUMERIC", "REAL",
    "SMALLINT", "SQLiteDialect", "TEXT", "TIME", "TIMESTAMP", "VARCHAR", "class_for", "dialect", "insert", "default_driver", "knows_driver",
    "make_dialect", "shares_connection",
]  # fmt: skip

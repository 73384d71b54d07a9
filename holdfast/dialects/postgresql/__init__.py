"""PostgreSQL: its dialect and its INSERT."""

from holdfast.dialects.postgresql.dialect import PostgreSQLDialect
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect as dialect
from holdfast.dialects.postgresql.dml import Insert, insert
from holdfast.dialects.postgresql.factory import make_dialect, shares_connection

__all__ = ["Insert", "PostgreSQLDialect", "dialect", "insert", "make_dialect", "shares_connection"]

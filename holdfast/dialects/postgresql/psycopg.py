"""PostgreSQL through psycopg 3, under the path by which some programs import its dialect."""

from holdfast.dialects.postgresql.driver_dialects import PGDialect_psycopg, PGDialectAsync_psycopg
from holdfast.dialects.postgresql.driver_dialects import PGDialect_psycopg as dialect
from holdfast.dialects.postgresql.driver_dialects import PGDialectAsync_psycopg as dialect_async

__all__ = [
    "PGDialectAsync_psycopg",
    "PGDialect_psycopg",
    "dialect",
    "dialect_async",
]

"""PostgreSQL through psycopg2, under the path by which some programs import its dialect."""

from holdfast.dialects.postgresql.driver_dialects import PGDialect_psycopg2
from holdfast.dialects.postgresql.driver_dialects import PGDialect_psycopg2 as dialect

__all__ = [
    "PGDialect_psycopg2",
    "dialect",
]

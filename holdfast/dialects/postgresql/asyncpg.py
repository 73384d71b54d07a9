"""PostgreSQL through asyncpg, under the path by which some programs import its dialect."""

from holdfast.dialects.postgresql.driver_dialects import PGDialect_asyncpg
from holdfast.dialects.postgresql.driver_dialects import PGDialect_asyncpg as dialect

__all__ = [
    "PGDialect_asyncpg",
    "dialect",
]

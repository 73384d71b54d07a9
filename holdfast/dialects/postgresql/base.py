"""PostgreSQL, under the path by which some programs import its dialect and types."""

from holdfast.dialects.postgresql import *  # noqa: F403
from holdfast.dialects.postgresql import __all__ as _all
from holdfast.dialects.postgresql.bits import BIT as PGBit
from holdfast.dialects.postgresql.ddl import PostgreSQLDDLCompiler as PGDDLCompiler
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect as PGDialect
from holdfast.dialects.postgresql.reflection_types import TYPES as ischema_names

__all__ = ["PGDialect", "PGBit", "PGDDLCompiler", "ischema_names"]
__all__ += _all

"""SQLite, under the path by which some programs import its dialect and types."""

from holdfast.dialects.sqlite import *  # noqa: F403
from holdfast.dialects.sqlite import __all__ as _all
from holdfast.dialects.sqlite.affinity import TYPES as ischema_names
from holdfast.dialects.sqlite.ddl import SQLiteDDLCompiler

__all__ = ["ischema_names", "SQLiteDDLCompiler"]
__all__ += _all

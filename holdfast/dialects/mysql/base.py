"""MySQL and MariaDB, under the path by which some programs import their dialect and types."""

from holdfast.dialects.mysql import *  # noqa: F403
from holdfast.dialects.mysql import __all__ as _all
from holdfast.dialects.mysql.ddl import MySQLDDLCompiler
from holdfast.dialects.mysql.dialect import MySQLDialect as MySQLDialect
from holdfast.dialects.mysql.reflection_types import TYPES as ischema_names

__all__ = ["MySQLDialect", "MySQLDDLCompiler", "ischema_names"]
__all__ += _all

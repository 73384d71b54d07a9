"""MariaDB, under the path by which some programs import its dialect."""

from holdfast.dialects.mysql.dialect import MariaDBDialect

__all__ = [
    "MariaDBDialect",
]

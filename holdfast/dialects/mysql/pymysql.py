"""MySQL and MariaDB through PyMySQL, under the path by which some programs import their dialect."""

from holdfast.dialects.mysql import MySQLDialect as MySQLDialect_pymysql
from holdfast.dialects.mysql import dialect

__all__ = [
    "MySQLDialect_pymysql",
    "dialect",
]

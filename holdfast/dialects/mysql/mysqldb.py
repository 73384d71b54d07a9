"""MySQL and MariaDB through mysqlclient, under the path by which some programs import their dialect."""

from holdfast.dialects.mysql import MySQLDialect as MySQLDialect_mysqldb
from holdfast.dialects.mysql import dialect

__all__ = [
    "MySQLDialect_mysqldb",
    "dialect",
]

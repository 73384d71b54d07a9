"""MySQL and MariaDB through mysqlclient, under the path by which some programs import their dialect."""

from holdfast.dialects.mysql.driver_dialects import MariaDBDialect_mysqldb, MySQLDialect_mysqldb
from holdfast.dialects.mysql.driver_dialects import MySQLDialect_mysqldb as dialect

__all__ = [
    "MariaDBDialect_mysqldb",
    "MySQLDialect_mysqldb",
    "dialect",
]

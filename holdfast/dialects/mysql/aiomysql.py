"""MySQL and MariaDB through aiomysql, under the path by which some programs import their dialect."""

from holdfast.dialects.mysql.driver_dialects import MariaDBDialect_aiomysql, MySQLDialect_aiomysql
from holdfast.dialects.mysql.driver_dialects import MySQLDialect_aiomysql as dialect

__all__ = [
    "MariaDBDialect_aiomysql",
    "MySQLDialect_aiomysql",
    "dialect",
]

"""MySQL and MariaDB through PyMySQL, under the path by which some programs import their dialect."""

from holdfast.dialects.mysql.driver_dialects import MariaDBDialect_pymysql, MySQLDialect_pymysql
from holdfast.dialects.mysql.driver_dialects import MySQLDialect_pymysql as dialect

__all__ = [
    "MariaDBDialect_pymysql",
    "MySQLDialect_pymysql",
    "dialect",
]

"""MySQL and MariaDB through asyncmy, under the path by which some programs import their dialect."""

from holdfast.dialects.mysql.driver_dialects import MariaDBDialect_asyncmy, MySQLDialect_asyncmy
from holdfast.dialects.mysql.driver_dialects import MySQLDialect_asyncmy as dialect

__all__ = [
    "MariaDBDialect_asyncmy",
    "MySQLDialect_asyncmy",
    "dialect",
]

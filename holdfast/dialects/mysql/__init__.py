"""MySQL and MariaDB: the dialect of ``mysql://``, its INSERT, its types."""

from holdfast.dialects.mysql import public
from holdfast.dialects.mysql.dialect import MySQLDialect
from holdfast.dialects.mysql.driver_dialects import MySQLDialect_pymysql as dialect
from holdfast.dialects.mysql.public import *  # noqa: F403

__all__ = ["MySQLDialect", "dialect"]
__all__ += public.__all__

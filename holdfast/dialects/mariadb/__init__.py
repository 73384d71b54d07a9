"""MariaDB: the dialect of ``mariadb://``; all else is as in `holdfast.dialects.mysql`."""

from holdfast.dialects.mysql import public
from holdfast.dialects.mysql.dialect import MariaDBDialect
from holdfast.dialects.mysql.driver_dialects import MariaDBDialect_pymysql as dialect
from holdfast.dialects.mysql.public import *  # noqa: F403
from holdfast.sql.types import UUID

__all__ = ["MariaDBDialect", "UUID", "dialect"]
__all__ += public.__all__

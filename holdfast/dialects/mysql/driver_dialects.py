"""MySQL and MariaDB by driver: the classes of the dialects of ``mysql+pymysql://``, ``mariadb+pymysql://`` and so on."""

from __future__ import annotations

from holdfast.compiler.shown import shows
from holdfast.dialects.mysql.dialect import MariaDBDialect, MySQLDialect


class MySQLDialect_pymysql(MySQLDialect):
    """MySQL through PyMySQL; under asyncio in a thread for each connection."""

    usual_driver = "pymysql"
    dbapi_module = "pymysql"


class MySQLDialect_mysqldb(MySQLDialect):
    """MySQL through mysqlclient."""

    usual_driver = "mysqldb"
    dbapi_module = "MySQLdb"


class MySQLDialect_aiomysql(MySQLDialect):
    """MySQL under asyncio, for addresses that name aiomysql: PyMySQL, of which that is made, serves them."""

    usual_driver = "aiomysql"
    dbapi_module = "pymysql"
    needs_loop = True


class MySQLDialect_asyncmy(MySQLDialect):
    """MySQL through asyncmy."""

    usual_driver = "asyncmy"
    dbapi_module = "asyncmy"
    needs_loop = True


class MariaDBDialect_pymysql(MariaDBDialect):
    """MariaDB through PyMySQL; under asyncio in a thread for each connection."""

    usual_driver = "pymysql"
    dbapi_module = "pymysql"


class MariaDBDialect_mysqldb(MariaDBDialect):
    """MariaDB through mysqlclient."""

    usual_driver = "mysqldb"
    dbapi_module = "MySQLdb"


class MariaDBDialect_aiomysql(MariaDBDialect):
    """MariaDB under asyncio, for addresses that name aiomysql: PyMySQL, of which that is made, serves them."""

    usual_driver = "aiomysql"
    dbapi_module = "pymysql"
    needs_loop = True


class MariaDBDialect_asyncmy(MariaDBDialect):
    """MariaDB through asyncmy."""

    usual_driver = "asyncmy"
    dbapi_module = "asyncmy"
    needs_loop = True


MYSQL_CLASSES = {
    "pymysql": MySQLDialect_pymysql,
    "mysqldb": MySQLDialect_mysqldb,
    "aiomysql": MySQLDialect_aiomysql,
    "asyncmy": MySQLDialect_asyncmy,
}
MARIADB_CLASSES = {
    "pymysql": MariaDBDialect_pymysql,
    "mysqldb": MariaDBDialect_mysqldb,
    "aiomysql": MariaDBDialect_aiomysql,
    "asyncmy": MariaDBDialect_asyncmy,
}
"""Name of the driver in addresses -> class."""

shows("mysql", MySQLDialect_pymysql)

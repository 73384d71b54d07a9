"""Chooses the driver for an address of MySQL or MariaDB."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from holdfast import exc
from holdfast.compiler.default import OPTIONS
from holdfast.dialects.mysql.dialect import MySQLDialect
from holdfast.dialects.mysql.driver_dialects import MARIADB_CLASSES, MYSQL_CLASSES

_FOR_ASYNCIO = ("aiomysql", "asyncmy")
"""Names of asynchronous drivers; PyMySQL in a thread for each connection serves the first, which is made of it."""

_PYMYSQL = ("pymysql", "PyMySQLDriver", "pymysql", "PyMySQL", "mysql")
_DRIVERS = {
    "pymysql": _PYMYSQL,
    "mysqldb": ("mysqldb", "MySQLdbDriver", "MySQLdb", "mysqlclient", "mysqlclient"),
    "aiomysql": _PYMYSQL,
    "asyncmy": ("asyncmy", "AsyncmyDriver", "asyncmy", "asyncmy", "asyncmy"),
}
"""Name in addresses -> file and class in the folder of drivers, what is imported, what it is called, the extra."""

default_driver = "pymysql"
"""What an address without a driver's name means."""


def make_dialect(
    address: Any, is_async: bool, keywords: dict[str, Any], class_: type[MySQLDialect] | None = None
) -> MySQLDialect:
    """Return the dialect of an engine.

    Args:
        address: ``mysql://`` or ``mariadb://``, with ``+pymysql`` or not, or ``+mysqldb``; for asyncio the same, or
            ``+asyncmy``, or ``+aiomysql`` with nothing more to install.
        keywords: of `create_engine`; those of the dialect and the driver are taken out of them, ``is_mariadb`` too, which
            goes before the name in the address.
        class_: the dialect's class; None: as the address says.

    Raises:
        NoSuchModuleError: another driver.
        InvalidRequestError: the driver does not fit the kind of engine.
        ModuleNotFoundError: the driver is not installed; the message says what to install.
    """
    is_mariadb = keywords.pop("is_mariadb", None)
    if is_mariadb is not None and class_ is None:
        scheme = "mariadb" if is_mariadb else "mysql"
        address = address.set(drivername=address.drivername.replace(address.get_backend_name(), scheme, 1))
    class_ = class_ or class_for(address, is_async)
    name, scheme = address.given_driver or default_driver, address.get_backend_name()
    if name in _FOR_ASYNCIO and not is_async:
        raise exc.InvalidRequestError(
            f"The driver {name!r} is for asyncio; write {scheme}+pymysql:// here, or use create_async_engine()."
        )
    make_driver = _found(name)
    options = {name: keywords.pop(name, None) for name in OPTIONS}
    inner = make_driver(keywords.pop("module", None))
    if is_async == inner.is_async:
        return class_(inner, **options)
    # Here and not above: a program without asyncio does not import it.
    from holdfast.engine.thread_driver import ThreadDriver

    dialect = class_(ThreadDriver(inner, name), **options)
    inner.meet = dialect.meet
    return dialect


def _found(name: str) -> Any:
    """Return a driver's class.

    Raises: ModuleNotFoundError: the driver is not installed.
    """
    module, class_name, package, shown, extra = _DRIVERS[name]
    try:
        return getattr(import_module(f"holdfast.dialects.mysql.drivers.{module}"), class_name)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise ModuleNotFoundError(
            f"This address of MySQL or MariaDB needs the driver {shown}, which is not installed: "
            f"pip install 'holdfast[{extra}]'.",
            name=package,
        ) from error


def class_for(address: Any, is_async: bool = False) -> type[MySQLDialect]:
    """Return the class of the dialect for the driver that an address names, or for the usual one.

    Args:
        is_async: of an asynchronous engine, where the usual driver serves too.

    Raises: NoSuchModuleError: a driver that is not known.
    """
    name, scheme = address.given_driver or default_driver, address.get_backend_name()
    classes: Mapping[str, type[MySQLDialect]] = MARIADB_CLASSES if scheme == "mariadb" else MYSQL_CLASSES
    if name not in classes:
        raise exc.NoSuchModuleError(
            f"Can't load plugin: holdfast.dialects:{scheme}.{name}. The drivers for MySQL and MariaDB are "
            f"{', '.join(classes)}: write {scheme}+pymysql://."
        )
    return classes[name]


def shares_connection(address: Any) -> bool:
    """Return False: each connection of the pool is one of its own."""
    return False


def knows_driver(name: str) -> bool:
    """Return True for the name of a driver for MySQL and MariaDB."""
    return name in _DRIVERS

"""Chooses the driver for an address of MySQL or MariaDB."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.default import OPTIONS
from holdfast.dialects.mysql.dialect import MariaDBDialect, MySQLDialect

_IN_A_THREAD = ("aiomysql", "asyncmy")
"""Names of asynchronous drivers in addresses; PyMySQL in a thread for each connection serves them."""


def make_dialect(address: Any, is_async: bool, keywords: dict[str, Any]) -> MySQLDialect:
    """Return the dialect of an engine.

    Args:
        address: ``mysql://`` or ``mariadb://``, with ``+pymysql`` or not; for asyncio the same, or ``+aiomysql`` and
            ``+asyncmy``, with nothing more to install.
        keywords: of `create_engine`; those of the dialect and the driver are taken out of them.

    Raises:
        NoSuchModuleError: another driver.
        InvalidRequestError: the driver does not fit the kind of engine.
        ModuleNotFoundError: the driver is not installed; the message says what to install.
    """
    name = address.get_driver_name() or "pymysql"
    if name != "pymysql" and name not in _IN_A_THREAD:
        raise exc.NoSuchModuleError(
            f"Can't load plugin: holdfast.dialects:{address.get_backend_name()}.{name}. The driver for MySQL and MariaDB is "
            f"PyMySQL: write {address.get_backend_name()}+pymysql://."
        )
    if name in _IN_A_THREAD and not is_async:
        raise exc.InvalidRequestError(
            f"The driver {name!r} is for asyncio; write {address.get_backend_name()}+pymysql:// here, or use "
            "create_async_engine()."
        )
    try:
        from holdfast.dialects.mysql.drivers.pymysql import PyMySQLDriver
    except ModuleNotFoundError as error:
        if error.name != "pymysql":
            raise
        raise ModuleNotFoundError(
            "MySQL and MariaDB need the driver PyMySQL, which is not installed: pip install 'holdfast[mysql]'.",
            name="pymysql",
        ) from error
    options = {name: keywords.pop(name, None) for name in OPTIONS}
    class_ = MariaDBDialect if address.get_backend_name() == "mariadb" else MySQLDialect
    inner = PyMySQLDriver(keywords.pop("module", None))
    if not is_async:
        return class_(inner, **options)
    # Here and not above: a program without asyncio does not import it.
    from holdfast.engine.thread_driver import ThreadDriver

    dialect = class_(ThreadDriver(inner, name), **options)
    inner.meet = dialect.meet
    return dialect


def shares_connection(address: Any) -> bool:
    """Return False: each connection of the pool is one of its own."""
    return False

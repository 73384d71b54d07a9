"""Chooses the driver for an address of SQLite."""

from __future__ import annotations

from typing import Any

from holdfast import defaults, exc
from holdfast.compiler.default import OPTIONS
from holdfast.dialects.sqlite.dialect import SQLiteDialect
from holdfast.dialects.sqlite.driver_dialects import CLASSES
from holdfast.dialects.sqlite.drivers.pysqlite import SQLiteDriver, is_memory_database

default_driver = "pysqlite"
"""What an address without a driver's name means."""


def make_dialect(
    address: Any, is_async: bool, keywords: dict[str, Any], class_: type[SQLiteDialect] | None = None
) -> SQLiteDialect:
    """Return the dialect of an engine.

    Args:
        address: ``sqlite://`` or ``sqlite+pysqlite://``; ``sqlite+aiosqlite://`` for asyncio, with nothing to install.
        keywords: of `create_engine`; those of the dialect and the driver are taken out of them.
        class_: the dialect's class; None: that of the driver.

    Raises:
        NoSuchModuleError: another driver.
        InvalidRequestError: the driver does not fit the kind of engine.
    """
    class_ = class_ or class_for(address, is_async)
    name = address.given_driver or ("aiosqlite" if is_async else default_driver)
    if (name == "aiosqlite") is not is_async:
        needed, function = ("aiosqlite", "create_engine()") if is_async else ("pysqlite", "create_async_engine()")
        raise exc.InvalidRequestError(
            f"The asyncio extension requires an async driver to be used. The loaded {name!r} is not async; write "
            f"sqlite+{needed}://, or use {function}."
            if is_async
            else f"The driver {name!r} is for asyncio; write sqlite:// here, or use create_async_engine()."
        )
    options = {name: keywords.pop(name, None) for name in OPTIONS}
    options["begin"] = keywords.pop("begin", "auto")
    options["native_datetime"] = keywords.pop("native_datetime", False)
    inner = SQLiteDriver(
        defaults.current.sqlite_foreign_keys,
        defaults.current.sqlite_wal,
        module=keywords.pop("module", None),
        reads_here=is_async,
    )
    if not is_async:
        return class_(inner, **options)
    # Here and not above: a program without asyncio does not import it.
    from holdfast.engine.thread_driver import ThreadDriver

    return class_(ThreadDriver(inner, "aiosqlite"), **options)


def class_for(address: Any, is_async: bool = False) -> type[SQLiteDialect]:
    """Return the class of the dialect for the driver that an address names, or for the usual one.

    Args:
        is_async: of an asynchronous engine.

    Raises: NoSuchModuleError: a driver that is not known.
    """
    name = address.given_driver or ("aiosqlite" if is_async else default_driver)
    if not knows_driver(name):
        raise exc.NoSuchModuleError(
            f"Can't load plugin: holdfast.dialects:sqlite.{name}. The drivers for SQLite are {' and '.join(CLASSES)}."
        )
    return CLASSES[name]


def shares_connection(address: Any) -> bool:
    """Return True for a database in memory: it lives as long as its one connection."""
    return is_memory_database(address)


def knows_driver(name: str) -> bool:
    """Return True for the name of a driver for SQLite."""
    return name in CLASSES

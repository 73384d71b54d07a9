"""Chooses the driver for an address of PostgreSQL."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.compiler.default import OPTIONS
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect
from holdfast.dialects.postgresql.driver_dialects import CLASSES, PGDialectAsync_psycopg


class _Choice(NamedTuple):
    """One driver.

    Attributes:
        package, extra: what is imported, and the extra that brings it.
        synchronous, asynchronous: file and class in the folder of drivers; None: the driver has no such face.
    """

    package: str
    extra: str
    synchronous: str | None
    asynchronous: str | None


_PSYCOPG = _Choice("psycopg", "postgresql", "psycopg:PsycopgDriver", "psycopg_async:AsyncPsycopgDriver")
_DRIVERS = {
    "psycopg": _PSYCOPG,
    "psycopg_async": _PSYCOPG._replace(synchronous=None),
    "asyncpg": _Choice("asyncpg", "asyncpg", None, "asyncpg:AsyncpgDriver"),
    "psycopg2": _Choice("psycopg2", "psycopg2", "psycopg2:Psycopg2Driver", None),
}

default_driver = "psycopg"
"""What an address without a driver's name means."""


_CHANGES_NOTHING = ("executemany_mode", "executemany_batch_page_size", "use_native_hstore")
"""Advice for psycopg2: many rows are sent in few statements, and hstore is read, by every driver."""


def make_dialect(
    address: Any, is_async: bool, keywords: dict[str, Any], class_: type[PostgreSQLDialect] | None = None
) -> PostgreSQLDialect:
    """Return the dialect of an engine.

    Args:
        address: ``postgresql://``, which is ``postgresql+psycopg://``, or with another driver's name.
        keywords: of `create_engine`; those of the dialect and the driver are taken out of them.
        class_: the dialect's class; None: that of the driver.

    Raises:
        NoSuchModuleError: a driver that is not known.
        InvalidRequestError: the driver does not fit the kind of engine.
        ModuleNotFoundError: the driver is not installed; the message says what to install.
    """
    name = address.given_driver or default_driver
    class_ = class_ or class_for(address, is_async)
    choice = _DRIVERS[name]
    place = choice.asynchronous if is_async else choice.synchronous
    if place is None:
        kind, call = (
            ("asyncio", "create_async_engine") if choice.asynchronous else ("synchronous engines", "create_engine")
        )
        raise exc.InvalidRequestError(
            f"The driver {name!r} is for {kind}; write postgresql+psycopg:// here, or use {call}()."
        )
    make_driver = _found(name, choice, place)
    options = {name: keywords.pop(name, None) for name in OPTIONS}
    _take_libpq_keywords(name, keywords)
    # Every driver gives objects of `ipaddress`, unless the program says that it wants strings.
    native_inet = keywords.pop("native_inet_types", None) is not False
    return class_(make_driver(options["json_deserializer"], keywords.pop("module", None), native_inet), **options)


def _take_libpq_keywords(driver: str, keywords: dict[str, Any]) -> None:
    """Take what `create_engine` accepts for the drivers over libpq."""
    if not driver.startswith("psycopg"):
        return
    if "client_encoding" in keywords:
        given = {"client_encoding": keywords.pop("client_encoding")}
        keywords["connect_args"] = given | dict(keywords.get("connect_args") or {})
    for name in _CHANGES_NOTHING:
        keywords.pop(name, None)


def class_for(address: Any, is_async: bool = False) -> type[PostgreSQLDialect]:
    """Return the class of the dialect for the driver that an address names, or for the usual one.

    Args:
        is_async: of an asynchronous engine; psycopg serves both kinds.

    Raises: NoSuchModuleError: a driver that is not known.
    """
    name = address.given_driver or default_driver
    if name not in CLASSES:
        raise exc.NoSuchModuleError(
            f"Can't load plugin: holdfast.dialects:postgresql.{name}. The drivers for PostgreSQL are "
            f"{', '.join(CLASSES)}: write postgresql+psycopg://."
        )
    return PGDialectAsync_psycopg if is_async and name == "psycopg" else CLASSES[name]


def _found(name: str, choice: _Choice, place: str) -> Any:
    """Return a driver's class.

    Raises: ModuleNotFoundError: the driver is not installed.
    """
    module, _, class_name = place.partition(":")
    try:
        return getattr(import_module(f"holdfast.dialects.postgresql.drivers.{module}"), class_name)
    except ModuleNotFoundError as error:
        if error.name != choice.package:
            raise
        raise ModuleNotFoundError(
            f"This address of PostgreSQL needs the driver {choice.package}, which is not installed: "
            f"pip install 'holdfast[{choice.extra}]'.",
            name=choice.package,
        ) from error


def shares_connection(address: Any) -> bool:
    """Return False: each connection of the pool is one of its own."""
    return False


def knows_driver(name: str) -> bool:
    """Return True for the name of a driver for PostgreSQL."""
    return name in _DRIVERS

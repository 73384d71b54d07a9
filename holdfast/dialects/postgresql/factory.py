"""Chooses the driver for an address of PostgreSQL."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.default import OPTIONS
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect


def make_dialect(address: Any, is_async: bool, keywords: dict[str, Any]) -> PostgreSQLDialect:
    """Return the dialect of an engine.

    Args:
        address: ``postgresql://`` or ``postgresql+psycopg://``; the same for asyncio.
        keywords: of `create_engine`; those of the dialect and the driver are taken out of them.

    Raises:
        NoSuchModuleError: another driver.
        ModuleNotFoundError: the driver is not installed; the message says what to install.
    """
    name = address.get_driver_name() or "psycopg"
    if name not in ("psycopg", "psycopg_async"):
        raise exc.NoSuchModuleError(
            f"Can't load plugin: holdfast.dialects:postgresql.{name}. The driver for PostgreSQL is psycopg: "
            "write postgresql+psycopg://."
        )
    if name == "psycopg_async" and not is_async:
        raise exc.InvalidRequestError(
            "The driver 'psycopg_async' is for asyncio; write postgresql+psycopg:// here, or use create_async_engine()."
        )
    try:
        from holdfast.dialects.postgresql.drivers.psycopg import AsyncPsycopgDriver, PsycopgDriver
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise ModuleNotFoundError(
            "PostgreSQL needs the driver psycopg, which is not installed: pip install 'holdfast[postgresql]'.",
            name="psycopg",
        ) from error
    options = {name: keywords.pop(name, None) for name in OPTIONS}
    class_ = AsyncPsycopgDriver if is_async else PsycopgDriver
    return PostgreSQLDialect(class_(options["json_deserializer"], keywords.pop("module", None)), **options)


def shares_connection(address: Any) -> bool:
    """Return False: each connection of the pool is one of its own."""
    return False

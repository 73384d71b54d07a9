"""Finds a dialect by the name in an address: the one place that reaches for a higher room, by a string."""

from __future__ import annotations

import importlib
from typing import Any

from holdfast import exc
from holdfast.engine.registry import as_package, registry
from holdfast.engine.url import URL
from holdfast.engine.url import hooks as url_hooks
from holdfast.sql.dialect_options import hooks as option_hooks

_DIALECTS = {"sqlite": "sqlite", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mariadb"}


def dialect_package(address: URL) -> Any:
    """Return the package of an address's dialect.

    What the program registered goes before Holdfast's own dialects, and these before what packages announce.

    Raises: NoSuchModuleError: nobody knows the database.
    """
    backend, driver = address.get_backend_name(), address.given_driver
    names = [f"{backend}.{driver}", backend] if driver else [backend]
    found = next((known for known in map(registry.registered, names) if known is not None), None)
    if found is not None:
        return as_package(found)
    name = _DIALECTS.get(backend)
    package = None if name is None else importlib.import_module(f"holdfast.dialects.{name}")
    if package is not None and (not driver or package.knows_driver(driver)):
        return package
    found = next((known for known in map(registry.installed, names) if known is not None), package)
    if found is None:
        raise exc.NoSuchModuleError(
            f"Can't load plugin: holdfast.dialects:{names[0]}. Holdfast knows "
            f"{', '.join(sorted(set(_DIALECTS.values())))}; an address begins like sqlite://."
        )
    return as_package(found)


def _dialect_of(address: URL) -> Any:
    """Return the class of an address's dialect: of Holdfast's own that of the driver."""
    package = dialect_package(address)
    return package.class_for(address) if hasattr(package, "class_for") else package.dialect


def _options_of(dialect: str) -> Any:
    """Return the table of a dialect's own options, or None; see `sql.dialect_options`."""
    if dialect in _ELSEWHERE:
        return _ANY_OPTION
    name = _DIALECTS.get(dialect)
    return None if name is None else importlib.import_module(f"holdfast.dialects.{name}.options").OPTIONS


_ELSEWHERE = ("mssql", "oracle")
"""Databases that Holdfast does not write for, whose options a schema may have for the sake of other programs: they are kept."""
_ANY_OPTION = {"object": {"*": None}}


url_hooks.find_dialect = _dialect_of
url_hooks.find_default_driver = lambda address: dialect_package(address).default_driver
option_hooks.look_up = _options_of

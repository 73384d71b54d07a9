"""What programs and packages add by name: dialects and plug-ins, registered by code or announced as entry points."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from holdfast import exc
from holdfast.compiler.dialect_hooks import overridden
from holdfast.engine.url import URL


class PluginRegistry:
    """Objects by name: those that the program registered, then those of installed packages.

    Args:
        group: the group of entry points in which packages announce theirs.
    """

    def __init__(self, group: str) -> None:
        self.group = group
        self.impls: dict[str, Callable[[], Any]] = {}

    def register(self, name: str, modulepath: str, objname: str) -> None:
        """Let a name mean an object in a module, which is imported when it is needed."""
        self.impls[name] = lambda: getattr(importlib.import_module(modulepath), objname)

    def deregister(self, name: str) -> None:
        """Forget what was registered under a name."""
        del self.impls[name]

    def clear(self) -> None:
        """Forget all that was registered."""
        self.impls.clear()

    def load(self, name: str) -> Any:
        """Return what a name means.

        Raises: NoSuchModuleError: nobody knows the name.
        """
        found = self.registered(name) or self.installed(name) or self.own(name)
        if found is None:
            raise exc.NoSuchModuleError(f"Can't load plugin: {self.group}:{name}")
        return found

    def registered(self, name: str) -> Any:
        """Return what the program registered under a name, or None."""
        load = self.impls.get(name)
        return None if load is None else load()

    def own(self, name: str) -> Any:
        """Return what Holdfast itself has under a name, or None: the class of a dialect."""
        package, _, driver = name.replace(".", "+").partition("+")
        try:
            found = importlib.import_module(f"{self.group}.{package}")
        except ModuleNotFoundError as error:
            if not f"{self.group}.{package}".startswith(str(error.name)):
                raise
            return None
        if driver and not found.knows_driver(driver):
            return None
        return found.class_for(URL.create(f"{package}+{driver}" if driver else package))

    def installed(self, name: str) -> Any:
        """Return what an installed package announces under a name, or None."""
        # Here and not above: it is a slow one, and few programs have plug-ins.
        from importlib.metadata import entry_points

        return next((entry_point.load() for entry_point in entry_points(group=self.group, name=name)), None)


plugins = PluginRegistry("holdfast.plugins")
"""Plug-ins of `create_engine`."""

registry = PluginRegistry("holdfast.dialects")
"""Dialects: classes that derive from one of Holdfast's, or packages like those in `holdfast.dialects`.

A name is that of a database, or ``database.driver`` for addresses that begin with ``database+driver``.
"""


class DialectOfClass:
    """A dialect given by its class alone, as the package that `create_engine` asks.

    Args:
        class_: derives from a dialect of Holdfast's; its attribute ``driver_name``, if it has one, is the driver's.
        package: that of the dialect from which it derives.
    """

    def __init__(self, class_: type[Any], package: Any) -> None:
        self.dialect = class_
        self._package = package
        self.default_driver: str = getattr(class_, "driver_name", None) or package.default_driver

    def make_dialect(self, address: URL, is_async: bool, keywords: dict[str, Any]) -> Any:
        """Return the dialect of an engine, over the driver of the dialect from which it derives."""
        name, driver = self.dialect.name, getattr(self.dialect, "driver_name", None)
        known = address.set(drivername=f"{name}+{driver}" if driver else name)
        find = self.dialect.get_async_dialect_cls if is_async else self.dialect.get_dialect_cls
        class_ = find(address)
        if "import_dbapi" in overridden(class_):
            keywords.setdefault("module", class_.import_dbapi())
        return self._package.make_dialect(known, is_async, keywords, class_)

    def shares_connection(self, address: URL) -> bool:
        """Return True for a database that lives as long as its one connection."""
        return bool(self._package.shares_connection(address))


def as_package(found: Any) -> Any:
    """Return what was registered as a dialect in the form that `create_engine` asks.

    Raises: ArgumentError: it is none.
    """
    if hasattr(found, "make_dialect"):
        return found
    for base in getattr(found, "__mro__", ()):
        if base.__module__.startswith("holdfast.dialects."):
            package = importlib.import_module(".".join(base.__module__.split(".")[:3]))
            return DialectOfClass(found, package)
    raise exc.ArgumentError(
        f"{found!r} is registered as a dialect; it is neither a package with make_dialect() nor a class that derives from a "
        "dialect of holdfast.dialects."
    )

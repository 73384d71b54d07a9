"""Plug-ins of `create_engine`: named in an address (``?plugin=name``) or by ``plugins=[...]``, found as entry points."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from holdfast import exc
from holdfast.engine.url import URL, as_values

GROUP = "holdfast.plugins"
"""The group of entry points in which packages announce their plug-ins."""


class CreateEnginePlugin:
    """What a plug-in may do while an engine is made; a subclass overrides what it needs.

    Args:
        url: the address; what is the plug-in's own there is taken out by `update_url`.
        kwargs: the keywords of `create_engine`; the plug-in takes out its own.
    """

    def __init__(self, url: URL, kwargs: dict[str, Any]) -> None:
        self.url = url

    def update_url(self, url: URL) -> URL:
        """Return the address without what is for this plug-in alone."""
        raise NotImplementedError

    def handle_dialect_kwargs(self, dialect_cls: type, dialect_args: dict[str, Any]) -> None:
        """Change the keywords of the dialect."""

    def handle_pool_kwargs(self, pool_cls: type, pool_args: dict[str, Any]) -> None:
        """Change the keywords of the pool."""

    def engine_created(self, engine: Any) -> None:
        """Do something with the engine, for example listen to it."""


class PluginRegistry:
    """Plug-ins by name: those that the program registered, then those of installed packages."""

    def __init__(self) -> None:
        self._known: dict[str, Callable[[], Any]] = {}

    def register(self, name: str, modulepath: str, objname: str) -> None:
        """Let a name mean a class in a module, which is imported when it is needed."""
        self._known[name] = lambda: getattr(importlib.import_module(modulepath), objname)

    def load(self, name: str) -> Any:
        """Return the class of a plug-in.

        Raises: NoSuchModuleError: nobody knows the name.
        """
        found = self._known.get(name)
        if found is not None:
            return found()
        # Here and not above: it is a slow one, and few programs have plug-ins.
        from importlib.metadata import entry_points

        for entry_point in entry_points(group=GROUP, name=name):
            return entry_point.load()
        raise exc.NoSuchModuleError(f"Can't load plugin: {GROUP}:{name}")


plugins = PluginRegistry()


def make_plugins(url: URL, keywords: dict[str, Any]) -> tuple[URL, list[CreateEnginePlugin]]:
    """Return the address without its plug-ins, and the plug-ins that it and the keywords name.

    Args:
        keywords: of `create_engine`; ``plugins`` and what the plug-ins take are taken out.
    """
    names = [*as_values(url.query.get("plugin", ())), *(keywords.pop("plugins", None) or ())]
    made: list[CreateEnginePlugin] = []
    if not names:
        return url, made
    for name in names:
        made.append(plugins.load(name)(url, keywords))
    url = url.difference_update_query(["plugin"])
    for plugin in made:
        try:
            changed = plugin.update_url(url)
        except NotImplementedError:
            continue
        url = url if changed is None else changed
    return url, made

"""Plug-ins of `create_engine`: named in an address (``?plugin=name``) or by ``plugins=[...]``, found as entry points."""

from __future__ import annotations

from typing import Any

from holdfast.engine.registry import plugins
from holdfast.engine.url import URL, as_values


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

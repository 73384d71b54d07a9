"""Which dialect shows what only one database has, where `str()` was told of none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_makers: dict[str, Callable[[], Any]] = {}
_made: dict[str, Any] = {}


def shows(name: str, make: Callable[[], Any]) -> None:
    """Note how a dialect is made that shows the elements of its database.

    Args:
        name: what these elements have as their `stringify_dialect`.
    """
    _makers[name] = make


def dialect_to_show(node: Any) -> Any:
    """Return the dialect that shows an element; None: any does."""
    name = getattr(node, "stringify_dialect", "default")
    if name not in _makers:
        return None
    found = _made.get(name)
    if found is None:
        found = _made.setdefault(name, _makers[name]())
    return found

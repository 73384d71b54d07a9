"""Mapped attributes by name, as ``inspect(User).attrs`` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Attributes(Mapping[str, Any]):
    """Mapped attributes by name, as items and as attributes: ``mapper.attrs.name``."""

    __slots__ = ("_by_name",)

    def __init__(self, by_name: dict[str, Any]) -> None:
        self._by_name = by_name

    def __getitem__(self, name: str) -> Any:
        return self._by_name[name]

    def __getattr__(self, name: str) -> Any:
        try:
            return self._by_name[name]
        except KeyError:
            raise AttributeError(name) from None

    def __iter__(self) -> Any:
        # As documented: iterating gives the properties, not their names.
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    # Lists, as documented: callers index and concatenate them.

    def keys(self) -> list[str]:  # type: ignore[override]
        """Return the names."""
        return list(self._by_name)

    def values(self) -> list[Any]:  # type: ignore[override]
        """Return the properties."""
        return list(self._by_name.values())

    def items(self) -> list[tuple[str, Any]]:  # type: ignore[override]
        """Return pairs of name and property."""
        return list(self._by_name.items())

"""Concrete inheritance: a class with a table of its own that repeats what it wants of its parent's columns."""

from __future__ import annotations

from typing import Any, NoReturn


class NotInherited:
    """An attribute of the parent that a concrete class does not have.

    Args:
        mapper: of the concrete class.
        key: the attribute.
    """

    def __init__(self, mapper: Any, key: str) -> None:
        self._mapper = mapper
        self._key = key

    def __get__(self, instance: Any, owner: Any) -> NoReturn:
        raise AttributeError(
            f"Concrete {self._mapper} does not implement attribute {self._key!r} at the instance level.  Add this property "
            f"explicitly to {self._mapper}."
        )

    def __set__(self, instance: Any, value: Any) -> None:
        self.__get__(instance, None)


def hide_inherited(mapper: Any) -> None:
    """Let attributes of the parent that a concrete class does not repeat say so, instead of reading the parent's table."""
    for key in mapper.inherits._properties:
        if key not in mapper._properties:
            type.__setattr__(mapper.class_, key, NotInherited(mapper, key))

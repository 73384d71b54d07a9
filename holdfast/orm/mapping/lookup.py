"""From a class or an object to its mapper."""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError, UnmappedClassError, UnmappedInstanceError
from holdfast.orm.mapping.mapper import Mapper


def class_mapper(class_: Any, configure: bool = True) -> Mapper:
    """Return the mapper of a class.

    Args:
        class_: a mapped class or a mapper.
        configure: find out its relationships too.

    Raises:
        UnmappedClassError: the class is not mapped.
        ArgumentError: it is no class.
    """
    mapper = class_ if isinstance(class_, Mapper) else getattr(class_, "__mapper__", None)
    if mapper is None or (isinstance(class_, type) and mapper.class_ is not class_):
        if not isinstance(class_, type):
            raise ArgumentError(f"Class object expected, got '{class_!r}'.")
        raise UnmappedClassError(class_)
    if configure:
        mapper.configure()
    return mapper  # type: ignore[no-any-return]


def object_mapper(instance: Any) -> Mapper:
    """Return the mapper of an object.

    Raises: UnmappedInstanceError: its class is not mapped.
    """
    mapper = getattr(type(instance), "__mapper__", None)
    if mapper is None:
        raise UnmappedInstanceError(instance)
    return mapper  # type: ignore[no-any-return]

"""What the SQL layer knows of mapped classes: the protocol that the mapper fulfils, and how an argument leads to it."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

from holdfast.inspection import inspect
from holdfast.sql.node import Key, Values


@runtime_checkable
class Entity(Protocol):
    """A mapped class (or an alias of one) as the SQL layer sees it; `orm.mapping.Mapper` is the one for classes.

    Attributes:
        is_entity: true.
        _key: identity in the keys of statements.
        _values: value holders that the entity brings into a statement; none for a mapped class.
        selectable: the FROM element that its rows come from.
        entity_name: the name for rows and messages: the class's name.
    """

    is_entity: ClassVar[bool]
    _key: Key
    _values: Values

    @property
    def selectable(self) -> Any: ...

    @property
    def entity_name(self) -> str: ...

    def _entity_columns(self) -> tuple[Any, ...]:
        """Return the columns that are loaded by default, in order."""
        ...

    def _all_columns(self) -> tuple[Any, ...]:
        """Return the columns that a subquery has: also those that are loaded later."""
        ...


def entity_of(value: Any) -> Any:
    """Return the entity or the FROM element that a class or an aliased class stands for, or None."""
    mapper = getattr(value, "__mapper__", None) if isinstance(value, type) else None
    if mapper is not None:
        return mapper
    if getattr(value, "is_entity", False):
        return value
    if isinstance(value, _PLAIN):
        return None
    found = inspect(value, raiseerr=False)
    if found is None or found is value:
        return None
    if getattr(found, "is_entity", False):
        return found
    return found.selectable if getattr(found, "is_selectable", False) else None


_PLAIN = (str, bytes, int, float, list, tuple, dict, set, type(None))

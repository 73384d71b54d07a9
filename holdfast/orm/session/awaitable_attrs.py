"""`AsyncAttrs`: a mixin that lets each attribute of an object be awaited, so that it may load.

``await author.awaitable_attrs.books`` is what ``author.books`` is to the synchronous session.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from holdfast.engine.bridge import in_bridge
from holdfast.orm.history import NO_VALUE
from holdfast.orm.loading.reading import read_without_sql
from holdfast.orm.session.driving import in_new_bridge
from holdfast.orm.session.lifecycle import state_of


class AsyncAttrs:
    """Mixin for mapped classes: `awaitable_attrs` gives each attribute as something to be awaited."""

    class _AwaitableAttributes:
        """The attributes of one object, each to be awaited."""

        __slots__ = ("_instance",)

        def __init__(self, instance: Any) -> None:
            self._instance = instance

        def __getattr__(self, name: str) -> Coroutine[Any, Any, Any]:
            return core_read_attribute(self._instance, name)

    @property
    def awaitable_attrs(self) -> AsyncAttrs._AwaitableAttributes:
        """The attributes of this object: ``await obj.awaitable_attrs.name`` loads what is not loaded."""
        return AsyncAttrs._AwaitableAttributes(self)


async def core_read_attribute(instance: Any, name: str) -> Any:
    """Read any attribute of a mapped object, loading it where need be.

    Raises: AttributeError, and what reading it in a synchronous session raises.
    """
    state = state_of(instance)
    session = state.session
    if name in instance.__dict__ or session is None or not session.is_async or in_bridge():
        return getattr(instance, name)
    mapper = state.mapper
    loads = name in mapper.column_names or name in mapper.relationships or name in mapper.by_name
    if not loads:
        # A property, a hybrid, a proxy: the program's own code, which may read what is not loaded.
        return await in_new_bridge(getattr, instance, name)
    if state.row_key is not None and hasattr(session, "core_load_attribute") and _is_loaded_by_name(mapper, name):
        if read_without_sql(state, instance, name) is NO_VALUE:
            await session.core_load_attribute(state, instance, name, True)
        return getattr(instance, name)
    return await in_new_bridge(getattr, instance, name)


def _is_loaded_by_name(mapper: Any, name: str) -> bool:
    """Return True for a column or a relationship whose value stands in the object under this name."""
    if name in mapper.column_names:
        return True
    relationship = mapper.find_relationship(name)
    return relationship is not None and relationship.lazy not in ("dynamic", "write_only")

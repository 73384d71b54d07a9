"""Reads what a merge of several objects will ask for: one SELECT per class and batch, in the place of one per object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from holdfast.orm.loading.many_keys import key_batches, select_keys
from holdfast.orm.loading.option_functions import selectinload
from holdfast.orm.mapping.relationship_checks import UNHELD
from holdfast.orm.session import lifecycle
from holdfast.orm.state import EXPIRED, InstanceState


async def core_read_ahead(session: Any, instances: Iterable[Any], options: Sequence[Any]) -> dict[tuple[Any, Any], Any]:
    """Read the rows of given objects, and of those that the merge cascade leads to, which the session does not have.

    Args:
        options: loader options of the merge.

    Returns: the object, or None where there is no row, by base mapper and key; it keeps them alive.
    """
    graph = _Graph(session)
    graph.walk(instances)
    found: dict[tuple[Any, Any], Any] = {}
    for mapper, keys in graph.keys.items():
        collections = [getattr(mapper.class_, name) for name in graph.collections.get(mapper, ())]
        # The collections of classes before have brought some.
        wanted = [key for key in keys if _is_wanted(session.holder, mapper, key)]
        for batch in key_batches(mapper, session.engine_for(mapper).dialect, wanted):
            statement = select_keys(mapper, batch).options(*map(selectinload, collections), *options)
            objects = (await session.core_scalars(statement)).all()
            read = {(mapper.base_mapper, one._sa_instance_state.row_key): one for one in objects}
            asked = dict.fromkeys([(mapper.base_mapper, key) for key in batch])
            # A key of another type than the row's has to be looked for by itself.
            found.update({**asked, **read} if read.keys() <= asked.keys() else read)
    return found


class _Graph:
    """What the given objects lead to.

    Attributes:
        keys: of objects that are to be read, by mapper, in the order met.
        collections: names of the collections that replace those of a mapper's objects.
    """

    def __init__(self, session: Any) -> None:
        self._holder = session.holder
        self._met: set[InstanceState] = set()
        self.keys: dict[Any, dict[Any, None]] = {}
        self.collections: dict[Any, dict[str, None]] = {}

    def walk(self, instances: Iterable[Any]) -> None:
        """Look at objects, and at all that they lead to."""
        waiting = list(instances)
        for instance in waiting:
            state = lifecycle.state_of(instance)
            if state not in self._met:
                self._met.add(state)
                self._note(state, instance)
                waiting.extend(self._members(state, instance))

    def _note(self, state: InstanceState, instance: Any) -> None:
        key = _key_of(state, instance)
        if key is not None and _is_wanted(self._holder, state.mapper, key):
            self.keys.setdefault(state.mapper, {})[key] = None

    def _members(self, state: InstanceState, instance: Any) -> Iterator[Any]:
        for name, prop in state.mapper.relationships.items():
            value = instance.__dict__.get(name)
            if value is None or not prop.cascade.merge:
                continue
            if prop.uselist and prop.lazy not in UNHELD:
                self.collections.setdefault(state.mapper, {})[name] = None
            yield from prop.members(value) if prop.uselist else (value,)


def _is_wanted(holder: Any, mapper: Any, key: Any) -> bool:
    present = holder.find(mapper.base_mapper, key)
    return present is None or bool(present._sa_instance_state.flags & EXPIRED)


def _key_of(state: InstanceState, instance: Any) -> Any:
    """Return the whole key of an object's row; None if there can be no row."""
    if state.row_key is not None:
        return state.row_key
    parts = [instance.__dict__.get(name) for name in state.mapper.primary_key_names]
    if any(part is None for part in parts):
        return None
    return parts[0] if len(parts) == 1 else tuple(parts)

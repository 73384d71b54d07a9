"""Expiry: drops the values of persistent objects so that the next read brings the row's."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.state import EXPIRED, PARTIAL, PARTLY_EXPIRED, InstanceState

NOTHING: frozenset[str] = frozenset()

LACKING = EXPIRED | PARTLY_EXPIRED | PARTIAL


def expire_all(holder: IdentityMap) -> None:
    """Expire every persistent object of a session; unflushed changes are lost.

    Runs at the end of each transaction over all loaded objects, so it is one flat loop per mapper.
    """
    for state in holder.dirty:
        state.old = None
    holder.dirty.clear()
    heard: list[Any] = []
    for base in holder.states:
        if base.children or base.dispatch.expire:
            heard += [mapper for mapper in base.self_and_descendants if mapper.dispatch.expire]
    for by_key in list(holder.states.values()):
        for state in list(by_key.values()):
            instance = state()
            if instance is None:
                continue
            values = instance.__dict__
            for name in state.mapper.attribute_names:
                if name in values:
                    del values[name]
            state.flags |= EXPIRED
            state.old = None
            if state.extra is not None:
                state.extra.pop("pending", None)
                state.extra.pop("expired", None)
    for mapper in heard:
        for state in list(holder.states[mapper.base_mapper].values()):
            if state.mapper is mapper and (instance := state()) is not None:
                _tell(mapper.dispatch.expire, instance, None)


def _tell(listeners: Iterable[Any], *arguments: Any) -> None:
    for listener in listeners:
        listener(*arguments)


def expire_state(state: InstanceState, instance: Any) -> None:
    """Expire all attributes of one object; unflushed changes are lost."""
    values = instance.__dict__
    for name in state.mapper.attribute_names:
        values.pop(name, None)
    state.flags |= EXPIRED
    state.old = None
    if state.extra is not None:
        state.extra.pop("pending", None)
        state.extra.pop("expired", None)
    holder = state.holder
    if holder is not None:
        holder.dirty.pop(state, None)
    if state.mapper.dispatch.expire:
        _tell(state.mapper.dispatch.expire, instance, None)


def expire_attributes(state: InstanceState, instance: Any, names: Iterable[str]) -> None:
    """Expire some attributes of one object; their unflushed changes are lost.

    Raises: InvalidRequestError: a name that is not a mapped attribute.
    """
    mapped = state.mapper.by_name
    values = instance.__dict__
    names = list(names)
    for name in names:
        if name not in mapped:
            raise exc.InvalidRequestError(f"Entity {state.mapper} has no attribute {name!r} to expire")
    state.flags |= PARTLY_EXPIRED
    named = {name for name in names if name in state.mapper.column_set and name not in state.mapper.column_names}
    if named:
        state.extra = {} if state.extra is None else state.extra
        state.extra["expired"] = named | state.extra.get("expired", NOTHING)
    for name in names:
        values.pop(name, None)
        if state.old is not None:
            state.old.pop(name, None)
        if state.extra is not None:
            state.extra.get("pending", {}).pop(name, None)
    if state.old is not None and not state.old:
        state.old = None
        if state.holder is not None:
            state.holder.dirty.pop(state, None)
    if state.mapper.dispatch.expire:
        _tell(state.mapper.dispatch.expire, instance, names)


VALUES_ALONE = "values"
"""The execution option ``populate_existing`` where a row replaces the values of its columns alone."""


class Replacing:
    """Says to a loader that rows replace all that present objects have (``populate_existing``); see `forget_others`.

    Attributes:
        done: the objects that this statement met before: what it has loaded for them since then stays.
    """

    __slots__ = ("done",)

    def __init__(self) -> None:
        self.done: set[InstanceState] = set()


def replacing(options: Mapping[str, Any]) -> Any:
    """Return what a loader is told by execution options: False, True for the row's values alone, or a `Replacing`."""
    how = options.get("populate_existing")
    return how == VALUES_ALONE or Replacing() if how else False


def forget_others(state: InstanceState, instance: Any, kept: Container[str]) -> None:
    """Drop what an object has beside the values of a row that replaces it, with all unflushed changes.

    Args: kept: attributes that the row has.
    """
    values = instance.__dict__
    for name in state.mapper.attribute_names:
        if name in values and name not in kept:
            del values[name]
    state.old = None
    if state.extra is not None:
        state.extra.pop("pending", None)
    if state.holder is not None:
        state.holder.dirty.pop(state, None)


def fill(state: InstanceState, instance: Any, pairs: Iterable[tuple[str, Any]]) -> None:
    """Give an object values of its row that it lacks; when none is missing any more, it is not expired."""
    values = instance.__dict__
    deleted = deleted_names(state, values)
    for name, value in pairs:
        if name not in deleted:
            values.setdefault(name, value)
    mark_filled(state, values)


def mark_filled(state: InstanceState, values: dict[str, Any]) -> None:
    """When no column attribute is missing any more, but those that were deleted, the object is not expired."""
    if state.flags & LACKING and deleted_names(state, values).issuperset(
        [name for name in state.mapper.column_names if name not in values]
    ):
        state.flags &= ~LACKING


def deleted_names(state: InstanceState, values: dict[str, Any]) -> frozenset[str]:
    """Return the attributes that the program has deleted since the last flush: no row may fill them in."""
    if not state.old:
        return NOTHING
    return frozenset(name for name in state.old if name not in values)

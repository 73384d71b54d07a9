"""Copies of mapped objects: a copy is a new, transient object with a state of its own.

- ``copy.copy(obj)`` takes the column values and whatever else the object has; relationships stay behind, because a
  related object belongs to the original.
- ``copy.deepcopy(obj)`` copies the loaded graph: related objects are copied too, and both sides agree again.
- Pickling keeps key and history, so that an unpickled object is detached as the original would be: state.py.

A class's own ``__reduce__``, ``__getstate__``, ``__setstate__``, ``__copy__`` and ``__deepcopy__`` keep their say.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

from holdfast.orm.collections import Linked
from holdfast.orm.state import EXPIRED

STATE = "_sa_instance_state"

Taking: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Values of the original -> values of the copy."""


def copy_mapped(instance: Any) -> Any:
    """Return a shallow copy: the ``__copy__`` of mapped classes that have none."""
    _fetch_expired(instance)
    names = instance.__mapper__.links
    return _rebuilt(instance, lambda values: {name: value for name, value in values.items() if name not in names})


def deepcopy_mapped(instance: Any, memo: dict[int, Any]) -> Any:
    """Return a deep copy: the ``__deepcopy__`` of mapped classes that have none."""
    _fetch_expired(instance)
    return _rebuilt(instance, lambda values: _deep_values(values, memo), memo)


def wrap_own_copy(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return a class's own ``__copy__`` or ``__deepcopy__``, made to give a copy that shares no state."""

    def copy_with_own_state(self: Any, *memo: Any) -> Any:
        made = own(self, *memo)
        if made is not self and getattr(type(made), "__mapper__", None) is not None:
            _separate(made, deep=bool(memo))
        return made

    copy_with_own_state.__wrapped__ = own  # type: ignore[attr-defined]
    return copy_with_own_state


def wrap_own_setstate(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return a class's own ``__setstate__``, made to leave the history alone: to be unpickled is no change."""

    def setstate_without_history(self: Any, values: Any) -> None:
        restored = self.__dict__.get(STATE)
        old = None if restored is None or restored.old is None else dict(restored.old)
        own(self, values)
        if restored is not None:
            self.__dict__[STATE] = restored
            restored.old = old

    setstate_without_history.__wrapped__ = own  # type: ignore[attr-defined]
    return setstate_without_history


def _fetch_expired(instance: Any) -> None:
    """Bring back expired values: what is not there could not be copied, and a copy has no row to take it from."""
    state = instance._sa_instance_state
    if state.flags & EXPIRED and state.holder is not None:
        missing = [name for name in state.mapper.column_names if name not in instance.__dict__]
        if missing:
            getattr(instance, missing[0])


def _rebuilt(instance: Any, take: Taking, memo: dict[int, Any] | None = None) -> Any:
    """Make a copy the way the pickle protocol describes it, with the values that `take` chooses.

    Source: the Python library reference, `object.__reduce__`.
    """
    reduced = instance.__reduce_ex__(4)
    function, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    made = function(*(arguments if memo is None else copy.deepcopy(arguments, memo)))
    if memo is not None:
        memo[id(instance)] = made
    _restore(made, state, take, memo)
    for item in items or ():
        made.append(item)
    for key, value in pairs or ():
        made[key] = value
    _separate(made, deep=memo is not None)
    return made


def _restore(made: Any, state: Any, take: Taking, memo: dict[int, Any] | None) -> None:
    """Give a new object its values; `state` is what ``__getstate__`` returned."""
    is_pair = isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict)
    values, slots = state if is_pair else (state, None)
    if isinstance(values, dict):
        values = take({name: value for name, value in values.items() if name != STATE})
    elif memo is not None:
        values = copy.deepcopy(values, memo)
    if slots and memo is not None:
        slots = copy.deepcopy(slots, memo)
    if hasattr(made, "__setstate__"):
        made.__setstate__((values, slots) if is_pair else values)
        return
    if values:
        made.__dict__.update(values)
    for name, value in (slots or {}).items():
        object.__setattr__(made, name, value)


def _deep_values(values: dict[str, Any], memo: dict[int, Any]) -> dict[str, Any]:
    """Copy values one by one; a collection becomes a new one of its kind, linked to its owner by `_separate`."""
    return {name: _deep_collection(value, memo) if isinstance(value, Linked) else copy.deepcopy(value, memo)
            for name, value in values.items()}  # fmt: skip


def _deep_collection(collection: Any, memo: dict[int, Any]) -> Any:
    copied = collection.link_side.factory() if collection.link_side is not None else type(collection)()
    memo[id(collection)] = copied
    if collection.link_kind == "dict":
        for key, member in collection.items():
            dict.__setitem__(copied, key, copy.deepcopy(member, memo))
    else:
        for member in collection:
            copied.link_add(copy.deepcopy(member, memo))
    return copied


def _separate(made: Any, deep: bool) -> None:
    """Give a copy a state and collections of its own; a shallow copy has no relationships."""
    values = made.__dict__
    values.pop(STATE, None)
    made._sa_instance_state  # noqa: B018 - makes one
    links = made.__mapper__.links
    for name, link in links.items():
        if name not in values:
            continue
        if not deep:
            del values[name]
        elif link.many:
            values[name].link_to(link, made._sa_instance_state)

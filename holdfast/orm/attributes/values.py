"""Functions on the values of attributes, for code that works beside them: loaders, the unit of work, validators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast import exc
from holdfast.orm.attribute_events import OP_MODIFIED, AttributeEventToken
from holdfast.orm.attribute_states import history_of, visible_history
from holdfast.orm.attributes.instrumented import InstrumentedAttribute
from holdfast.orm.history import BLANK, NO_VALUE, History
from holdfast.orm.links import Link
from holdfast.orm.missing_values import note_change
from holdfast.orm.state import InstanceState

PASSIVE_OFF = "PASSIVE_OFF"
"""`get_history` loads what is not there."""

PASSIVE_NO_INITIALIZE = "PASSIVE_NO_INITIALIZE"
"""`get_history` tells what is in memory."""


def is_instrumented(instance: Any, key: str) -> bool:
    """Whether `key` is a mapped attribute of the instance's (or the) class."""
    class_ = instance if isinstance(instance, type) else type(instance)
    return isinstance(getattr(class_, key, None), InstrumentedAttribute)


def instance_state(instance: Any) -> InstanceState:
    """Return the tracking state of a mapped instance.

    Raises: UnmappedInstanceError: it is none.
    """
    try:
        return instance._sa_instance_state  # type: ignore[no-any-return]
    except AttributeError:
        raise exc.UnmappedInstanceError(instance) from None


def instance_dict(instance: Any) -> dict[str, Any]:
    """Return the instance's ``__dict__``: its loaded and its set values."""
    return instance.__dict__  # type: ignore[no-any-return]


def get_attribute(instance: Any, key: str) -> Any:
    """Return the value of an attribute, loading it if need be."""
    return getattr(instance, key)


def set_attribute(instance: Any, key: str, value: Any, initiator: Any = None) -> None:
    """Set an attribute with all that this entails: history, the other side, cascades.

    Unlike ``setattr`` this does not ask the class's own ``__setattr__``: that one may call this function.
    """
    state = instance_state(instance)
    link = state.mapper.links.get(key)
    if link is not None:
        link.set(state, instance, value)
        return
    heard = state.mapper.heard_columns.get(key)
    is_active = key in state.mapper.active_names or (heard is not None and heard.dispatch.is_active)
    if is_active and state.row_key is not None and key not in instance.__dict__ and key not in (state.old or ()):
        getattr(instance, key)
    if heard is not None:
        value = heard.set(instance, value)
    note_change(state, instance, key, instance.__dict__.get(key, NO_VALUE))
    instance.__dict__[key] = value


def del_attribute(instance: Any, key: str) -> None:
    """Delete the value of an attribute: NULL at the next flush."""
    delattr(instance, key)


def init_collection(instance: Any, key: str) -> Any:
    """Give the instance a new, empty collection without history and return it."""
    state = instance_state(instance)
    return state.mapper.links[key].new_collection(state, instance)


def set_committed_value(instance: Any, key: str, value: Any) -> None:
    """Set an attribute as if it had just been loaded: no history, no other side."""
    state = instance_state(instance)
    link = state.mapper.links.get(key)
    if link is not None and link.many:
        members = value.values() if isinstance(value, dict) else value
        set_loaded_collection(state, instance, key, members)
    else:
        set_loaded(state, instance, key, value)


def set_loaded(state: InstanceState, instance: Any, key: str, value: Any) -> None:
    """Put a loaded value in its place; an unflushed change of this attribute is forgotten."""
    if state.old is not None:
        state.old.pop(key, None)
    instance.__dict__[key] = value


def set_loaded_collection(state: InstanceState, instance: Any, key: str, members: Iterable[Any]) -> Any:
    """Put loaded members in their place, with what happened to the collection while it was not loaded.

    Returns: the collection.
    """
    link: Link = state.mapper.links[key]
    pending = None if state.extra is None else state.extra.get("pending", {}).pop(key, None)
    if pending is None:
        if state.old is not None:
            state.old.pop(key, None)
        return link.new_collection(state, instance, members)
    loaded = list(members)
    if state.old is None:
        state.old = {}
    state.old[key] = loaded
    return link.new_collection(state, instance, pending.apply(loaded))


def history(state: InstanceState, instance: Any, key: str) -> History:
    """Return the changes of one attribute since the last flush or load; nothing is loaded."""
    return history_of(state, instance, key)


def get_history(obj: Any, key: str, passive: Any = PASSIVE_OFF) -> History:
    """Return the changes of one attribute since the last flush.

    Args:
        obj: a mapped instance.
        key: the attribute's name.
        passive: `PASSIVE_OFF` loads what is not there; `PASSIVE_NO_INITIALIZE` does not.
    """
    state = instance_state(obj)
    if key not in state.mapper.by_name:
        raise exc.InvalidRequestError(f"{type(obj).__name__} has no mapped attribute {key!r}")
    if passive == PASSIVE_OFF and state.row_key is not None:
        getattr(obj, key)
    return visible_history(state, obj, key) or BLANK


def flag_modified(instance: Any, key: str) -> None:
    """Mark an attribute as changed although it was not set: for values changed in place, such as a JSON dict.

    Raises: InvalidRequestError: the attribute has no value in memory.
    """
    state = instance_state(instance)
    if key not in instance.__dict__:
        raise exc.InvalidRequestError(f"Can't flag attribute {key!r} modified; it's not present in the object state")
    dispatch = state.mapper.attribute_dispatches.get(key)
    for listener in () if dispatch is None else dispatch.on_modified:
        listener(instance, AttributeEventToken(key, OP_MODIFIED))
    note_change(state, instance, key, NO_VALUE)
    if state.old is not None:
        state.old[key] = NO_VALUE


def flag_dirty(instance: Any) -> None:
    """Mark an instance as dirty without naming an attribute: flush listeners get to see it."""
    state = instance_state(instance)
    if state.row_key is not None and state.holder is not None:
        state.holder.dirty[state] = instance


def commit_state(state: InstanceState) -> None:
    """Forget the history: the database has what the object has. The session's dirty objects are not touched."""
    state.old = None
    if state.extra is not None:
        state.extra.pop("pending", None)

"""What can be asked of an object without its session at hand."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm.session.lifecycle import state_of


def object_session(instance: object) -> Any:
    """Return the session that an object is in, or None."""
    holder = state_of(instance).holder
    return None if holder is None else holder.session


def make_transient(instance: object) -> None:
    """Make an object one without a row, in no session; its values stay.

    Args:
        instance: a mapped object in any state.
    """
    state = state_of(instance)
    session = object_session(instance)
    if session is not None:
        session.expunge(instance)
    state.key = None
    state.flags = 0
    state.old = None


def class_mapper(class_: Any, configure: bool = True) -> Any:
    """Return the mapper of a class.

    Raises: UnmappedClassError: it is not mapped.
    """
    mapper = getattr(class_, "__mapper__", None)
    if mapper is None:
        raise exc.UnmappedClassError(class_)
    if configure:
        mapper.configure()
    return mapper


def object_mapper(instance: object) -> Any:
    """Return the mapper of an object's class."""
    return state_of(instance).mapper

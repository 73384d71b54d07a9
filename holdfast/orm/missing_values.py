"""Notes what an attribute was before it changed, and brings values that are not in memory."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm.state import InstanceState


def note_change(state: InstanceState, instance: Any, key: str, before: Any) -> None:
    """Record the first change of an attribute since the last flush, and that the object is dirty."""
    if state.row_key is None:
        return
    old = state.old
    if old is None:
        state.old = {key: before}
        if state.holder is not None:
            state.holder.dirty[state] = instance
    elif key not in old:
        old[key] = before


def load_missing(state: InstanceState, instance: Any, key: str, is_read: bool = True) -> Any:
    """Return the value of an attribute of a persistent or detached object that has none in memory.

    Args: is_read: the program reads it; False: it is about to be replaced, and what the row has is wanted.

    Raises: DetachedInstanceError: the object is in no session.
    """
    holder = state.holder
    if holder is None or holder.session is None:
        if state.row_key is None:
            raise exc.DetachedInstanceError(lost_values(instance, f"attribute refresh operation of {key!r}"))
        raise _detached(state, instance, key)
    return holder.load_missing(state, instance, key, is_read)


def lost_values(instance: Any, attempt: str) -> str:
    """Say why an object has no values and no row to read them from.

    Args:
        attempt: what can not proceed.
    """
    return (
        f"Instance {shown_object(instance)} has neither values nor a row; {attempt} cannot proceed. "
        "Its values were expired after its INSERT, which was rolled back then. Make a new object; or "
        "make_transient(obj), which makes it one of which nothing is set, and set its attributes."
    )


def load_before_change(state: InstanceState, instance: Any, key: str) -> Any:
    """Return the value that is about to be replaced, loading it; what the program has changed so far is not flushed."""
    session = None if state.holder is None else state.holder.session
    if session is None:
        return load_missing(state, instance, key, False)
    with session.no_autoflush:
        return load_missing(state, instance, key, False)


def _detached(state: InstanceState, instance: Any, key: str) -> exc.DetachedInstanceError:
    shown = shown_object(instance)
    name = f"{type(instance).__name__}.{key}"
    if key in state.mapper.links:
        return exc.DetachedInstanceError(
            f"Parent instance {shown} is not bound to a Session; lazy load operation of attribute {key!r} cannot "
            f"proceed. Three ways out: load it with the query, select({type(instance).__name__}).options(selectinload({name})); "
            "read it while the session is open; or bring the object back with session.add(obj), session.merge(obj)."
        )
    if key not in state.expired_attributes:
        return exc.DetachedInstanceError(
            f"Parent instance {shown} is not bound to a Session; deferred load operation of attribute {key!r} cannot proceed. "
            f"The query left it out. Three ways out: load it with the query, options(undefer({name})); read it while the "
            "session is open; or bring the object back with session.add(obj), session.merge(obj)."
        )
    return exc.DetachedInstanceError(
        f"Instance {shown} is not bound to a Session; attribute refresh operation cannot proceed. {name} has no value in "
        "memory, probably because a commit expired it before the session was closed. Three ways out: make the session "
        "with expire_on_commit=False; read the attribute while the session is open; or bring the object back with "
        "session.add(obj), session.merge(obj)."
    )

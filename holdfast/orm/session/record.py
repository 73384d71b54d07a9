"""What a rollback has to undo: each level of a transaction notes what its flushes did to the objects.

A rollback of the level brings exactly these back; a commit hands the notes to the level above.
"""

from __future__ import annotations

from typing import Any, Protocol

from holdfast.orm import expiry
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.session.lifecycle import tell
from holdfast.orm.state import EXPIRED, GONE, WAS_DELETED, InstanceState


class Level(Protocol):
    """One level of a transaction, with its notes.

    Attributes:
        inserted: states of objects that became persistent.
        removed: objects whose row was deleted, by state.
        flushed: states of persistent objects that a flush or a bulk statement wrote.
        switched: states whose primary key changed -> the key before.
    """

    session: Any
    parent: Any
    nested: bool
    inserted: dict[InstanceState, None]
    removed: dict[InstanceState, Any]
    flushed: dict[InstanceState, None]
    switched: dict[InstanceState, Any]


def keep(level: Level, expires: bool) -> None:
    """The level is committed: hand the notes upwards, or let deleted objects go and expire the others.

    Args:
        expires: objects are expired when the root commits.
    """
    parent = level.parent
    if parent is not None:
        parent.inserted.update(level.inserted)
        parent.removed.update(level.removed)
        parent.flushed.update(level.flushed)
        for state, key in level.switched.items():
            parent.switched.setdefault(state, key)
        return
    session = level.session
    if expires:
        expiry.expire_all(session.holder)
    if level.removed:
        watched = session.dispatch.watched
        for state, instance in level.removed.items():
            state.holder = None
            state.flags = (state.flags & ~GONE) | WAS_DELETED
            if watched:
                tell(session, "deleted_to_detached", instance)


def undo(level: Level) -> None:
    """Bring the objects back to what they were when the level began."""
    session = level.session
    holder = session.holder
    watched = session.dispatch.watched
    moved: list[tuple[str, Any]] = []
    for state in [*holder.new, *level.inserted]:
        event = "pending_to_transient" if state.row_key is None else "persistent_to_transient"
        if watched and (instance := state()) is not None:
            moved.append(("deleted_to_detached" if state.flags & GONE else event, instance))
        make_transient(holder, state)
    holder.new.clear()
    for state, key in level.switched.items():
        if state not in level.inserted:
            _give_key_back(holder, state, key)
    for state, instance in level.removed.items():
        if state not in level.inserted:
            state.flags &= ~GONE
            state.holder = holder
            holder.beside(state)[state.row_key] = state
            moved.append(("deleted_to_persistent", instance))
    holder.deleted.clear()
    for notes in (level.inserted, level.switched, level.removed):
        notes.clear()
    if watched:
        for event, instance in moved:
            tell(session, event, instance)
    _expire(level, holder)


def _expire(level: Level, holder: IdentityMap) -> None:
    """Expire what the level may have changed: all objects, or those that a savepoint wrote."""
    if not level.nested:
        expiry.expire_all(holder)
        return
    changed = {**level.flushed, **holder.dirty}
    holder.dirty.clear()
    for state in changed:
        # Who has left the session meanwhile keeps its values.
        if state.row_key is not None and state.holder is holder and (instance := state()) is not None:
            expiry.expire_state(state, instance)


def make_transient(holder: IdentityMap, state: InstanceState) -> None:
    """Take an object whose INSERT never was (any more) out of the session; the attribute values that it has stay."""
    if state.row_key is not None:
        by_key = holder.beside(state)
        if by_key.get(state.row_key) is state:
            del by_key[state.row_key]
    state.row_key = None
    state.holder = None
    # Expired values are lost for good; who reads them or adds the object again is told so.
    state.flags &= EXPIRED
    state.old = None
    holder.dirty.pop(state, None)
    holder.deleted.pop(state, None)


def _give_key_back(holder: IdentityMap, state: InstanceState, key: Any) -> None:
    """Let an object have the primary key that its row has again; who has left the session meanwhile stays outside."""
    if state.holder is holder:
        move_key(holder, state, key)
        return
    state.row_key = key
    instance = state()
    if instance is not None:
        names = state.mapper.primary_key_names
        instance.__dict__.update(zip(names, key if len(names) > 1 else (key,), strict=True))


def move_key(holder: IdentityMap, state: InstanceState, key: Any) -> None:
    """Register a persistent object under another primary key."""
    by_key = holder.beside(state)
    if by_key.get(state.row_key) is state:
        del by_key[state.row_key]
    state.row_key = key
    by_key[key] = state

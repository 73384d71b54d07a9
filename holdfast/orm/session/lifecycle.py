"""Moves objects between their states: transient, pending, persistent, deleted, detached; tells who listens to that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm.attribute_states import history_of
from holdfast.orm.history import NO_VALUE
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.missing_values import lost_values
from holdfast.orm.state import EXPIRED, GONE, WAS_DELETED, InstanceState


class LifecycleSession(Protocol):
    """What the moves ask of the session."""

    holder: IdentityMap
    dispatch: Any
    hash_key: int
    transaction: Any
    autocommit: bool

    def begin_if_needed(self) -> Any: ...


def state_of(instance: Any) -> InstanceState:
    """Return the tracking state of a mapped instance.

    Raises: UnmappedInstanceError: `instance` is not of a mapped class, or is a class, a list ...
    """
    try:
        return instance._sa_instance_state  # type: ignore[no-any-return]
    except AttributeError:
        raise exc.UnmappedInstanceError(instance) from None


def tell(session: Any, event: str, instance: Any) -> None:
    """Call the listeners of one event of an object's life. Callers ask ``dispatch.watched`` first."""
    for listener in getattr(session.dispatch, event):
        listener(session, instance)


# -- into the session --------------------------------------------------------------------------------------------------


def save(session: LifecycleSession, instance: Any) -> None:
    """Bring `instance`, and all that the save-update cascade reaches from it, into the session.

    The cascade reaches too what a detached object has let go of meanwhile: its row still has the key.
    """
    state = state_of(instance)
    _take(session, state, instance)
    if not state.mapper.save_update_names:
        return
    seen = {id(instance)}
    # Depth first: rows are inserted in the order in which a person would read the graph, each branch whole.
    branches = [_reached(instance, "save_update_names", seen)]
    while branches:
        for member in branches[-1]:
            member_state = state_of(member)
            if member_state.holder is session.holder:
                # What it leads to came with it, or was left outside on purpose.
                continue
            _take(session, member_state, member)
            if member_state.mapper.save_update_names:
                branches.append(_reached(member, "save_update_names", seen))
                break
        else:
            branches.pop()


def reach(instance: Any, cascade_names: str) -> list[Any]:
    """Return an object and all that one cascade reaches from it along what is loaded.

    Args:
        cascade_names: the mapper's attribute with the names of the relationships: "expunge_names" ...
    """
    seen, found = {id(instance)}, [instance]
    for current in found:
        found.extend(_reached(current, cascade_names, seen))
    return found


def _reached(instance: Any, cascade_names: str, seen: set[int]) -> Iterator[Any]:
    """Yield the objects that loaded relationships of one cascade lead to; nothing is loaded for it.

    Args:
        seen: identities of the objects known, which are left out. Members of a collection are put in together, so that they
            stay together, whatever a branch below one of them leads to.
    """
    values = instance.__dict__
    state: InstanceState = values["_sa_instance_state"]
    old = state.old if cascade_names == "save_update_names" else None
    for name in getattr(state.mapper, cascade_names):
        value = values.get(name)
        members: Iterable[Any]
        if old and name in old and (state.row_key is not None or old[name] is not NO_VALUE):
            members = _changed_members(state, instance, name)
        elif value is None:
            continue
        else:
            relationship = state.mapper.by_name[name]
            members = relationship.members(value) if relationship.uselist else (value,)
        fresh = [member for member in members if id(member) not in seen]
        seen.update(map(id, fresh))
        yield from fresh


def _changed_members(state: InstanceState, instance: Any, name: str) -> Iterator[Any]:
    """Yield what a relationship holds: first what came since it was read or written, as SQLAlchemy does; the rows follow it.

    Of an object that has a row what it let go of comes behind, where that has a row of its own. What is not in memory leads
    nowhere, whatever was noted for it: a collection that was never read may wait for members that came or went.
    """
    if name not in instance.__dict__:
        return
    history = history_of(state, instance, name)
    yield from (member for member in (*history.added, *history.unchanged) if member is not None)
    for member in history.deleted if state.row_key is not None else ():
        if member is not None:
            member_state = state_of(member)
            if member_state.row_key is not None and not member_state.was_deleted:
                yield member


def _take(session: LifecycleSession, state: InstanceState, instance: Any) -> None:
    """Bring one object into the session: as pending, or attached again."""
    holder = session.holder
    if state.holder is holder:
        if state.flags & GONE:
            raise _deleted_error(instance)
        holder.deleted.pop(state, None)
        return
    if state.holder is not None and (owner := state.holder.session) is not None:
        raise _belongs_elsewhere(session, owner, instance)
    if session.transaction is None and not session.autocommit:
        session.begin_if_needed()
    if state.row_key is not None:
        _attach(session, state, instance)
    elif state.flags & EXPIRED:
        raise exc.InvalidRequestError(lost_values(instance, "adding it to a session"))
    elif session.dispatch.watched:
        tell(session, "before_attach", instance)
        _make_pending(holder, state, instance)
        tell(session, "after_attach", instance)
        tell(session, "transient_to_pending", instance)
    else:
        state.holder = holder
        holder.new[state] = instance


def check_taken(session: LifecycleSession, instance: Any) -> None:
    """Refuse an object that `save` would refuse, before anything is changed for its sake.

    Raises: InvalidRequestError: it was deleted, has lost its values, belongs to another session, or its key is present.
    """
    state = state_of(instance)
    if state.holder is session.holder:
        if state.flags & GONE:
            raise _deleted_error(instance)
    elif state.holder is not None and (owner := state.holder.session) is not None:
        raise _belongs_elsewhere(session, owner, instance)
    elif state.row_key is not None:
        if state.flags & WAS_DELETED:
            raise _deleted_error(instance)
        _check_key_is_free(session.holder.beside(state), state, instance)
    elif state.flags & EXPIRED:
        raise exc.InvalidRequestError(lost_values(instance, "adding it to a session"))


def _make_pending(holder: IdentityMap, state: InstanceState, instance: Any) -> None:
    state.holder = holder
    holder.new[state] = instance


def _attach(session: LifecycleSession, state: InstanceState, instance: Any) -> None:
    """Bring a detached object back."""
    if state.flags & WAS_DELETED:
        raise _deleted_error(instance)
    holder = session.holder
    watched = session.dispatch.watched
    if watched:
        tell(session, "before_attach", instance)
    by_key = holder.beside(state)
    _check_key_is_free(by_key, state, instance)
    state.holder = holder
    by_key[state.row_key] = state
    if state.old:
        holder.dirty[state] = instance
    if watched:
        tell(session, "after_attach", instance)
        tell(session, "detached_to_persistent", instance)


def _check_key_is_free(by_key: dict[Any, InstanceState], state: InstanceState, instance: Any) -> None:
    present = by_key.get(state.row_key)
    if present is not None and (other := present()) is not None and other is not instance:
        raise exc.InvalidRequestError(
            f"Can't attach instance {shown_object(instance)}; another instance with key {state.identity_key} is already "
            "present in this session."
        )


def _deleted_error(instance: Any) -> exc.InvalidRequestError:
    return exc.InvalidRequestError(
        f"Instance '{shown_object(instance)}' has been deleted.  Use the make_transient() function to send this object "
        "back to the transient state."
    )


def _belongs_elsewhere(session: Any, owner: Any, instance: Any) -> exc.InvalidRequestError:
    """Return the error for an object that another session has; it names both, and the way out."""
    state = state_of(instance)
    how = "was added to and not flushed yet" if state.row_key is None else "was loaded in or added to"
    return exc.InvalidRequestError(
        f"Object '{shown_object(instance)}' is already attached to session '{owner.hash_key}' (this is "
        f"'{session.hash_key}'). Session '{owner.hash_key}', which it {how}, was opened at {owner.opened_at}; this one at "
        f"{session.opened_at}. An object lives in one session at a time: take it out of the other one by "
        "other_session.expunge(obj), or work on this session's own copy: session.merge(obj)."
    )


def check_deletable(session: LifecycleSession, instance: Any) -> InstanceState:
    """Bring an object that has a row into the session, if it is not there; returns its state.

    Raises: InvalidRequestError: the object has no row.
    """
    state = state_of(instance)
    if state.row_key is None:
        raise exc.InvalidRequestError(f"Instance '{shown_object(instance)}' is not persisted")
    if state.holder is not session.holder:
        _take(session, state, instance)
    return state


def mark_deleted(session: LifecycleSession, instance: Any) -> InstanceState:
    """Mark a persistent object for deletion; returns its state.

    Raises: InvalidRequestError: the object has no row.
    """
    state = state_of(instance)
    if state.row_key is None or state.holder is not session.holder:
        check_deletable(session, instance)
    if session.transaction is None and not session.autocommit:
        session.begin_if_needed()
    if not state.flags & GONE:
        session.holder.deleted[state] = instance
    return state


# -- out of the session ------------------------------------------------------------------------------------------------


def expunge(session: LifecycleSession, instance: Any) -> None:
    """Take `instance`, and what the expunge cascade reaches from it, out of the session: detached or transient.

    Raises: InvalidRequestError: the object is not in this session.
    """
    state = state_of(instance)
    if state.holder is not session.holder:
        raise exc.InvalidRequestError(f"Instance {shown_object(instance)} is not present in this Session")
    for member in reach(instance, "expunge_names"):
        member_state = state_of(member)
        if member_state.holder is session.holder:
            release(session, member_state, member)


def release(session: LifecycleSession, state: InstanceState, instance: Any) -> None:
    """Let one object go; its values stay."""
    holder = session.holder
    _forget(holder, state)
    if session.dispatch.watched:
        if state.row_key is None:
            tell(session, "pending_to_transient", instance)
        else:
            tell(session, "deleted_to_detached" if state.flags & GONE else "persistent_to_detached", instance)
    if state.flags & GONE:
        state.flags = (state.flags & ~GONE) | WAS_DELETED
        if session.transaction is not None:
            session.transaction.forget(state)


def release_all(session: LifecycleSession) -> None:
    """Let all objects of the identity map and all pending ones go; deleted ones stay with their transaction."""
    holder = session.holder
    if not session.dispatch.watched:
        holder.clear()
        return
    told = [(state, state()) for state in (*holder.all_states(), *holder.new)]
    holder.clear()
    for state, instance in told:
        if instance is not None:
            tell(session, "pending_to_transient" if state.row_key is None else "persistent_to_detached", instance)


def _forget(holder: IdentityMap, state: InstanceState) -> None:
    by_key = holder.beside(state)
    if by_key.get(state.row_key) is state:
        del by_key[state.row_key]
    for place in (holder.new, holder.dirty, holder.deleted):
        place.pop(state, None)
    state.holder = None

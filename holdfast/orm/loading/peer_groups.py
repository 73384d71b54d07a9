"""Which objects are served together, and whether what was read for them is still right; see `orm.peers`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakSet

from holdfast import exc
from holdfast.orm.expiry import expire_state
from holdfast.orm.peers import Peers, Stash
from holdfast.orm.state import EXPIRED, GONE, InstanceState

CHUNK = 1000
"""Peers that one statement serves; the next one serves the next so many."""


def peers_of(session: Any, state: InstanceState) -> Peers | None:
    """Return the group of an object, or None where it is loaded alone."""
    group: Peers | None = getattr(state, "peers", None)
    return None if group is None or mode_of(session, group) == "one" else group


def mode_of(session: Any, group: Peers, relationship: Any = None) -> str:
    """Return what is to happen: what the statement says, else the relationship, else the session."""
    return group.mode or (relationship and relationship.lazy_batching) or session.lazy_batching  # type: ignore[no-any-return]


def others_of(session: Any, state: InstanceState, group: Peers, lacks: Any) -> Iterator[Any]:
    """Yield the other objects of a group that lack the same, as many as one statement serves."""
    found = 0
    class_ = state.mapper.class_
    for other in list(session.holder.by_key(state.mapper.base_mapper).values()):
        if getattr(other, "peers", None) is not group or other is state or other.flags & GONE:
            continue
        instance = other()
        if instance is None or not isinstance(instance, class_) or other in session.holder.deleted:
            continue
        if (other.extra is None or "directions" not in other.extra) and lacks(other, instance):
            found += 1
            if found >= CHUNK:
                return
            yield instance


def check_allowed(mode: str | None, state: InstanceState, what: str) -> None:
    """Refuse to load for a second object of a group where the program asked for that.

    Raises: InvalidRequestError: statement, relationship or session have ``lazy_batching="raise"``.
    """
    if mode == "raise":
        raise exc.InvalidRequestError(
            f"'{what}' of a second {state.mapper.class_name} is loaded by a statement of its own (N+1), which "
            "lazy_batching='raise' forbids. Load it with the query: options(selectinload(...)), or undefer(...) for a "
            "deferred column."
        )


def new_stash(session: Any, group: Peers, what: Any, *mappers: Any) -> Stash:
    stash = group.stashes[what] = Stash(session.peer_mark(), [mapper.base_mapper for mapper in mappers])
    holder = session.holder
    if holder.stashes == ():
        holder.stashes = WeakSet()
    holder.stashes.add(stash)
    return stash


def valid(session: Any, group: Peers, what: Any) -> Stash | None:
    """Return what was loaded for a group, unless something may have been written since."""
    stash = group.stashes.get(what)
    if stash is None:
        return None
    if stash.mark != session.peer_mark():
        del group.stashes[what]
        drop(stash)
        return None
    return stash


def drop(stash: Stash) -> None:
    """Forget what nobody has asked for; objects that came by it are read again when they are met."""
    unseen = list(stash.fresh.values())
    for members in stash.found.values():
        if members.__class__ is list:
            unseen += [member for member in members if member._sa_instance_state not in stash.before]
    stash.found.clear()
    for member in unseen:
        state = member._sa_instance_state
        if state.old is None and not state.flags & (EXPIRED | GONE) and state.holder is not None:
            expire_state(state, member)
    stash.fresh.clear()


def forget_flushed(holder: Any, states: Iterable[InstanceState]) -> None:
    """Drop what a flush may have changed: of the objects themselves, and members whose rows it wrote."""
    written = list(states)
    mappers = {state.mapper.base_mapper for state in written}
    for stash in list(holder.stashes):
        if not stash.mappers & mappers:
            continue
        if any(isinstance(value, tuple) for value in stash.found.values()):
            for state in written:
                stash.found.pop(state, None)
        else:
            drop(stash)


def states_present(session: Any, mapper: Any) -> set[Any]:
    """Return the states of a class that the session has."""
    return set(session.holder.by_key(mapper.base_mapper).values())

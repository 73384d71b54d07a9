"""Loads a relationship for all peers at once when the second of them asks for it; see `orm.peers`.

Nothing is stale by it. What was loaded for an object that has not asked yet stands beside the object, not in it, and is
dropped by whatever may have changed rows meanwhile: a statement that no flush issued, the end of a transaction or the
rollback of a savepoint, a flush that wrote to the rows it came from.
"""

from __future__ import annotations

from typing import Any

from holdfast.orm import attributes
from holdfast.orm.history import NO_VALUE
from holdfast.orm.loading.choice import Choice
from holdfast.orm.loading.directions import NOTHING
from holdfast.orm.loading.graph_rows import warn_of_many
from holdfast.orm.loading.peer_groups import CHUNK, check_allowed, mode_of, new_stash, others_of, states_present, valid
from holdfast.orm.loading.peer_rows import core_rows
from holdfast.orm.loading.strategies.lazy import core_load_relationship, once_each
from holdfast.orm.loading.strategies.selectin import core_group_members, members_of
from holdfast.orm.loading.tree import FollowUp, is_eager
from holdfast.orm.peers import Peers, Stash
from holdfast.orm.state import EXPIRED, InstanceState

_SELECTIN = Choice("selectin", chunksize=CHUNK)


def already_loaded(session: Any, state: InstanceState, instance: Any, key: str) -> Any:
    """Return what a statement for another object has brought of a relationship; `NO_VALUE`: it has to be looked for.

    The way of all objects of a group but two: nothing is sent, so that it needs no coroutine.
    """
    group = getattr(state, "peers", None)
    if group is None or not group.stashes or session.has_changes() or key in instance.__dict__:
        return NO_VALUE
    relationship = state.mapper.find_relationship(key)
    stash = group.stashes.get(relationship)
    if stash is None or state not in stash.found or (state.extra is not None and "directions" in state.extra):
        return NO_VALUE
    if stash.mark != session.peer_mark() or session.transaction is None or not session.transaction.is_active:
        return NO_VALUE
    return _place(state, instance, relationship, stash.found.pop(state), stash)


async def core_load_for_peers(
    session: Any, state: InstanceState, instance: Any, relationship: Any, is_read: bool = True
) -> Any:
    """Load a relationship of one object, and from the second object of a group on, of all of them.

    Args: is_read: see `core_load_relationship`.
    """
    group = getattr(state, "peers", None)
    mode = None if group is None else mode_of(session, group, relationship)
    if group is None or mode == "one" or is_eager(relationship.mapper):
        return await core_load_relationship(session, state, instance, relationship, is_read=is_read)
    stash = valid(session, group, relationship)
    if relationship.load_by_key:
        found = _at_hand(session, instance, relationship)
        if found is not NO_VALUE:
            return _place(state, instance, relationship, [] if found is None else [found], stash)
    if stash is not None and state in stash.found:
        return _place(state, instance, relationship, stash.found.pop(state), stash)
    if relationship not in group.touched:
        group.touched.add(relationship)
        return await core_load_relationship(session, state, instance, relationship, is_read=is_read)
    check_allowed(mode, state, str(relationship))
    owners = [instance, *others_of(session, state, group, _lacks_relationship(relationship))]
    if len(owners) == 1:
        return await core_load_relationship(session, state, instance, relationship, is_read=is_read)
    if relationship.load_by_key:
        await _load_referred(session, group, relationship, owners)
        return await core_load_relationship(session, state, instance, relationship, is_read=is_read)
    return await _load_members(session, group, relationship, owners)


def _at_hand(session: Any, instance: Any, relationship: Any) -> Any:
    """Return what a reference means if the session has it, None if it means nothing; `NO_VALUE`: SQL must tell."""
    old = instance._sa_instance_state.old
    if old and not old.keys().isdisjoint(_reference_names(relationship)):
        return NO_VALUE
    key = _referred_key(instance, relationship)
    if key is None:
        return None if _knows_key(instance, relationship) else NO_VALUE
    found = session.holder.find(relationship.mapper.base_mapper, key)
    return NO_VALUE if found is None or found._sa_instance_state.flags & EXPIRED else found


def _knows_key(instance: Any, relationship: Any) -> bool:
    return all(name in instance.__dict__ for name in _reference_names(relationship))


def _reference_names(relationship: Any) -> tuple[str, ...]:
    return tuple(relationship.parent.name_of_column(column) for column in relationship.key_columns)


def _referred_key(instance: Any, relationship: Any) -> Any:
    """Return the key of what a reference means, or None where it is not known or there is none."""
    values = instance.__dict__
    key = tuple(values.get(name) for name in _reference_names(relationship))
    if relationship.means_nothing(key):
        return None
    return key[0] if len(key) == 1 else key


def _lacks_relationship(relationship: Any) -> Any:
    """Return the test whether a peer could use what is loaded: it has neither the attribute nor changed keys."""
    key = relationship.key
    sources = {relationship.parent.name_of_column(column) for column in relationship.near_columns}

    def lacks(state: InstanceState, instance: Any) -> bool:
        values = instance.__dict__
        if key in values or not sources <= values.keys():
            return False
        return state.old is None or not sources & state.old.keys()

    return lacks


async def _load_members(session: Any, group: Peers, relationship: Any, owners: list[Any]) -> Any:
    # A row of the table between two sides is written with changes of either.
    sides = (relationship.mapper,) if relationship.secondary is None else (relationship.mapper, relationship.parent)
    stash = new_stash(session, group, relationship, *sides)
    follow_up = FollowUp(relationship, _SELECTIN, NOTHING, (relationship.mapper,))
    stash.before = states_present(session, relationship.mapper)
    groups, _ = await core_group_members(session, follow_up, owners, False)
    first, *others = owners
    for owner in others:
        state = owner._sa_instance_state
        stash.found[state] = members_of(groups, state.row_key)
    state = first._sa_instance_state
    return _place(state, first, relationship, members_of(groups, state.row_key), stash)


async def _load_referred(session: Any, group: Peers, relationship: Any, owners: list[Any]) -> None:
    """Bring the targets of many references into the session; the stash keeps them alive until they are asked for."""
    mapper = relationship.mapper
    find = session.holder.find
    keys: dict[Any, None] = {}
    for owner in owners:
        key = _referred_key(owner, relationship)
        # No IN finds a key that is NULL in part: its object is loaded alone.
        if key is not None and (key.__class__ is not tuple or None not in key):
            present = find(mapper.base_mapper, key)
            if present is None or present._sa_instance_state.flags & EXPIRED:
                keys[key] = None
    stash = new_stash(session, group, relationship, mapper)
    found = await core_rows(session, mapper, None, list(keys))
    stash.fresh = {id(member): member for member in found}


def _place(state: InstanceState, instance: Any, relationship: Any, members: list[Any], stash: Stash | None) -> Any:
    """Put what was loaded into its place, and return it."""
    if stash is not None and stash.fresh:
        stash.seen(members)
    members = once_each(relationship, members)
    if relationship.uselist:
        return attributes.set_loaded_collection(state, instance, relationship.key, members)
    if len(members) > 1:
        warn_of_many(relationship, "lazily")
    member = members[0] if members else None
    attributes.set_loaded(state, instance, relationship.key, member)
    return member

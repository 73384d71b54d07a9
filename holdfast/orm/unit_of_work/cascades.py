"""Before a flush is planned: finds orphans and what the delete cascade reaches, and loads what the plan must see.

These are the only steps of a flush that may read from the database. They come first, so that everything after them
is decided from what is in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.orm.attribute_states import history_of
from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.changes import Changes
from holdfast.orm.unit_of_work.facts import Direction, RelationshipFacts, facts_of
from holdfast.orm.unit_of_work.ports import FlushSession


async def core_cascade(session: FlushSession) -> list[InstanceState]:
    """Extend the session's deletions by orphans and by what the delete cascade reaches now; load what is needed.

    Returns: pending objects that were let go by all that they belonged to; they are not inserted.
    """
    holder = session.holder
    if holder.dirty:
        await _know_single_members(session)
        for orphan in _orphans(holder.dirty):
            if not _has_double(holder, orphan._sa_instance_state):
                await session.core_delete(orphan)
    if holder.deleted:
        await _cascade_deletes(session)
        await _load_collections(session)
    return pending_orphans(holder.new)


async def _know_single_members(session: FlushSession) -> None:
    """Load who an object's only member was, where it was replaced unread: that one loses its key, or its parent."""
    dirty = session.holder.dirty
    kinds = _mapped_with(dirty, "singles")
    for state, instance in list(dirty.items()) if kinds else ():
        for relationship in facts_of(state.mapper).singles if state.__class__ in kinds else ():
            if (state.old or {}).get(relationship.key, None) is not NO_VALUE or relationship.passive_deletes == "all":
                continue
            now = instance.__dict__.pop(relationship.key, None)
            before = await session.core_load_attribute(state, instance, relationship.key)
            instance.__dict__[relationship.key] = now
            state.old = {**(state.old or {}), relationship.key: before}
            dirty[state] = instance
            if before is not None and before is not now:
                relationship.relationship.link.replaced(before, instance)


def _mapped_with(states: Iterable[InstanceState], what: str) -> set[Any]:
    """Return the classes of those states whose mappers have relationships of a kind.

    Args:
        what: name of a tuple of `MapperFacts`.
    """
    # One state class per mapper: collecting the classes first spares a look-up per object.
    kinds: set[Any] = set(map(type, states))
    return {kind for kind in kinds if getattr(facts_of(kind.mapper), what)}


def _orphans(dirty: dict[Any, Any]) -> list[Any]:
    """Return the persistent objects that a delete-orphan relationship let go and that no other parent took."""
    owners = _mapped_with(dirty, "owning")
    found: dict[int, Any] = {}
    for state, instance in dirty.items() if owners else ():
        if state.__class__ not in owners or not state.old:
            continue
        for relationship in facts_of(state.mapper).owning:
            if relationship.key not in state.old:
                continue
            for member in _removed(state, instance, relationship):
                member_state = member._sa_instance_state
                is_stored = member_state.row_key is not None and not member_state.was_deleted
                if is_stored and not _has_parent(member, relationship):
                    found[id(member)] = member
    # Who came to a parent and left it again between two flushes is in no parent's history.
    found.update({id(one): one for state, one in dirty.items() if state.extra is not None and _was_let_go(state, one)})
    return list(found.values())


def _has_double(holder: Any, state: InstanceState) -> bool:
    """Whether an orphan has left the session and another object stands for its row: who that belongs to, it says."""
    return state.holder is None and holder.find(state.mapper.base_mapper, state.row_key) is not None


def _was_let_go(state: InstanceState, instance: Any) -> bool:
    """Whether a persistent object's reference to the parent that owned it was emptied since the last flush."""
    parents = (state.extra or {}).get("parents")
    if not parents or not state.old:
        return False
    return any(
        parent is None
        and link.deletes_orphans
        and link.reverse is not None
        and link.reverse.key in state.old
        and not _taken_again(link, instance)
        for link, parent in parents.items()
    )


def _removed(state: InstanceState, instance: Any, relationship: RelationshipFacts) -> list[Any]:
    """Return the objects that a changed relationship held before and does not hold now."""
    return [member for member in history_of(state, instance, relationship.key).deleted if member is not None]


def _has_parent(member: Any, relationship: RelationshipFacts) -> bool:
    """Whether an object that one parent let go of belongs to another one along the same relationship."""
    reverse = relationship.relationship.reverse
    if reverse is not None and not reverse.uselist:
        return member.__dict__.get(reverse.key) is not None
    return bool(relationship.relationship.link.has_parent(member._sa_instance_state))


def pending_orphans(new: dict[Any, Any]) -> list[InstanceState]:
    """Return the pending objects that were taken out of a delete-orphan relationship and put into no other."""
    found = []
    for state in new:
        extra = state.extra
        if extra is None:
            continue
        parents = extra.get("parents")
        if parents and any(
            parent is None and link.deletes_orphans and not _taken_again(link, new[state])
            for link, parent in parents.items()
        ):
            found.append(state)
    return found


def _taken_again(link: Any, instance: Any) -> bool:
    """Whether the other side of a relationship that let go of an object says that it has a parent."""
    other = link.reverse
    return other is not None and not other.many and instance.__dict__.get(other.key) is not None


async def _cascade_deletes(session: FlushSession) -> None:
    """Mark what came to deleted objects' relationships after they were marked."""
    deleted = session.holder.deleted
    kinds: set[Any] = set(map(type, deleted))
    if not any(kind.mapper.delete_names for kind in kinds):
        return
    for state, instance in list(deleted.items()):
        for name in state.mapper.delete_names:
            relationship = facts_of(state.mapper).relationships[name]
            for member in relationship.members(instance.__dict__.get(name)):
                member_state = member._sa_instance_state
                if member_state.row_key is not None and not member_state.was_deleted and member_state not in deleted:
                    await session.core_delete(member)


async def _load_collections(session: FlushSession) -> None:
    """Load the collections of deleted objects whose members lose a key or a row of a secondary table."""
    deleted = session.holder.deleted
    parents = _mapped_with(deleted, "collections")
    for state, instance in list(deleted.items()) if parents else ():
        for relationship in facts_of(state.mapper).collections:
            if not relationship.passive_deletes and relationship.key not in instance.__dict__:
                await session.core_load_attribute(state, instance, relationship.key)


async def core_load_referred(session: FlushSession, changes: Changes) -> None:
    """Load the values that foreign keys take from columns other than the primary key, where they are expired."""
    for of_mapper in list(changes.mappers.values()):
        for relationship in of_mapper.facts.refers_to_values:
            for instance in (*of_mapper.insert_objects, *of_mapper.updates.values()):
                if relationship.direction is Direction.TO_MANY:
                    await _load_values(session, instance, relationship)
                    continue
                value = instance.__dict__.get(relationship.key)
                for member in relationship.members(value) if value is not NO_VALUE else ():
                    await _load_values(session, member, relationship)


async def _load_values(session: FlushSession, instance: Any, relationship: RelationshipFacts) -> None:
    state = instance._sa_instance_state
    if state.row_key is None or state.holder is not session.holder:
        return
    for name, _ in relationship.transfers:
        if name not in instance.__dict__:
            await session.core_load_attribute(state, instance, name)

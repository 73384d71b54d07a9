"""Primary keys that change: what refers to them follows, where the database does not see to it (``passive_updates``).

With ``passive_updates=True`` the database has ON UPDATE CASCADE, and only what is in memory is brought up to date.
Without, the flush loads the collections of objects whose key changes, and writes the foreign keys of their members and
the rows of secondary tables itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.orm.attribute_states import history_of
from holdfast.orm.state import GONE, InstanceState
from holdfast.orm.unit_of_work.changes import Changes, MapperChanges
from holdfast.orm.unit_of_work.facts import Direction, RelationshipFacts, facts_of
from holdfast.orm.unit_of_work.handed_keys import hand_over, known_value, stored_values
from holdfast.orm.unit_of_work.ports import FlushSession


def key_switches(changes: Changes) -> list[InstanceState]:
    """Return the states of the objects whose primary key changes."""
    found: list[InstanceState] = []
    for of_mapper in changes.mappers.values():
        changed = of_mapper.changed
        if changed:
            keys = of_mapper.facts.keys
            switches = {names for names in set(changed.values()) if not keys.isdisjoint(names)}
            if switches:
                found += [state for state, names in changed.items() if names in switches]
    return found


async def core_pass_keys_on(session: FlushSession, changes: Changes, switched: list[InstanceState]) -> None:
    """Give the new keys to what refers to them; a reference that is part of a key switches that key in turn.

    Args:
        switched: what `key_switches` found.
    """
    waiting, seen, rows = list(switched), set(switched), set[frozenset[int]]()
    while waiting:
        state = waiting.pop(0)
        of_mapper = changes.of(state.mapper)
        instance = of_mapper.updates[state]
        for facts in of_mapper.facts.collections:
            if not facts.passive_updates and state.row_key is not None and facts.key not in instance.__dict__:
                await session.core_load_attribute(state, instance, facts.key)
            if facts.direction is Direction.MANY_TO_MANY:
                _pass_to_secondary(changes, state, instance, facts, rows)
                continue
            for member in _members(changes, instance, facts):
                waiting += _pass_to(changes, state, instance, member, facts, seen)
        for facts in _one_sided(state):
            for member in _referring(session, facts, state, instance):
                waiting += _pass_to(changes, state, instance, member, facts, seen)


def _members(changes: Changes, instance: Any, facts: RelationshipFacts) -> Iterator[Any]:
    """Yield the loaded members that are in the session, and have a row and keep it."""
    for member in facts.members(instance.__dict__.get(facts.key)):
        state = member._sa_instance_state
        if state.row_key is None or state.holder is None or state.flags & GONE:
            continue
        if state not in changes.of(state.mapper).deletes:
            yield member


def _pass_to(
    changes: Changes, state: InstanceState, instance: Any, member: Any, facts: RelationshipFacts, seen: set[Any]
) -> list[InstanceState]:
    """Give the key to one object that refers to it. Returns: the object's state, if its own key has changed by that."""
    member_state = member._sa_instance_state
    if facts.passive_updates and facts.key_holder is not facts.key_taker:
        for holder_name, name in facts.transfers:
            member.__dict__[name] = known_value(state, instance, holder_name)
        _note_cascade(changes, member_state, member, facts)
        return []
    changes.related.add(facts.key_taker)
    hand_over(changes, member_state, member, facts, state, instance)
    if facts.key_holder.base_mapper is facts.key_taker.base_mapper:
        # Rows of one table: that with the new key goes first.
        changes.link(facts).transfers.append((member_state, member, state, instance))
    of_member: MapperChanges = changes.of(member_state.mapper)
    if member_state in seen or of_member.facts.keys.isdisjoint(of_member.changed.get(member_state, ())):
        return []
    seen.add(member_state)
    return [member_state]


def _note_cascade(changes: Changes, state: InstanceState, member: Any, facts: RelationshipFacts) -> None:
    """Note the primary key that a row has once the database has changed the reference in it."""
    taken = {name for _, name in facts.transfers}
    names = state.mapper.primary_key_names
    if taken.isdisjoint(names) or not taken.isdisjoint(state.old or ()):
        # A row whose reference changes in this flush refers to another one so far.
        return
    of_member = changes.of(state.mapper)
    of_member.cascaded = changes.cascaded
    changes.related.add(facts.key_taker)
    before = changes.cascaded.get(state, state.row_key)
    if len(names) == 1:
        changes.cascaded[state] = member.__dict__[names[0]]
    else:
        parts = [member.__dict__[name] if name in taken else part for name, part in zip(names, before, strict=True)]
        changes.cascaded[state] = tuple(parts)


def _pass_to_secondary(
    changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts, rows: set[frozenset[int]]
) -> None:
    """Note the rows of a secondary table that refer to the key, each once, from whichever side it is seen."""
    if facts.passive_updates:
        return
    for member in history_of(state, instance, facts.key).unchanged:
        row = frozenset((id(instance), id(member)))
        if row not in rows:
            rows.add(row)
            changes.related.add(facts.target)
            changes.link(facts).switched.append((instance, member))


def _one_sided(state: InstanceState) -> list[RelationshipFacts]:
    """Return the references to a class that have no collection on their other side."""
    mapper = state.mapper
    return [
        facts
        for other in mapper.registry.mappers
        if other.configured
        for facts in facts_of(other).to_one
        if facts.target is mapper and facts.relationship.reverse is None
    ]


def _referring(session: FlushSession, facts: RelationshipFacts, state: InstanceState, instance: Any) -> list[Any]:
    """Return the objects of the session that refer to an object: by a loaded reference, or by the key of its row."""
    found = []
    holder_names = [name for name, _ in facts.transfers]
    taker_names = [name for _, name in facts.transfers]
    key = None if facts.passive_updates else stored_values(state, instance, holder_names)
    for other in list(session.holder.states.get(facts.parent.base_mapper, {}).values()):
        member = other()
        if member is None or other.flags & GONE:
            continue
        if facts.key in member.__dict__:
            refers = member.__dict__[facts.key] is instance
        else:
            refers = key is not None and stored_values(other, member, taker_names) == key
        if refers:
            found.append(member)
    return found

"""Follows changed relationships: which foreign keys are to be set, which rows of secondary tables come and go.

A key that is known already goes into the object's attribute at once, as if the program had set it; one that only an
INSERT will give becomes a `Transfer` of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast import exc
from holdfast.orm.attribute_states import history_of
from holdfast.orm.history import NO_VALUE, History
from holdfast.orm.state import GONE, Holder, InstanceState
from holdfast.orm.unit_of_work.changes import Changes, MapperChanges, take_over_rows
from holdfast.orm.unit_of_work.facts import Direction, RelationshipFacts
from holdfast.orm.unit_of_work.handed_keys import clear, hand_over, note_late
from holdfast.orm.unit_of_work.mirrored_rows import drop_mirrored
from holdfast.orm.unit_of_work.rows_that_go import deleted_parents, deleted_references, let_go


def follow(changes: Changes, holder: Holder) -> None:
    """Complete `changes` by what the relationships of new, changed and deleted objects ask for.

    Warns: SAWarning: an object that a relationship leads to is not in the session.
    """
    of_mappers = list(changes.mappers.values())
    for of_mapper in of_mappers:
        if of_mapper.deletes:
            for facts in of_mapper.facts.collections:
                deleted_parents(changes, facts, of_mapper.deletes)
            for facts in of_mapper.facts.to_one:
                if facts.post_update:
                    deleted_references(changes, facts, of_mapper.deletes)
                elif facts.target not in changes.related and any(
                    _is_known(holder, state, instance, facts) for state, instance in of_mapper.deletes.items()
                ):
                    # It counts for the order, as a reference that was set does.
                    changes.related.add(facts.target)
    # Who leaves one parent may come to another one: all partings first.
    histories = [_part(changes, holder, *relation) for relation in changes.relations]
    for relation, history in zip(changes.relations, histories, strict=True):
        _join(changes, holder, *relation, history)
    for of_mapper in of_mappers:
        if of_mapper.inserts:
            for facts in of_mapper.facts.to_one:
                _new_to_one(changes, holder, facts, of_mapper)
            for facts in of_mapper.facts.collections:
                _new_collections(changes, holder, facts, of_mapper.inserts, of_mapper.insert_objects)
    if changes.links:
        drop_mirrored(changes)
    for of_mapper in list(changes.mappers.values()):
        if of_mapper.inserts and of_mapper.deletes:
            take_over_rows(of_mapper)


def _is_known(holder: Holder, state: InstanceState, instance: Any, facts: RelationshipFacts) -> bool:
    """Whether it is known without a SELECT what an object refers to, and be it nothing."""
    values = instance.__dict__
    if facts.key in values:
        return True
    relationship = facts.relationship
    if not relationship.load_by_key:
        return False
    names = [state.mapper.name_of_column(column) for column in relationship.key_columns]
    if any(name not in values for name in names):
        return False
    key = tuple([values[name] for name in names])
    if None in key:
        return True
    return holder.find(facts.target.base_mapper, key[0] if len(key) == 1 else key) is not None


def _new_to_one(changes: Changes, holder: Holder, facts: RelationshipFacts, of_mapper: MapperChanges) -> None:
    """Give new objects the keys of what they refer to."""
    key, late, transfers, is_collection = facts.key, facts.late_names, [], facts.uselist
    post_update = facts.post_update
    is_active = False
    for state, instance in zip(of_mapper.inserts, of_mapper.insert_objects, strict=True):
        values = instance.__dict__
        if key not in values:
            continue
        is_active = True
        partner = values[key]
        if is_collection:
            partner = _last(facts, partner)
        if partner is None:
            clear(changes, state, instance, facts)
            continue
        partner_state = partner._sa_instance_state
        if partner_state.holder is not holder or partner_state.flags & GONE:
            _warn_not_in_session(partner, facts)
        elif partner_state.row_key is None and not post_update:
            transfers.append((state, instance, partner_state, partner))
            if late:
                of_mapper.late.setdefault(state, set()).update(late)
        else:
            hand_over(changes, state, instance, facts, partner_state, partner)
    if is_active:
        changes.related.add(facts.target)
    if transfers:
        changes.link(facts).transfers += transfers


def _new_collections(
    changes: Changes, holder: Holder, facts: RelationshipFacts, states: list[InstanceState], objects: list[Any]
) -> None:
    """Give the members of new parents their key, or rows in the secondary table."""
    key, members_of = facts.key, facts.members
    for state, instance in zip(states, objects, strict=True):
        value = instance.__dict__.get(key)
        if value is not None:
            _joined(changes, holder, state, instance, facts, members_of(value))


def _joined(
    changes: Changes,
    holder: Holder,
    state: InstanceState,
    instance: Any,
    facts: RelationshipFacts,
    members: Iterable[Any],
) -> None:
    """Do what new members of one parent's collection ask for."""
    is_active = False
    for member in members:
        member_state = member._sa_instance_state
        if member_state.holder is not holder or member_state.flags & GONE:
            _warn_not_in_session(member, facts)
            # It counts for the order of secondary rows all the same, unless the collection was never loaded.
            is_active = is_active or (facts.direction is Direction.MANY_TO_MANY and facts.key in instance.__dict__)
            continue
        is_active = True
        if facts.reverse_key is not None and _other_side_sets(facts.reverse_key, member_state, member, instance):
            continue
        if facts.direction is Direction.MANY_TO_MANY:
            changes.link(facts).added.append((instance, member))
        elif state.row_key is None and not facts.post_update:
            changes.of(member_state.mapper)
            changes.link(facts).transfers.append((member_state, member, state, instance))
            if member_state.row_key is not None:
                note_late(changes, member_state, member, facts)
            elif facts.late_names:
                changes.of(member_state.mapper).late.setdefault(member_state, set()).update(facts.late_names)
        else:
            hand_over(changes, member_state, member, facts, state, instance)
    if is_active:
        changes.related.add(facts.target)


def _other_side_sets(key: str, state: InstanceState, member: Any, parent: Any) -> bool:
    """Whether the reference of a member says itself that it came to `parent`, so that it is followed from there.

    It does, unless the member was expired meanwhile.
    """
    return member.__dict__.get(key) is parent and (
        state.row_key is None or (state.old is not None and key in state.old)
    )


def _part(
    changes: Changes, holder: Holder, state: InstanceState, instance: Any, facts: RelationshipFacts, before: Any
) -> History | None:
    """Do what those ask for who left the changed relationship of a persistent object.

    Returns: the history of a collection; None for a reference.
    """
    if facts.direction is Direction.TO_ONE:
        now = instance.__dict__.get(facts.key, NO_VALUE)
        if facts.uselist:
            before, now = _last(facts, before), _last(facts, now)
        # A reference that was changed and is not there was deleted.
        if (now is None or now is NO_VALUE) and before is not None:
            changes.related.add(facts.target)
            clear(changes, state, instance, facts)
        return None
    history = history_of(state, instance, facts.key)
    if history.deleted:
        changes.related.add(facts.target)
    for member in history.deleted:
        if member is None:
            continue
        member_state = member._sa_instance_state
        if facts.direction is Direction.MANY_TO_MANY:
            if member_state.row_key is None or member_state.was_deleted:
                continue
            if member_state.holder is not holder:
                _warn_not_in_session(member, facts, "delete")
                continue
            changes.link(facts).removed.append((instance, member))
        elif facts.passive_deletes != "all" and facts.reverse_key not in (member_state.old or ()):
            let_go(changes, member, facts)
    return history


def _last(facts: RelationshipFacts, value: Any) -> Any:
    """Return what a reference that is kept in a collection refers to: the member that came last, or None."""
    members = () if value is NO_VALUE else facts.members(value)
    return members[-1] if members else None


def _join(
    changes: Changes,
    holder: Holder,
    state: InstanceState,
    instance: Any,
    facts: RelationshipFacts,
    before: Any,
    history: History | None,
) -> None:
    """Do what those ask for who came to the changed relationship of a persistent object."""
    if history is not None:
        members = [member for member in history.added if member is not None]
        _joined(changes, holder, state, instance, facts, members)
        return
    partner = instance.__dict__.get(facts.key, NO_VALUE)
    if facts.uselist:
        before, partner = _last(facts, before), _last(facts, partner)
    if partner is before or partner is NO_VALUE or partner is None:
        return
    changes.related.add(facts.target)
    partner_state = partner._sa_instance_state
    if partner_state.holder is not holder or partner_state.flags & GONE:
        _warn_not_in_session(partner, facts)
    elif partner_state.row_key is None and not facts.post_update:
        changes.link(facts).transfers.append((state, instance, partner_state, partner))
        note_late(changes, state, instance, facts)
    else:
        hand_over(changes, state, instance, facts, partner_state, partner)


def _warn_not_in_session(instance: Any, facts: RelationshipFacts, operation: str = "add") -> None:
    ending = "will not proceed" if facts.direction is Direction.TO_MANY else "won't proceed"
    exc.warn(
        f"Object of type <{type(instance).__name__}> not in session, {operation} operation along '{facts.name}' {ending}"
    )

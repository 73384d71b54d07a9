"""What the rows that are deleted leave behind: members that lose their key, secondary rows that go first."""

from __future__ import annotations

from typing import Any

from holdfast.orm.attribute_states import history_of
from holdfast.orm.state import GONE, InstanceState
from holdfast.orm.unit_of_work.changes import Changes
from holdfast.orm.unit_of_work.facts import Direction, RelationshipFacts
from holdfast.orm.unit_of_work.handed_keys import clear, note_post, stored_values


def deleted_parents(changes: Changes, facts: RelationshipFacts, deletes: dict[InstanceState, Any]) -> None:
    """Let go of the loaded members of parents whose rows go: foreign keys become NULL, secondary rows go first."""
    if facts.passive_deletes == "all":
        return
    for state, instance in deletes.items():
        value = instance.__dict__.get(facts.key)
        if state.old and facts.key in state.old and facts.direction is Direction.TO_MANY:
            _part_of_deleted(changes, state, instance, facts)
        if value is None:
            continue
        if facts.direction is Direction.MANY_TO_MANY:
            history = history_of(state, instance, facts.key)
            if history:
                changes.related.add(facts.target)
            changes.link(facts).dropped.extend(
                (instance, member)
                for member in history.non_added()
                # With the row of a member went its secondary rows, also where the collection does not know of it.
                if member._sa_instance_state.row_key is not None and not member._sa_instance_state.was_deleted
            )
            continue
        for member in facts.members(value):
            if facts.post_update:
                _note_post_of(changes, member, facts)
            else:
                let_go(changes, member, facts)


def _note_post_of(changes: Changes, member: Any, facts: RelationshipFacts) -> None:
    """Note that a member loses its key by an UPDATE of its own, before the parent's row goes."""
    if member._sa_instance_state.row_key is not None:
        note_post(changes, changes.before, member._sa_instance_state, member, facts, None)


def _part_of_deleted(changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts) -> None:
    """Let go of those that left the parent before it was deleted: their rows still refer to it."""
    for member in history_of(state, instance, facts.key).deleted:
        if member is None:
            continue
        if facts.post_update:
            _note_post_of(changes, member, facts)
        elif facts.reverse_key not in (member._sa_instance_state.old or ()):
            let_go(changes, member, facts)


def let_go(changes: Changes, member: Any, facts: RelationshipFacts) -> None:
    """Take the key of a parent out of a member that has a row and stays."""
    state = member._sa_instance_state
    if state.row_key is None or state.holder is None or state.flags & GONE:
        return
    if state in changes.of(state.mapper).deletes:
        return
    clear(changes, state, member, facts)


def deleted_references(changes: Changes, facts: RelationshipFacts, deletes: dict[InstanceState, Any]) -> None:
    """Clear, by an UPDATE of its own, what rows that are deleted refer to."""
    names = [name for _, name in facts.transfers]
    for state, instance in deletes.items():
        # What was expired may refer to something.
        is_unknown = any(name not in instance.__dict__ and name not in (state.old or ()) for name in names)
        if is_unknown or stored_values(state, instance, names) is not None:
            note_post(changes, changes.before, state, instance, facts, None)

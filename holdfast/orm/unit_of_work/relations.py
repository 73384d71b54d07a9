"""Follows changed relationships: which foreign keys are to be set, which rows of secondary tables come and go.

A key that is known already goes into the object's attribute at once, as if the program had set it; one that only an
INSERT will give becomes a `Transfer` of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast import exc
from holdfast.orm.history import NO_VALUE, History
from holdfast.orm.state import GONE, Holder, InstanceState, history_of
from holdfast.orm.unit_of_work.changes import Changes, LinkChanges, MapperChanges, PostRows, take_over_rows
from holdfast.orm.unit_of_work.facts import Direction, RelationshipFacts


def follow(changes: Changes, holder: Holder) -> None:
    """Complete `changes` by what the relationships of new, changed and deleted objects ask for.

    Warns: SAWarning: an object that a relationship leads to is not in the session.
    """
    of_mappers = list(changes.mappers.values())
    for of_mapper in of_mappers:
        if of_mapper.deletes:
            for facts in of_mapper.facts.collections:
                _deleted_parents(changes, facts, of_mapper.deletes)
            for facts in of_mapper.facts.to_one:
                if facts.post_update:
                    _deleted_references(changes, facts, of_mapper.deletes)
    # Who leaves one parent may come to another one: all partings first.
    histories = [_part(changes, *relation) for relation in changes.relations]
    for relation, history in zip(changes.relations, histories, strict=True):
        _join(changes, holder, *relation, history)
    for of_mapper in of_mappers:
        if of_mapper.inserts:
            for facts in of_mapper.facts.to_one:
                _new_to_one(changes, holder, facts, of_mapper)
            for facts in of_mapper.facts.collections:
                _new_collections(changes, holder, facts, of_mapper.inserts, of_mapper.insert_objects)
    if changes.links:
        _drop_mirrored(changes)
    for of_mapper in list(changes.mappers.values()):
        if of_mapper.inserts and of_mapper.deletes:
            take_over_rows(of_mapper)


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
            _clear(changes, state, instance, facts)
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
                _note_late(changes, member_state, member, facts)
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
    changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts, before: Any
) -> History | None:
    """Do what those ask for who left the changed relationship of a persistent object.

    Returns: the history of a collection; None for a reference.
    """
    if facts.direction is Direction.TO_ONE:
        now = instance.__dict__.get(facts.key, NO_VALUE)
        if facts.uselist:
            before, now = _last(facts, before), _last(facts, now)
        if now is None and before is not None:
            changes.related.add(facts.target)
            _clear(changes, state, instance, facts)
        return None
    history = history_of(state, instance, facts.key)
    if history.deleted:
        changes.related.add(facts.target)
    for member in history.deleted:
        if member is None:
            continue
        member_state = member._sa_instance_state
        if facts.direction is Direction.MANY_TO_MANY:
            if member_state.row_key is not None and not member_state.was_deleted:
                changes.link(facts).removed.append((instance, member))
        elif facts.reverse_key is None or facts.reverse_key not in (member_state.old or ()):
            _let_go(changes, member, facts)
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
        _note_late(changes, state, instance, facts)
    else:
        hand_over(changes, state, instance, facts, partner_state, partner)


def _deleted_parents(changes: Changes, facts: RelationshipFacts, deletes: dict[InstanceState, Any]) -> None:
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
                _let_go(changes, member, facts)


def _note_post_of(changes: Changes, member: Any, facts: RelationshipFacts) -> None:
    """Note that a member loses its key by an UPDATE of its own, before the parent's row goes."""
    if member._sa_instance_state.row_key is not None:
        _note_post(changes, changes.before, member._sa_instance_state, member, facts, None)


def _part_of_deleted(changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts) -> None:
    """Let go of those that left the parent before it was deleted: their rows still refer to it."""
    for member in history_of(state, instance, facts.key).deleted:
        if member is None:
            continue
        if facts.post_update:
            _note_post_of(changes, member, facts)
        elif facts.reverse_key not in (member._sa_instance_state.old or ()):
            _let_go(changes, member, facts)


def _let_go(changes: Changes, member: Any, facts: RelationshipFacts) -> None:
    """Take the key of a parent out of a member that has a row and stays."""
    state = member._sa_instance_state
    if state.row_key is None or state.holder is None or state.flags & GONE:
        return
    if state in changes.of(state.mapper).deletes:
        return
    _clear(changes, state, member, facts)


def _clear(changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts) -> None:
    key_names = changes.of(state.mapper).facts.key_names
    if facts.post_update:
        if state.row_key is not None and state not in changes.before.get(facts.key_taker, ()):
            _note_post(changes, changes.after, state, instance, facts, None)
        return
    for holder_name, name in facts.transfers:
        if name in key_names and state.row_key is not None:
            raise AssertionError(
                f"Dependency rule on column '{_column(facts.key_holder, holder_name)}' tried to blank-out primary key "
                f"column '{_column(facts.key_taker, name)}' on instance "
                f"'{_describe(instance)}'. A row that is identified by its parent can not lose it: delete the object, "
                f'or let {facts.name} do so with cascade="all, delete-orphan".'
            )
        _write(changes, state, instance, name, None)


def hand_over(
    changes: Changes,
    state: InstanceState,
    instance: Any,
    facts: RelationshipFacts,
    holder_state: InstanceState,
    holder: Any,
) -> None:
    """Set the foreign key of an object to the key of one that has a row."""
    if facts.post_update:
        _note_post(changes, changes.after, state, instance, facts, (holder_state, holder))
        return
    for holder_name, name in facts.transfers:
        _write(changes, state, instance, name, known_value(holder_state, holder, holder_name))


def _note_post(
    changes: Changes,
    where: dict[Any, PostRows],
    state: InstanceState,
    instance: Any,
    facts: RelationshipFacts,
    holder: tuple[InstanceState, Any] | None,
) -> None:
    """Note that an UPDATE of its own writes the foreign key of an object.

    Args:
        where: `Changes.after` or `Changes.before`.
        holder: who has the key; None: it becomes NULL.
    """
    changes.of(state.mapper)
    changes.related.update((facts.key_taker, facts.key_holder))
    _, wanted = where.setdefault(facts.key_taker, {}).setdefault(state, (instance, {}))
    for holder_name, name in facts.transfers:
        if state.row_key is not None:
            _note_before(changes, state, instance, name, instance.__dict__.get(name, NO_VALUE))
        wanted[name] = None if holder is None else (*holder, holder_name)


def _deleted_references(changes: Changes, facts: RelationshipFacts, deletes: dict[InstanceState, Any]) -> None:
    """Clear, by an UPDATE of its own, what rows that are deleted refer to."""
    names = [name for _, name in facts.transfers]
    for state, instance in deletes.items():
        # What was expired may refer to something.
        is_unknown = any(name not in instance.__dict__ and name not in (state.old or ()) for name in names)
        if is_unknown or stored_values(state, instance, names) is not None:
            _note_post(changes, changes.before, state, instance, facts, None)


def known_value(state: InstanceState, instance: Any, name: str) -> Any:
    """Return the value of a column attribute of an object with a row, also while the object is expired."""
    value = instance.__dict__.get(name, NO_VALUE)
    if value is not NO_VALUE:
        return value
    names = state.mapper.primary_key_names
    if name in names:
        return state.row_key if len(names) == 1 else state.row_key[names.index(name)]
    return getattr(instance, name)


def stored_values(state: InstanceState, instance: Any, names: list[str]) -> tuple[Any, ...] | None:
    """Return the values of some attributes as the row has them; None if one is NULL or not known."""
    found = []
    for name in names:
        value = (state.old or {}).get(name, instance.__dict__.get(name))
        if value is NO_VALUE:
            value = None
        if value is None and name in state.mapper.primary_key_names:
            key_names = state.mapper.primary_key_names
            value = state.row_key if len(key_names) == 1 else state.row_key[key_names.index(name)]
        if value is None:
            return None
        found.append(value)
    return tuple(found)


def _write(changes: Changes, state: InstanceState, instance: Any, name: str, value: Any) -> None:
    """Set a foreign key as if the program had: with its value before, so that a rollback knows of it."""
    values = instance.__dict__
    if state.row_key is None:
        values[name] = value
        return
    before = values.get(name, NO_VALUE)
    _note_before(changes, state, instance, name, before)
    values[name] = value
    committed = state.old[name]  # type: ignore[index]
    if committed is NO_VALUE or committed != value:
        changes.of(state.mapper).add_changed(state, instance, name)


def _note_late(changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts) -> None:
    """Note that a persistent object gets a foreign key that is not known yet."""
    for _, name in facts.transfers:
        _note_before(changes, state, instance, name, instance.__dict__.get(name, NO_VALUE))
        changes.of(state.mapper).add_changed(state, instance, name)


def _note_before(changes: Changes, state: InstanceState, instance: Any, name: str, before: Any) -> None:
    if state.old is None:
        state.old = {name: before}
    else:
        state.old.setdefault(name, before)
    state.holder.dirty[state] = instance
    changes.seen[state] = instance


def _drop_mirrored(changes: Changes) -> None:
    """Both sides of a many-to-many relationship note the same row: let the one that sorts first do it."""
    for link in sorted(changes.links.values(), key=lambda link: link.facts.sort_key):
        mirror = changes.links.get(link.facts.mirrors) if link.facts.mirrors is not None else None
        if mirror is None or (mirror.facts.sort_key > link.facts.sort_key):
            continue
        link.added = _without(link.added, mirror.added)
        link.removed = _without(link.removed, mirror.removed)
        link.dropped = _without(link.dropped, mirror.dropped)
    for link in changes.links.values():
        link.removed = _without_same(link.removed, _all_dropped(changes, link))


def _without(pairs: list[tuple[Any, Any]], mirrored: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the pairs (parent, target) that do not stand as (target, parent) in `mirrored`."""
    if not pairs or not mirrored:
        return pairs
    known = {(id(target), id(parent)) for parent, target in mirrored}
    return [pair for pair in pairs if (id(pair[0]), id(pair[1])) not in known]


def _without_same(pairs: list[tuple[Any, Any]], known: set[tuple[int, int]]) -> list[tuple[Any, Any]]:
    return [pair for pair in pairs if (id(pair[0]), id(pair[1])) not in known] if known else pairs


def _all_dropped(changes: Changes, link: LinkChanges) -> set[tuple[int, int]]:
    """Return what `link` and its mirror drop with the row of a parent or target, as pairs of `link`."""
    dropped = {(id(parent), id(target)) for parent, target in link.dropped}
    mirror = changes.links.get(link.facts.mirrors) if link.facts.mirrors is not None else None
    if mirror is not None:
        dropped.update((id(target), id(parent)) for parent, target in mirror.dropped)
    return dropped


def _warn_not_in_session(instance: Any, facts: RelationshipFacts) -> None:
    ending = "will not proceed" if facts.direction is Direction.TO_MANY else "won't proceed"
    exc.warn(f"Object of type <{type(instance).__name__}> not in session, add operation along '{facts.name}' {ending}")


def _column(mapper: Any, name: str) -> str:
    return f"{mapper.local_table.name}.{mapper.column_of(name).name}"


def _describe(instance: Any) -> str:
    return f"<{type(instance).__name__} at {id(instance):#x}>"

"""Sets foreign keys: in the object at once where the key is known, by an UPDATE of its own where `post_update` says so."""

from __future__ import annotations

from typing import Any

from holdfast.exc.shown import shown_object
from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.changes import Changes, PostRows, note_heard
from holdfast.orm.unit_of_work.facts import RelationshipFacts


def clear(changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts) -> None:
    """Take the key out of an object that refers to nothing any more.

    Raises: AssertionError: the key is part of its own primary key.
    """
    key_names = changes.of(state.mapper).facts.key_names
    if facts.post_update:
        if state.row_key is not None and state not in changes.before.get(facts.key_taker, ()):
            note_post(changes, changes.after, state, instance, facts, None)
        return
    for holder_name, name in facts.transfers:
        if name in key_names and state.row_key is not None:
            raise AssertionError(
                f"Dependency rule on column '{_column(facts.key_holder, holder_name)}' tried to blank-out primary key "
                f"column '{_column(facts.key_taker, name)}' on instance "
                f"'{shown_object(instance)}'. A row that is identified by its parent can not lose it: delete the object, "
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
        note_post(changes, changes.after, state, instance, facts, (holder_state, holder))
        return
    for holder_name, name in facts.transfers:
        _write(changes, state, instance, name, known_value(holder_state, holder, holder_name))


def note_post(
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


def known_value(state: InstanceState, instance: Any, name: str) -> Any:
    """Return the value of a column attribute of an object with a row, also while the object is expired."""
    value = instance.__dict__.get(name, NO_VALUE)
    if value is not NO_VALUE:
        return value
    names = state.mapper.primary_key_names
    if name in names:
        return state.identity[names.index(name)]  # type: ignore[index]
    return getattr(instance, name)


def stored_values(state: InstanceState, instance: Any, names: list[str]) -> tuple[Any, ...] | None:
    """Return the values of some attributes as the row has them; None if one is NULL or not known."""
    found = []
    for name in names:
        value = (state.old or {}).get(name, instance.__dict__.get(name))
        if value is NO_VALUE:
            value = None
        key_names = state.mapper.primary_key_names
        if value is None and name in key_names and state.identity is not None:
            value = state.identity[key_names.index(name)]
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
    else:
        note_heard(changes, state, instance)


def note_late(changes: Changes, state: InstanceState, instance: Any, facts: RelationshipFacts) -> None:
    """Note that a persistent object gets a foreign key that is not known yet."""
    for _, name in facts.transfers:
        _note_before(changes, state, instance, name, instance.__dict__.get(name, NO_VALUE))
        changes.of(state.mapper).add_changed(state, instance, name)
        committed = state.old[name]  # type: ignore[index]
        if committed is not None and committed is not NO_VALUE:
            changes.unsettled.setdefault(state, set()).add(name)


def _note_before(changes: Changes, state: InstanceState, instance: Any, name: str, before: Any) -> None:
    if state.old is None:
        state.old = {name: before}
    else:
        state.old.setdefault(name, before)
    state.holder.dirty[state] = instance
    changes.seen[state] = instance


def _column(mapper: Any, name: str) -> str:
    return f"{mapper.local_table.name}.{mapper.column_of(name).name}"

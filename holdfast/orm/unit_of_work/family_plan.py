"""Plans the rows of a class hierarchy: table by table, the parent's first, all classes of a table together.

An object of a joined class has a row in several tables. Of each table only what it has changed is written; rows are
deleted the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from holdfast.exc import warn
from holdfast.exc.shown import shown_object
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.batches import DeleteRows, InsertRows, UpdateRows
from holdfast.orm.unit_of_work.changes import NO_KEYS, Changes, MapperChanges, Names, is_expression_class
from holdfast.orm.unit_of_work.facts import MapperFacts, part_of
from holdfast.orm.unit_of_work.row_plans import by_key, heard_objects, plan_inserts, plan_updates, sort_states
from holdfast.orm.unit_of_work.versions import versions_of


class FamilyRows(NamedTuple):
    """What is to be written of a hierarchy.

    Attributes:
        inserts: new objects, in the order in which they came.
        changed: persistent objects with the attributes that changed; new ones that take over a row, too.
        late: see `MapperChanges.late`; `replaced`: see `MapperChanges.replaced`; `cascaded`: see `Changes.cascaded`.
    """

    inserts: list[tuple[InstanceState, Any]]
    changed: dict[InstanceState, tuple[Any, Names]]
    late: Mapping[InstanceState, set[str]]
    replaced: Mapping[InstanceState, InstanceState]
    cascaded: Mapping[InstanceState, Any] = NO_KEYS


def plan_family(changes: Changes, root: Any, saves: bool, only: Iterable[InstanceState] | None) -> list[Any]:
    """Return the batches of one step of a hierarchy.

    Args:
        root: its base mapper.
        saves: insert and update; else delete.
        only: some of the objects; None: all.
    """
    group = changes.families[root]
    chosen = None if only is None else frozenset(only)
    if not saves:
        return _deletes(root, _deleted(group, chosen))
    rows = _collected(changes, group, chosen)
    if root.polymorphic_name is not None:
        _warn_of_discriminators(rows)
    return [*heard_objects(group, chosen), *saves_of(root, rows)]


def _warn_of_discriminators(rows: FamilyRows) -> None:
    """Warn of objects whose row will say that it is of another class, so that it can not be loaded as it was written."""
    changed = [(state, instance, names) for state, (instance, names) in rows.changed.items()]
    for state, instance, names in [*((state, instance, None) for state, instance in rows.inserts), *changed]:
        if state.mapper.discriminator is None:
            continue
        name, identity = state.mapper.discriminator
        value = instance.__dict__.get(name)
        if value == identity or (names is not None and name not in names) or is_expression_class(type(value)):
            continue
        if value not in state.mapper.own_identities:
            warn(
                f"Flushing object {shown_object(instance)} with incompatible polymorphic identity "
                f"{value!r}; the object may not refresh and/or load correctly. The {name!r} of a "
                f"{type(instance).__name__} is {identity!r}: leave it to the class."
            )


def _collected(changes: Changes, group: list[MapperChanges], chosen: frozenset[InstanceState] | None) -> FamilyRows:
    inserts = [pair for one in group for pair in zip(one.inserts, one.insert_objects, strict=True)]
    changed = {state: (one.updates[state], names) for one in group for state, names in one.changed.items()}
    if chosen is not None:
        inserts = [pair for pair in inserts if pair[0] in chosen]
        changed = {state: pair for state, pair in changed.items() if state in chosen}
    arrivals = changes.arrivals
    inserts.sort(key=lambda pair: arrivals.get(pair[0], len(arrivals)))
    late = {state: names for one in group for state, names in one.late.items()}
    replaced = {new: old for one in group for new, old in one.replaced.items()}
    return FamilyRows(inserts, changed, late, replaced, changes.cascaded)


def _deleted(group: list[MapperChanges], chosen: frozenset[InstanceState] | None) -> dict[InstanceState, Any]:
    return {
        state: instance for one in group for state, instance in one.deletes.items() if chosen is None or state in chosen
    }


def saves_of(root: Any, rows: FamilyRows) -> list[Any]:
    """Return the batches that write these rows."""
    works: list[Any] = []
    for table in tables_of(root):
        works.extend(_updates(table, rows))
        works.extend(_inserts(table, rows))
    return works


def tables_of(root: Any) -> list[Any]:
    """Return the tables of a hierarchy, those of parents before those of children."""
    found: list[Any] = []
    for mapper in root.self_and_descendants:
        if mapper.base_mapper is root:
            found.extend(table for table in mapper.own_tables if not any(table is one for one in found))
    return found


def _inserts(table: Any, rows: FamilyRows) -> Iterator[InsertRows]:
    placed = [(part_of(state.mapper, table), state, one) for state, one in rows.inserts if state.mapper.owns(table)]
    for facts, run in groupby(placed, lambda row: row[0]):
        found = list(run)
        changes = MapperChanges(facts)
        known = set(facts.passed_on)
        for _, state, _ in found:
            late = rows.late.get(state)
            if known or late:
                changes.late[state] = known.union(late or ())
        yield from plan_inserts(changes, [row[1] for row in found], [row[2] for row in found])


def _updates(table: Any, rows: FamilyRows) -> Iterator[UpdateRows]:
    """Yield the batches of changed rows of one table, in the order of their keys."""
    found: dict[InstanceState, tuple[MapperFacts, Names, Any]] = {}
    for state, (instance, names) in rows.changed.items():
        if not state.mapper.owns(table):
            continue
        facts = _facts_for(state.mapper, table, names)
        own = tuple([name for name in facts.by_name if name in names and name not in facts.cascading])
        # A row with a version gets the next one whatever changed of the object.
        if own or facts.version is not None:
            found[state] = (facts, own, instance)
    states = list(found)
    sort_states(states, lambda state: by_key(rows.replaced.get(state, state)))
    for (facts, names), run in groupby(states, lambda state: found[state][:2]):
        changes = MapperChanges(facts)
        changes.replaced, changes.cascaded = dict(rows.replaced), rows.cascaded
        updates = {state: found[state][2] for state in run}
        changes.changed = dict.fromkeys(updates, names)
        yield from plan_updates(changes, updates)


def _facts_for(mapper: Any, table: Any, names: Names = ()) -> MapperFacts:
    """Return the facts of the class highest up that has these columns of the table: rows of all below are one batch."""
    own = part_of(mapper, table)
    wanted = [name for name in names if name in own.by_name]
    for one in reversed(list(mapper.iterate_to_root())):
        if one.owns(table):
            facts = part_of(one, table)
            if all(name in facts.by_name for name in wanted):
                return facts
    return own


def _deletes(root: Any, deletes: Mapping[InstanceState, Any]) -> list[DeleteRows]:
    works = []
    for table in reversed(tables_of(root)):
        states = [state for state in deletes if state.mapper.owns(table) and not _falls_by_itself(state.mapper, table)]
        sort_states(states, by_key)
        if states:
            facts = _facts_for(states[0].mapper, table)
            versions = None if facts.version is None else versions_of(facts.version.name, states, {})
            works.append(DeleteRows(facts, states, [deletes[state] for state in states], versions))
    return works


def _falls_by_itself(mapper: Any, table: Any) -> bool:
    """Whether the row of a subclass's own table goes with that of the parent's: ``passive_deletes`` of its mapper."""
    return any(
        one.passive_deletes and one.inherits is not None and one.local_table is table and not one.single
        for one in mapper.iterate_to_root()
    )

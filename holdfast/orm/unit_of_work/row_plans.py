"""Plans the rows of one mapper: which of them share a statement.

A batch is a run of rows that one statement fits: inserts in the order in which the objects came, updates and deletes in
the order of their keys, so that two transactions never lock the same rows in opposite order
(docs/decisions/0003-batches-under-concurrency.md). Objects that are stored in several tables have a row in each:
`MapperFacts.parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from holdfast import exc
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.batches import DeleteRows, HeardObjects, InsertRows, UpdateRows
from holdfast.orm.unit_of_work.changes import MapperChanges, Names, hears_of_updates, is_expression_class
from holdfast.orm.unit_of_work.facts import MapperFacts
from holdfast.orm.unit_of_work.versions import versions_of

by_key = attrgetter("row_key")


def plan_save(
    of_mapper: MapperChanges, only: Iterable[InstanceState] | None, works: list[Any], ends: list[int]
) -> None:
    """Add the updates, then the inserts, of one mapper or of some of its objects.

    Args:
        only: the objects' states; None: all.
        works: the plan's batches.
        ends: where, among them, what listeners are told of together ends; the caller adds the last one.
    """
    updates: Mapping[InstanceState, Any] = of_mapper.updates
    states, objects = of_mapper.inserts, of_mapper.insert_objects
    if only is not None:
        chosen = list(only)
        updates = {state: of_mapper.updates[state] for state in chosen if state in of_mapper.updates}
        states = [state for state in chosen if state not in of_mapper.updates]
        objects = [state() for state in states]
    if of_mapper.facts.mapper.batch:
        if updates and ((dispatch := of_mapper.facts.mapper.dispatch).before_update or dispatch.after_update):
            works += heard_objects([of_mapper], updates)
        if of_mapper.facts.parts:
            works += plan_rows(of_mapper, updates, states, objects)
            return
        # One table, as most have: a flush of one object is made of few calls.
        if updates:
            works += plan_updates(of_mapper, updates)
        if states:
            works += plan_inserts(of_mapper, states, objects)
        return
    # batch=False: object by object, each with its own listeners.
    for state, instance in zip(states, objects, strict=True):
        works += plan_rows(of_mapper, {}, [state], [instance])
        ends.append(len(works))
    hears = hears_of_updates(of_mapper.facts.mapper)
    for state in sorted((state for state in updates if hears or state in of_mapper.changed), key=_known_key(of_mapper)):
        alone = {state: updates[state]}
        works += (
            plan_rows(of_mapper, alone, [], []) if state in of_mapper.changed else heard_objects([of_mapper], alone)
        )
        ends.append(len(works))


def heard_objects(group: Iterable[MapperChanges], only: Container[InstanceState] | None) -> Iterator[HeardObjects]:
    """Yield the changed objects none of whose columns is written, of mappers whose listeners are told of each.

    Args:
        only: the states that are asked for; None: all.
    """
    for one in group:
        if hears_of_updates(one.facts.mapper):
            found = [state for state in one.updates if state not in one.changed and (only is None or state in only)]
            if found:
                yield HeardObjects(one.facts, found, [one.updates[state] for state in found])


def plan_rows(
    of_mapper: MapperChanges, updates: Mapping[InstanceState, Any], states: list[InstanceState], objects: list[Any]
) -> Iterable[UpdateRows | InsertRows]:
    """Return the updates and inserts of some objects; of a mapper with several tables, table after table.

    Args:
        updates: objects that may have changed, by state.
        states, objects: new ones.
    """
    parts = of_mapper.facts.parts
    if parts:
        of_parts = [_part_of(of_mapper, part, updates, states) for part in parts]
        return [work for of_part in of_parts for work in _plan_table(of_part, of_part.updates, states, objects)]
    return _plan_table(of_mapper, updates, states, objects)


def _plan_table(
    of_mapper: MapperChanges, updates: Mapping[InstanceState, Any], states: list[InstanceState], objects: list[Any]
) -> Iterable[UpdateRows | InsertRows]:
    works: list[UpdateRows | InsertRows] = []
    if updates:
        works += plan_updates(of_mapper, updates)
    if states:
        works += plan_inserts(of_mapper, states, objects)
    return works


def _part_of(
    of_mapper: MapperChanges, part: MapperFacts, updates: Iterable[InstanceState], states: Iterable[InstanceState]
) -> MapperChanges:
    """Return the part of the changes that concerns one of the mapper's tables."""
    found = MapperChanges(part)
    found.replaced, found.cascaded = of_mapper.replaced, of_mapper.cascaded
    is_versioned = part.version is not None
    for state in updates:
        names = of_mapper.changed.get(state)
        if names is not None:
            own = tuple([name for name in names if name in part.by_name and name not in part.cascading])
            if own or is_versioned:
                found.changed[state] = own
    found.updates = {state: state() for state in found.changed}
    late = set(part.passed_on)
    for state in states:
        of_state = of_mapper.late.get(state)
        if late or of_state:
            found.late[state] = late.union(of_state or ())
    return found


def plan_updates(of_mapper: MapperChanges, updates: Mapping[InstanceState, Any]) -> Iterator[UpdateRows]:
    """Yield batches of the objects that really changed, in key order.

    Args:
        updates: objects by state, all of the mapper's or some.
    """
    changed = of_mapper.changed
    states = list(changed) if updates is of_mapper.updates else [state for state in updates if state in changed]
    if not states:
        return
    key = _known_key(of_mapper) if of_mapper.replaced or of_mapper.cascaded else by_key
    sort_states(states, key)
    objects = list(map(updates.__getitem__, states))
    names = list(map(changed.__getitem__, states))
    version = of_mapper.facts.version
    is_one_run = names.count(names[0]) == len(names)
    start = 0
    while start < len(states):
        end = len(states) if is_one_run else _run_end(names, start)
        for first, last, has_expressions in _apart(objects, names[start], start, end):
            chosen = states[first:last]
            keys = list(map(key, chosen))
            versions = None if version is None else versions_of(version.name, chosen, of_mapper.replaced)
            yield UpdateRows(
                of_mapper.facts, names[start], chosen, objects[first:last], keys, has_expressions, versions
            )
        start = end


def _run_end(names: list[Names], start: int) -> int:
    """Return where the run of equal entries that begins at `start` ends."""
    end = start + 1
    while end < len(names) and names[end] == names[start]:
        end += 1
    return end


def _known_key(of_mapper: MapperChanges) -> Callable[[InstanceState], Any]:
    """Return the function that gives the key of a row: of one that a new object takes over, and that the database changed."""
    replaced, cascaded = of_mapper.replaced, of_mapper.cascaded
    return lambda state: replaced[state].row_key if state in replaced else cascaded.get(state, state.row_key)


def sort_states(states: list[InstanceState], key: Callable[[InstanceState], Any]) -> None:
    """Sort states by their keys.

    Raises: InvalidRequestError: keys of one class can not be compared with each other.
    """
    try:
        states.sort(key=key)
    except TypeError as error:
        raise exc.InvalidRequestError(
            f"Could not sort objects by primary key; primary key values must be sortable in Python (was: {error})"
        ) from error


def _apart(objects: list[Any], names: Names, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield runs (first, last + 1, False) of objects with plain values, and each object alone with a SQL expression."""
    chosen = objects[start:end]
    kinds = {instance.__dict__.get(name).__class__ for name in names for instance in chosen}
    if not any(map(is_expression_class, kinds)):
        yield start, end, False
        return
    for has_expression, run in groupby(
        range(start, end), lambda place: _has_expression(objects[place].__dict__, names)
    ):
        places = list(run)
        if has_expression:
            for place in places:
                yield place, place + 1, True
        else:
            yield places[0], places[-1] + 1, False


def _has_expression(values: dict[str, Any], names: Iterable[str]) -> bool:
    kinds: set[Any] = {values.get(name).__class__ for name in names}
    return any(map(is_expression_class, kinds))


def plan_inserts(of_mapper: MapperChanges, states: list[InstanceState], objects: list[Any]) -> list[InsertRows]:
    """Return batches of new objects that give the same columns, in the order in which they came."""
    facts = of_mapper.facts
    given = facts.given(objects)
    if of_mapper.late:
        given = [
            _with_late(facts, one, of_mapper.late[state]) if state in of_mapper.late else one
            for state, one in zip(states, given, strict=True)
        ]
    if _may_have_expressions(facts, objects):
        alone = [_has_expression(instance.__dict__, facts.by_name) for instance in objects]
    elif given.count(given[0]) == len(given):
        return [InsertRows(facts, facts.names_given(given[0]), states, objects)]
    else:
        alone = [False] * len(states)
    works = []
    rows = zip(given, alone, range(len(states)), strict=True)
    for (flags, has_expression, _), batch in groupby(rows, lambda row: (row[0], row[1], row[2] if row[1] else -1)):
        places = [row[2] for row in batch]
        first, last = places[0], places[-1] + 1
        names = facts.names_given(flags)
        works.append(InsertRows(facts, names, states[first:last], objects[first:last], has_expression))
    return works


def _may_have_expressions(facts: MapperFacts, objects: list[Any]) -> bool:
    """Whether some value may be a SQL expression: one pass over the classes of all values, without a Python loop."""
    every_value: Iterable[Any]
    if len(objects) == 1:
        every_value = objects[0].__dict__.values()
    else:
        every_value = chain.from_iterable([instance.__dict__.values() for instance in objects])
    if facts.plain_classes.issuperset(map(type, every_value)):
        return False
    kinds = {value.__class__ for instance in objects for value in instance.__dict__.values()}
    expressions = set(filter(is_expression_class, kinds))
    facts.plain_classes |= kinds - expressions
    return bool(expressions)


def _with_late(facts: MapperFacts, given: tuple[bool, ...], late: set[str]) -> tuple[bool, ...]:
    """Count the foreign keys that an object gets before its INSERT among the columns that it gives."""
    return tuple(flag or name in late for flag, name in zip(given, facts.flag_names, strict=True))


def plan_deletes(of_mapper: MapperChanges, only: Iterable[InstanceState] | None) -> list[DeleteRows]:
    """Return the rows of one mapper to delete, or some of them, in key order; of several tables the last one first."""
    states = list(of_mapper.deletes if only is None else only)
    sort_states(states, by_key)
    objects = list(map(of_mapper.deletes.__getitem__, states))
    tables = reversed(of_mapper.facts.parts) if of_mapper.facts.parts else (of_mapper.facts,)
    return [
        DeleteRows(facts, states, objects, facts.version and versions_of(facts.version.name, states, {}))
        for facts in tables
    ]

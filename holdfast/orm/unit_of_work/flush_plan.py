"""The plan of a flush: which statements run for which rows, in which order, as data that can be printed.

`plan_flush` groups the rows of each step into batches. A batch is a run of rows that one statement fits: inserts in
the order in which the objects came, updates and deletes in the order of their keys, so that two transactions never
lock the same rows in opposite order (docs/decisions/0003-batches-under-concurrency.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from holdfast import exc
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.changes import Changes, MapperChanges, Names, Transfer, is_expression_class
from holdfast.orm.unit_of_work.dependencies import Kind, Step, order_steps
from holdfast.orm.unit_of_work.facts import MapperFacts, RelationshipFacts
from holdfast.orm.unit_of_work.versions import versions_of

by_key = attrgetter("key")


class InsertRows(NamedTuple):
    """One or more rows to insert into one table with the same columns.

    Attributes:
        names: attribute names of the columns that the program gives, in the table's order.
        states, objects: in the order of insertion.
        has_expressions: the only row has values that are SQL expressions.
    """

    facts: MapperFacts
    names: Names
    states: list[InstanceState]
    objects: list[Any]
    has_expressions: bool = False

    def __str__(self) -> str:
        columns = ", ".join(self.facts.by_name[name].column.name for name in self.names)
        return f"INSERT INTO {self.facts.table.name} ({columns}): {_count(self.states)}"


class UpdateRows(NamedTuple):
    """One or more rows of one table in which the same columns change, in the order of their keys.

    Attributes:
        names: attribute names of the changed columns, in the table's order.
        keys: primary keys that the rows have so far; `versions`: their versions, if the mapper counts them.
        has_expressions: the only row has values that are SQL expressions.
    """

    facts: MapperFacts
    names: Names
    states: list[InstanceState]
    objects: list[Any]
    keys: list[Any]
    has_expressions: bool = False
    versions: list[Any] | None = None

    def __str__(self) -> str:
        columns = ", ".join(self.facts.by_name[name].column.name for name in self.names)
        return f"UPDATE {self.facts.table.name} SET {columns}: {_count(self.states)}"


class DeleteRows(NamedTuple):
    """Rows of one table to delete, in the order of their keys; with their versions, if the mapper counts them."""

    facts: MapperFacts
    states: list[InstanceState]
    objects: list[Any]
    versions: list[Any] | None = None

    def __str__(self) -> str:
        return f"DELETE FROM {self.facts.table.name}: {_count(self.states)}"


class TransferKeys(NamedTuple):
    """Foreign keys to set in objects, from objects that have been inserted by now. Sends nothing."""

    facts: RelationshipFacts
    transfers: list[Transfer]

    def __str__(self) -> str:
        facts = self.facts
        pairs = ", ".join(
            f"{facts.key_taker.class_name}.{name} = {facts.key_holder.class_name}.{holder_name}"
            for holder_name, name in facts.transfers
        )
        return f"(keys) {pairs}: {len(self.transfers)} objects"


class SecondaryRows(NamedTuple):
    """Rows of a secondary table to insert or delete.

    Attributes:
        pairs: objects (parent, target) of the relationship.
        insert: else delete.
    """

    facts: RelationshipFacts
    pairs: list[tuple[Any, Any]]
    insert: bool

    def __str__(self) -> str:
        verb = "INSERT INTO" if self.insert else "DELETE FROM"
        return f"{verb} {self.facts.relationship.secondary.name}: {_count(self.pairs)}"


class SecondaryKeys(NamedTuple):
    """Rows of a secondary table whose parent or target got another primary key.

    Attributes:
        pairs: objects (parent, target) of the relationship.
    """

    facts: RelationshipFacts
    pairs: list[tuple[Any, Any]]

    def __str__(self) -> str:
        return f"UPDATE {self.facts.relationship.secondary.name}: {_count(self.pairs)}"


def _count(rows: list[Any]) -> str:
    return f"{len(rows)} row" if len(rows) == 1 else f"{len(rows)} rows"


Work: TypeAlias = InsertRows | UpdateRows | DeleteRows | TransferKeys | SecondaryRows | SecondaryKeys


class FlushPlan:
    """What a flush does, in order. ``print(plan)`` shows one line per batch.

    Attributes:
        works: batches, in order.
        ends: how many batches there are after each step that writes rows: what listeners are told together.
        replaced: new objects whose row is that of a deleted object: state -> state of the deleted one.
    """

    __slots__ = ("ends", "replaced", "works")

    def __init__(self) -> None:
        self.works: list[Work] = []
        self.ends: list[int] = []
        self.replaced: dict[InstanceState, InstanceState] = {}

    def __str__(self) -> str:
        width = len(str(len(self.works)))
        return "\n".join(f"{number:{width}}. {work}" for number, work in enumerate(self.works, 1)) or "(nothing to do)"


def plan_flush(changes: Changes) -> FlushPlan:
    """Return the plan for `changes`. Pure: nothing is sent, no object is touched.

    Raises:
        CircularDependencyError: rows need each other's keys in a circle.
        InvalidRequestError: primary keys of one class can not be compared with each other.
    """
    plan = FlushPlan()
    works, mappers, links = plan.works, changes.mappers, changes.links
    groups: _TransferGroups | None = None
    for step in order_steps(changes):
        kind, subject = step.kind, step.subject
        if kind is Kind.SAVE or kind is Kind.DELETE:
            of_mapper = mappers.get(subject)
            if of_mapper is None:
                continue
            if kind is Kind.SAVE:
                _plan_save(of_mapper, step.states, plan)
            elif of_mapper.deletes:
                works.append(plan_deletes(of_mapper, step.states))
            plan.ends.append(len(works))
        elif (link := links.get(subject)) is None:
            continue
        elif kind is Kind.UNLINK:
            if link.dropped:
                works.append(SecondaryRows(link.facts, link.dropped, insert=False))
        else:
            groups = groups or _TransferGroups(changes)
            works += _plan_link(groups, step)
    for of_mapper in mappers.values():
        if of_mapper.replaced:
            plan.replaced.update(of_mapper.replaced)
    return plan


class _TransferGroups:
    """The transfers of each relationship, all of them or by the object that gives the key."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.by_holder: dict[Any, dict[InstanceState, list[Transfer]]] = {}

    def of(self, step: Step) -> list[Transfer]:
        """Return the transfers of one step."""
        transfers = self.changes.links[step.subject].transfers
        if step.states is None:
            return transfers
        if step.subject not in self.by_holder:
            groups: dict[InstanceState, list[Transfer]] = {}
            for transfer in transfers:
                groups.setdefault(transfer[2], []).append(transfer)
            self.by_holder[step.subject] = groups
        return list(chain.from_iterable(self.by_holder[step.subject][state] for state in step.states))


def _plan_link(groups: _TransferGroups, step: Step) -> Iterator[Work]:
    link = groups.changes.links[step.subject]
    transfers = groups.of(step)
    if transfers:
        yield TransferKeys(link.facts, transfers)
    if link.removed:
        yield SecondaryRows(link.facts, link.removed, insert=False)
    if link.switched:
        yield SecondaryKeys(link.facts, link.switched)
    if link.added:
        yield SecondaryRows(link.facts, link.added, insert=True)


def _plan_save(of_mapper: MapperChanges, only: Iterable[InstanceState] | None, plan: FlushPlan) -> None:
    """Add the updates, then the inserts, of one mapper or of some of its objects."""
    updates: Mapping[InstanceState, Any] = of_mapper.updates
    states, objects = of_mapper.inserts, of_mapper.insert_objects
    if only is not None:
        chosen = list(only)
        updates = {state: of_mapper.updates[state] for state in chosen if state in of_mapper.updates}
        states = [state for state in chosen if state not in of_mapper.updates]
        objects = [state() for state in states]
    if not of_mapper.facts.mapper.batch:
        _plan_each(of_mapper, updates, states, objects, plan)
        return
    if updates:
        plan.works += plan_updates(of_mapper, updates)
    if states:
        plan.works += plan_inserts(of_mapper, states, objects)


def _plan_each(
    of_mapper: MapperChanges,
    updates: Mapping[InstanceState, Any],
    states: list[InstanceState],
    objects: list[Any],
    plan: FlushPlan,
) -> None:
    """Add the work of a mapper with ``batch=False``: object by object, each with its own listeners."""
    for state, instance in zip(states, objects, strict=True):
        plan.works += plan_inserts(of_mapper, [state], [instance])
        plan.ends.append(len(plan.works))
    for work in list(plan_updates(of_mapper, updates)):
        for place in range(len(work.states)):
            plan.works.append(_one_of(work, place))
            plan.ends.append(len(plan.works))


def _one_of(work: UpdateRows, place: int) -> UpdateRows:
    """Return the batch of one row of another batch."""
    one = {name: value[place : place + 1] for name, value in work._asdict().items() if isinstance(value, list)}
    return work._replace(**one)


def plan_updates(of_mapper: MapperChanges, updates: Mapping[InstanceState, Any]) -> Iterator[UpdateRows]:
    """Yield batches of the objects that really changed, in key order.

    Args:
        updates: objects by state, all of the mapper's or some.
    """
    changed = of_mapper.changed
    states = list(changed) if len(updates) == len(changed) else [state for state in updates if state in changed]
    if not states:
        return
    key = _known_key(of_mapper) if of_mapper.replaced else by_key
    _sort(states, key)
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
    """Return the function that gives the key of a row, also of one that a new object takes over."""
    replaced = of_mapper.replaced
    return lambda state: replaced[state].key if state in replaced else state.key


def _sort(states: list[InstanceState], key: Callable[[InstanceState], Any]) -> None:
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


def plan_deletes(of_mapper: MapperChanges, only: Iterable[InstanceState] | None) -> DeleteRows:
    """Return the rows of one mapper to delete, or some of them, in key order."""
    states = list(of_mapper.deletes if only is None else only)
    _sort(states, by_key)
    version = of_mapper.facts.version
    versions = None if version is None else versions_of(version.name, states, {})
    return DeleteRows(of_mapper.facts, states, list(map(of_mapper.deletes.__getitem__, states)), versions)

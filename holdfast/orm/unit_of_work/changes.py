"""What a session wants from the database, as plain data: which rows come, change and go, and what they need of others.

`collect` reads the identity map's lists and compares values with those before; it sends nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import GONE, Holder, InstanceState
from holdfast.orm.unit_of_work.column_facts import ColumnFact
from holdfast.orm.unit_of_work.facts import MapperFacts, RelationshipFacts, facts_of
from holdfast.sql.node import Node

Names: TypeAlias = tuple[str, ...]

NO_KEYS: Mapping[InstanceState, Any] = {}
"""Of most flushes."""

# Classes whose values are compared by `==` without asking the column's type.
SIMPLE = frozenset({int, str, float, bool, bytes})


@lru_cache(maxsize=1000)
def is_expression_class(class_: Any) -> bool:
    """Whether values of a class are SQL expressions, to be computed by the database."""
    return issubclass(class_, Node) or hasattr(class_, "__clause_element__")


class MapperChanges:
    """What happens to the rows of one mapper.

    Attributes:
        facts: of the mapper.
        inserts: states of new objects, in the order in which they came into the session.
        insert_objects: the objects of `inserts`.
        updates: persistent objects that may have to be updated, by state.
        changed: attribute names whose columns are to be written, by state; a state that is not here needs nothing.
        deletes: objects whose rows go, by state.
        late: new objects -> foreign keys that they will have when they are inserted, where that decides on the columns.
        replaced: states of new objects that take over the row of a deleted one -> the state of that one.
        cascaded: see `Changes.cascaded`.
    """

    __slots__ = ("cascaded", "changed", "deletes", "facts", "insert_objects", "inserts", "late", "replaced", "updates")

    def __init__(self, facts: MapperFacts) -> None:
        # Written out: a dataclass's factories cost more than all else in a flush of one object.
        self.facts = facts
        self.inserts: list[InstanceState] = []
        self.insert_objects: list[Any] = []
        self.updates: dict[InstanceState, Any] = {}
        self.changed: dict[InstanceState, Names] = {}
        self.deletes: dict[InstanceState, Any] = {}
        self.late: dict[InstanceState, set[str]] = {}
        self.replaced: dict[InstanceState, InstanceState] = {}
        self.cascaded: Mapping[InstanceState, Any] = NO_KEYS

    def add_changed(self, state: InstanceState, instance: Any, name: str) -> None:
        """Note that one more column of a persistent object is to be written."""
        self.updates[state] = instance
        names = self.changed.get(state)
        if names is None:
            self.changed[state] = (name,)
        elif name not in names:
            self.changed[state] = (*names, name)


Transfer: TypeAlias = tuple[InstanceState, Any, InstanceState, Any]
"""State and object that take a key; state and object that will have it once they are inserted."""


PostRows: TypeAlias = dict[InstanceState, tuple[Any, dict[str, Any]]]
"""Rows whose foreign keys an UPDATE of their own writes; see `Changes.after`."""


class LinkChanges:
    """What one relationship has to do.

    Attributes:
        transfers: foreign keys that are known only after an INSERT.
        added, removed: rows of the secondary table to insert and delete, as pairs (parent, target).
        switched: rows of the secondary table whose parent or target gets another key.
        dropped: rows of the secondary table that go before the row of their parent or target does.
    """

    __slots__ = ("added", "dropped", "facts", "removed", "switched", "transfers")

    def __init__(self, facts: RelationshipFacts) -> None:
        self.facts = facts
        self.transfers: list[Transfer] = []
        self.added: list[tuple[Any, Any]] = []
        self.removed: list[tuple[Any, Any]] = []
        self.dropped: list[tuple[Any, Any]] = []
        self.switched: list[tuple[Any, Any]] = []


class Changes:
    """Everything that one flush has to do.

    Attributes:
        mappers, links: by mapper, by relationship property; without those that have nothing to do.
        relations: persistent objects with changed relationships: (state, object, relationship, value before).
        related: mappers at the other end of relationships that objects of this flush have set or changed.
        after, before: foreign keys that an UPDATE of their own writes, after all rows are saved and before rows are
            deleted: mapper -> state -> (object, attribute -> what has the key: (state, object, attribute), or None).
        seen: all dirty states that were looked at; they are clean after the flush.
        families: of hierarchies, what happens to the rows of each mapper, by the root.
        arrivals: new objects of hierarchies, in the order in which they came.
        unsettled: foreign keys of persistent objects that the flush has yet to learn: they may come out as they were.
        cascaded: primary keys that the database changes, with those that they refer to: state -> the new key.
    """

    __slots__ = (
        "after", "arrivals", "before", "cascaded", "families", "links", "mappers", "related", "relations", "seen", "unsettled",
    )  # fmt: skip

    def __init__(self) -> None:
        self.mappers: dict[Any, MapperChanges] = {}
        self.links: dict[Any, LinkChanges] = {}
        self.relations: list[tuple[InstanceState, Any, RelationshipFacts, Any]] = []
        self.related: set[Any] = set()
        self.seen: dict[InstanceState, Any] = {}
        self.after: dict[Any, PostRows] = {}
        self.before: dict[Any, PostRows] = {}
        self.families: dict[Any, list[MapperChanges]] = {}
        self.arrivals: dict[InstanceState, int] = {}
        self.unsettled: dict[InstanceState, set[str]] = {}
        self.cascaded: dict[InstanceState, Any] = {}

    def of(self, mapper: Any) -> MapperChanges:
        """Return the changes of one mapper, to be filled."""
        found = self.mappers.get(mapper)
        if found is None:
            found = self.mappers[mapper] = MapperChanges(facts_of(mapper))
            if found.facts.family is not None:
                self.families.setdefault(found.facts.family, []).append(found)
        return found

    def group(self, mapper: Any) -> list[MapperChanges]:
        """Return the changes of a mapper that stands alone, or of all in the hierarchy of a root."""
        found = self.families.get(mapper)
        if found is not None:
            return found
        alone = self.mappers.get(mapper)
        return [] if alone is None else [alone]

    def link(self, facts: RelationshipFacts) -> LinkChanges:
        """Return the work of one relationship, to be filled."""
        found = self.links.get(facts.relationship)
        if found is None:
            found = self.links[facts.relationship] = LinkChanges(facts)
        return found


def collect(holder: Holder, orphans: Collection[InstanceState] = ()) -> Changes:
    """Sort what is new, dirty and marked for deletion by mapper; relationships are noted, not yet followed.

    Args:
        holder: the session's lists.
        orphans: new objects that are not inserted.
    """
    changes = Changes()
    if holder.deleted:
        _collect_deleted(changes, holder.deleted)
    if holder.new:
        new = {state: one for state, one in holder.new.items() if state not in orphans} if orphans else holder.new
        _collect_new(changes, new)
        if changes.families:
            changes.arrivals = {state: place for place, state in enumerate(new)}
    if holder.dirty:
        _collect_dirty(changes, holder.dirty, holder.deleted)
    return changes


def _collect_new(changes: Changes, new: Mapping[InstanceState, Any]) -> None:
    kind: Any = None
    for state, instance in new.items():
        if state.__class__ is not kind:
            kind = state.__class__
            of_mapper = changes.of(state.mapper)
            add_state, add_instance = of_mapper.inserts.append, of_mapper.insert_objects.append
        add_state(state)
        add_instance(instance)


def _collect_deleted(changes: Changes, deleted: Mapping[InstanceState, Any]) -> None:
    kind: Any = None
    for state, instance in deleted.items():
        if state.__class__ is not kind:
            kind = state.__class__
            of_mapper = changes.of(state.mapper).deletes
        if not state.flags & GONE:
            of_mapper[state] = instance


def _collect_dirty(changes: Changes, dirty: Mapping[InstanceState, Any], deleted: Mapping[InstanceState, Any]) -> None:
    """Find which columns of the changed objects need an UPDATE, and which relationships changed."""
    kind: Any = None
    changes.seen.update(dirty)
    for state, instance in dirty.items():
        old = state.old
        if not old or (deleted and state in deleted):
            if not old and state not in deleted:
                note_heard(changes, state, instance)
            continue
        if state.__class__ is not kind:
            kind = state.__class__
            of_mapper = changes.of(state.mapper)
            updates, changed, facts = of_mapper.updates, of_mapper.changed, of_mapper.facts
            single, relationships = facts.single, facts.relationships
        updates[state] = instance
        values = instance.__dict__
        if len(old) == 1:
            # By far the most frequent case, without a call: one plain value was set.
            [(name, before)] = old.items()
            now = values.get(name)
            if now.__class__ is before.__class__ and now.__class__ in SIMPLE and name in single:
                if now != before:
                    changed[state] = single[name]
                continue
        names = changed_names(facts, old, values)
        if names is not None:
            changed[state] = names
        if relationships:
            for name in old.keys() & relationships.keys():
                changes.relations.append((state, instance, relationships[name], old[name]))


def note_heard(changes: Changes, state: InstanceState, instance: Any) -> None:
    """Note an object that the flush has looked at and that has nothing to write: who listens is told of it."""
    if hears_of_updates(state.mapper) and not state.flags & GONE:
        changes.of(state.mapper).updates[state] = instance


def hears_of_updates(mapper: Any) -> bool:
    """Whether somebody is told of each changed object of a mapper, also of one whose columns stay as they are."""
    return bool(mapper.dispatch.before_update or mapper.dispatch.after_update)


def changed_names(facts: MapperFacts, old: Mapping[str, Any], values: Mapping[str, Any]) -> Names | None:
    """Compare each changed column with the value before; what is the same again needs no UPDATE.

    Args:
        old: values before, by attribute name.
        values: the object's ``__dict__``.

    Returns: attribute names in the table's order; None if nothing is to be written.
    """
    names: Names | None = None
    columns, single = facts.by_name, facts.single
    for name, before in old.items():
        column = columns.get(name)
        if column is None:
            continue
        now = values.get(name)
        if now is before:
            continue
        if now.__class__ is before.__class__ and now.__class__ in SIMPLE:
            if now == before:
                continue
        elif before is not NO_VALUE and _is_same(column, before, now):
            continue
        names = single[name] if names is None else (*names, name)
    if names is not None and len(names) > 1:
        return tuple(sorted(names, key=facts.order.__getitem__))
    return names


def _is_same(column: ColumnFact, before: Any, now: Any) -> bool:
    """Whether two values are the same to the database, as the column's type compares them."""
    if before is None or now is None or is_expression_class(now.__class__) or is_expression_class(before.__class__):
        return False
    return bool(column.same_value(before, now))


def take_over_rows(of_mapper: MapperChanges) -> None:
    """Let a new object with the primary key of one that is deleted take over its row: an UPDATE, as keys are unique."""
    facts = of_mapper.facts
    leaving = {state.row_key: state for state in of_mapper.deletes}
    staying: list[tuple[InstanceState, Any]] = []
    for state, instance in zip(of_mapper.inserts, of_mapper.insert_objects, strict=True):
        values = instance.__dict__
        keys = tuple([values.get(name) for name in facts.key_names])
        gone = leaving.pop(keys[0] if len(keys) == 1 else keys, None)
        if gone is None:
            staying.append((state, instance))
            continue
        del of_mapper.deletes[gone]
        of_mapper.replaced[state] = gone
        of_mapper.updates[state] = instance
        names = tuple([fact.name for fact in facts.columns if fact.name in values and fact.name not in facts.keys])
        if names:
            of_mapper.changed[state] = names
    of_mapper.inserts = [state for state, _ in staying]
    of_mapper.insert_objects = [instance for _, instance in staying]

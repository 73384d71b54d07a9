"""What a flush has to know of a mapper, worked out once: columns and defaults, and what its relationships transfer."""

from __future__ import annotations

import enum
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from holdfast.event import setup_lock
from holdfast.orm.unit_of_work import extractors
from holdfast.orm.unit_of_work.column_facts import column_facts
from holdfast.orm.unit_of_work.versions import Version, version_of


class Direction(enum.Enum):
    """Which side of a relationship needs what of the other one's row."""

    TO_MANY = "the members' foreign key takes the parent's key"
    TO_ONE = "the parent's foreign key takes the member's key"
    MANY_TO_MANY = "a row of the secondary table takes both keys"


_DIRECTIONS = {
    "ONETOMANY": Direction.TO_MANY,
    "MANYTOONE": Direction.TO_ONE,
    "MANYTOMANY": Direction.MANY_TO_MANY,
}


class RelationshipFacts:
    """One relationship as the flush uses it.

    Attributes:
        relationship: the mapped property.
        key: the attribute's name.
        parent, target: mappers.
        direction: see `Direction`.
        transfers: pairs (attribute that holds the key, foreign key attribute that takes it); for a secondary table
            pairs (attribute of the parent, column of the secondary table).
        target_transfers: pairs (attribute of the target, column of the secondary table); empty without one.
        reverse_key: of a TO_MANY relationship, the attribute of the members that is its other side, or None. What that
            one says is done from there.
        mirrors: the relationship on the other side of the same secondary rows; pairs seen there are skipped here.
        name: ``Parent.children``, for messages.
        post_update: the foreign key is written by an UPDATE of its own.
        transfer: the generated function that hands keys over; made at its first use.
    """

    __slots__ = (
        "_late_names", "delete_orphan", "direction", "key", "mirrors", "name", "parent",
        "passive_deletes", "passive_updates", "post_update", "relationship", "reverse_key", "sort_key", "target", "target_transfers", "transfer", "transfers",
        "uselist",
    )  # fmt: skip

    def __init__(self, relationship: Any) -> None:
        self.relationship = relationship
        self.key: str = relationship.key
        self.parent = relationship.parent
        self.target = relationship.mapper
        self.direction = _DIRECTIONS[relationship.direction.name]
        self.uselist: bool = relationship.uselist
        self.transfer: Callable[[Any], None] | None = None
        self.passive_deletes: Any = relationship.passive_deletes
        self.passive_updates: bool = relationship.passive_updates
        self.post_update: bool = relationship.post_update
        self.delete_orphan: bool = relationship.cascade.delete_orphan
        self.name = f"{self.parent.class_name}.{self.key}"
        self.sort_key = (self.parent.class_name, self.key)
        reverse = relationship.reverse
        if reverse is not None and reverse.viewonly:
            reverse = None
        is_followed = self.direction is Direction.TO_MANY and reverse is not None
        self.reverse_key: str | None = reverse.key if is_followed else None
        self.mirrors = reverse if self.direction is Direction.MANY_TO_MANY else None
        self.transfers = tuple(self._transfers())
        self._late_names: tuple[str, ...] | None = None
        self.target_transfers: tuple[tuple[str, Any], ...] = tuple(
            (self.target.name_of_column(source), column) for source, column in relationship.secondary_pairs or ()
        )

    def _transfers(self) -> list[tuple[str, Any]]:
        pairs = self.relationship.sync_pairs
        if self.direction is Direction.MANY_TO_MANY:
            return [(self.parent.name_of_column(source), column) for source, column in pairs]
        holder, taker = (
            (self.parent, self.target) if self.direction is Direction.TO_MANY else (self.target, self.parent)
        )
        return [(holder.name_of_column(source), taker.name_of_column(column)) for source, column in pairs]

    def members(self, value: Any) -> list[Any]:
        """Return the objects that a loaded value of the attribute holds."""
        if value is None:
            return []
        return list(self.relationship.members(value)) if self.uselist else [value]

    @property
    def late_names(self) -> tuple[str, ...]:
        """Foreign keys that otherwise stand in an INSERT only if the object has a value (part of a primary key ...)."""
        if self._late_names is None:
            given_only = facts_of(self.key_taker).given_only
            self._late_names = tuple(name for _, name in self.transfers if name in given_only)
        return self._late_names

    @property
    def key_holder(self) -> Any:
        """The mapper whose rows must exist first."""
        return self.parent if self.direction is Direction.TO_MANY else self.target

    @property
    def key_taker(self) -> Any:
        """The mapper whose rows hold the foreign key."""
        return self.target if self.direction is Direction.TO_MANY else self.parent

    def __repr__(self) -> str:
        return f"<{self.name}>"


class MapperFacts:
    """One mapper as the flush uses it; or one of the tables of a mapper whose objects have a row in each of several.

    Attributes:
        parts: of a mapper with several tables: the facts of each, tables that others refer to first; otherwise empty.
        completes: an object has its identity when this row is inserted: no further table follows.
        passed_on: of a part: attributes that an earlier part has too; their values are known by then.
        cascading: of a part: those of the key that the database brings up to date (``passive_updates``).
        columns: the columns of the table that are written, in the table's order.
        by_name: the same by attribute name.
        key_names: attribute names of the table's primary key.
        identity_names: attribute names of the mapper's primary key; `keys`: the same, as a set.
        single: ``{name: (name,)}``, so that equal tuples of one name are one tuple.
        order: position of each attribute in the table, for the order of SET.
        orders: kept by `dependencies`.
        plain_classes: classes of values that were met and that are not SQL expressions.
        column_keys: of all columns of the table, mapped or not.
        statements, last: kept by `statements`, by engine; those of the engine of last time, with a reference to it.
        relationships: the writable ones.
        to_one, collections: the same, by shape, in the order of the mapping.
        singles: those that hold one member, who loses something when another one takes the place: the other side of a
            one-to-one, and references with the delete-orphan cascade.
        owning: those with the delete-orphan cascade.
        refers_to_values: those whose foreign key refers to something else than a primary key.
        given_only: attribute names of the columns with `ColumnFact.given_only`.
        flag_names: those, and the ones with a Python-side default: rows that differ in giving one are batches apart.
        needs_defaults: columns with a Python-side default.
        onupdate_names: attributes that get a new value from Python whenever the row is updated.
        changed_by_update: attributes that get one from the database then.
        generated_key: the attribute whose key the database makes, or None.
        version: how the versions of the rows are counted; None if they are not.
        eager, eager_updates: bring values that the database makes in an INSERT, in an UPDATE, back at once.
        family: the root of the mapper's hierarchy, whose rows are written together; None: it is in none.
        copies: of a part: pairs of attributes, the root's key and this table's one, where they differ.
    """

    __slots__ = (
        "_given", "_missing", "_names_given", "alone", "by_name", "cascading", "changed_by_update", "collections", "column_keys",
        "columns", "completes", "copies", "eager", "eager_updates", "family", "flag_names", "generated_key", "given_only", "identity_names", "key_names", "keys",
        "last", "mapper", "needs_defaults", "onupdate_names", "order", "orders",
        "owning", "parts", "passed_on", "plain_classes", "refers_to_values", "relationships", "single", "singles", "statements", "table", "to_one", "version",
    )  # fmt: skip

    def __init__(self, mapper: Any, tables: Sequence[Any] | None = None) -> None:
        self.mapper = mapper
        tables = mapper.tables if tables is None else tables
        self.table = tables[0]
        self.version: Version | None = version_of(mapper)
        self.columns = tuple(column_facts(mapper, tables, self.version))
        self.completes = True
        self.passed_on: tuple[str, ...] = ()
        self.cascading: tuple[str, ...] = ()
        self.copies: tuple[tuple[str, str], ...] = ()
        self.family = mapper.base_mapper if mapper.in_hierarchy else None
        self.by_name = {fact.name: fact for fact in self.columns}
        self.orders: dict[Any, Any] = {}
        self.alone: frozenset[MapperFacts] = frozenset((self,))
        self.single = {name: (name,) for name in self.by_name}
        self.order = {fact.name: position for position, fact in enumerate(self.columns)}
        self.identity_names: tuple[str, ...] = mapper.primary_key_names
        self.key_names = self.identity_names
        self.keys = frozenset(self.identity_names)
        self.given_only = tuple(fact.name for fact in self.columns if fact.given_only)
        self.flag_names = self.given_only + tuple(fact.name for fact in self.columns if fact.default is not None)
        self.needs_defaults = tuple(fact for fact in self.columns if fact.default is not None)
        onupdate = [fact for fact in self.columns if fact.column.onupdate is not None]
        self.onupdate_names = tuple(fact.name for fact in onupdate if not fact.column.onupdate.is_clause_element)
        self.changed_by_update = tuple(
            fact.name for fact in onupdate if fact.column.onupdate.is_clause_element
        ) + tuple(fact.name for fact in self.columns if fact.column.server_onupdate is not None)
        generated = getattr(self.table, "autoincrement_column", None)
        self.generated_key = next((fact.name for fact in self.columns if fact.column is generated), None)
        self.eager = bool(mapper.eager_defaults)
        # "auto" brings back what an INSERT makes, since that costs nothing; an UPDATE would no longer be one batch.
        self.eager_updates = mapper.eager_defaults is True
        self._missing: dict[tuple[str, ...], tuple[tuple[str, ...], str | None]] = {}
        self.relationships = {
            key: RelationshipFacts(relationship)
            for key, relationship in mapper.relationships.items()
            if not relationship.viewonly
        }
        self.to_one = tuple(r for r in self.relationships.values() if r.direction is Direction.TO_ONE)
        self.owning = tuple(r for r in self.relationships.values() if r.delete_orphan)
        self.refers_to_values = tuple(
            r
            for r in self.relationships.values()
            if r.direction is not Direction.MANY_TO_MANY
            and any(name not in r.key_holder.primary_key_names for name, _ in r.transfers)
        )
        self.collections = tuple(r for r in self.relationships.values() if r.direction is not Direction.TO_ONE)
        owned = tuple(r for r in self.to_one if r.delete_orphan)
        self.singles = tuple(r for r in self.collections + owned if not r.uselist)
        self._given: Callable[[list[Any]], list[tuple[bool, ...]]] | None = None
        self._names_given: dict[tuple[bool, ...], tuple[str, ...]] = {}
        self.plain_classes: set[type[Any]] = {mapper.state_class}
        self.column_keys = frozenset(column.key for column in self.table.columns)
        # One value and not two, so that no thread reads the engine of one time and the statements of another.
        self.last: tuple[Callable[[], Any], dict[Any, Any]] = (_no_engine, {})
        self.statements: weakref.WeakKeyDictionary[Any, dict[Any, Any]] = weakref.WeakKeyDictionary()
        self.parts = self._make_parts(tables) if len(tables) > 1 else ()

    def _make_parts(self, tables: Sequence[Any]) -> tuple[MapperFacts, ...]:
        """Return the facts of each table alone."""
        found: list[MapperFacts] = []
        for table in tables:
            part = MapperFacts(self.mapper, (table,))
            part.key_names = tuple(self.mapper.name_of_column(column) for column in table.primary_key)
            part.completes = table is tables[-1]
            part.passed_on = tuple(name for name in part.by_name if any(name in one.by_name for one in found))
            if found and self.mapper.passive_updates:
                part.cascading = tuple(name for name in part.key_names if name in part.passed_on)
            if part.version is not None and part.version.name not in part.by_name:
                part.version = None
            found.append(part)
        return tuple(found)

    @property
    def given(self) -> Callable[[list[Any]], list[tuple[bool, ...]]]:
        """Function: objects -> for each a flag per name in `flag_names`, whether it has a value."""
        if self._given is None:
            with_none = frozenset(fact.name for fact in self.columns if fact.keeps_none)
            self._given = extractors.given_flags(self.flag_names, self.mapper.class_name, with_none)
        return self._given

    def names_given(self, flags: tuple[bool, ...]) -> tuple[str, ...]:
        """Return the names of the columns that an INSERT writes, by the flags that `given` returned."""
        found = self._names_given.get(flags)
        if found is None:
            missing = {name for name, flag in zip(self.given_only, flags, strict=False) if not flag}
            found = tuple(fact.name for fact in self.columns if fact.name not in missing)
            self._names_given[flags] = found
        return found

    def missing_from(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
        """Return what the database makes for an INSERT that gives `names`, and that is to be brought back.

        Returns: attributes with defaults of the database; the key that it generates, or None.
        """
        found = self._missing.get(names)
        if found is None:
            fetched = tuple(
                fact.name
                for fact in self.columns
                if fact.fetched
                and fact.name not in names
                and (self.eager or fact.column.primary_key or (self.version and fact.name == self.version.name))
            )
            found = self._missing[names] = fetched, None if self.generated_key in names else self.generated_key
        return found


def _no_engine() -> None:
    """Stand in for the weak reference to the engine of last time."""


def facts_of(mapper: Any) -> MapperFacts:
    """Return what the flush has to know of a configured mapper."""
    found = mapper.memo.get("unit_of_work")
    if found is None:
        # A flush groups and orders by these: it would take two of one mapper, made by two threads, for two mappers.
        with setup_lock:
            found = mapper.memo.get("unit_of_work")
            if found is None:
                found = mapper.memo["unit_of_work"] = MapperFacts(mapper)
    return found  # type: ignore[no-any-return]


def part_of(mapper: Any, table: Any) -> MapperFacts:
    """Return the facts of one table of a mapper in a hierarchy; those of its parent, if it adds nothing to that table.

    So rows of several classes are one batch where they have the same columns.
    """
    parts: dict[Any, MapperFacts] = mapper.memo.setdefault("unit_of_work_parts", {})
    found = parts.get(table)
    if found is None:
        with setup_lock:
            found = parts.get(table)
            if found is None:
                found = parts[table] = _shared_part(mapper, table)
    return found


def _shared_part(mapper: Any, table: Any) -> MapperFacts:
    """Return the parent's facts of a table where they are the same, otherwise new ones."""
    found = _hierarchy_part(mapper, table)
    parent = mapper.inherits
    if parent is not None and not mapper.concrete and parent.owns(table):
        above = part_of(parent, table)
        if _same_columns(above, found):
            return above
    return found


def _hierarchy_part(mapper: Any, table: Any) -> MapperFacts:
    part = MapperFacts(mapper, (table,))
    if table is mapper.own_tables[0]:
        return part
    # The identity is that of the root's row, which is there by then.
    part.completes = False
    part.key_names = tuple(mapper.key_names_in(table))
    part.copies = tuple(pair for pair in zip(part.identity_names, part.key_names, strict=True) if pair[0] != pair[1])
    above = {
        name for one in mapper.own_tables[: mapper.own_tables.index(table)] for name in part_of(mapper, one).by_name
    }
    part.passed_on = tuple(name for name in part.by_name if name in above or name in part.key_names)
    part.cascading = part.key_names
    if part.version is not None and part.version.name not in part.by_name:
        part.version = None
    return part


def _same_columns(one: MapperFacts, other: MapperFacts) -> bool:
    return [(fact.name, id(fact.column)) for fact in one.columns] == [
        (fact.name, id(fact.column)) for fact in other.columns
    ]

"""Decides how the rows of a statement become a result: compiled SQL, the slots of a row, the generated loader.

A plan is plain data, made once per statement structure and engine, and found again by one dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from holdfast.engine.row import RowShape
from holdfast.orm.loading.automatic_aliases import set_apart
from holdfast.orm.loading.graph_plan import Arranged, GraphPlan, arrange, graph_loader, needs_graph, value_places
from holdfast.orm.loading.rows import ColumnSlot, EntitySlot, PartSlot, RowLoader, Slot, build_row_loader
from holdfast.sql.hierarchies import watch
from holdfast.sql.naming import LABEL_STYLE_LEGACY_ORM
from holdfast.sql.traversal import iterate

PLAN_LIMIT = 1000
"""Plans kept per engine; when full, the older half is dropped."""

_label_serial = count(1)


class LoadPlan:
    """How one statement is run and its rows are loaded; it is made once for statements of one structure.

    Args:
        compiled: the SQL and its binds.
        slots: the parts of a row.
        shape: the keys of the result's rows.
        single: the row has one part and no Row is needed: entities in ORM results.
        load: the generated loader.
        mappers: the mappers of the entities in the row, and of attributes; the first one chooses the engine.
        graph: what is to be known beside that where related objects come along; None: nothing.
    """

    __slots__ = ("compiled", "graph", "load", "mappers", "shape", "single", "slots")

    def __init__(
        self,
        compiled: Any,
        slots: tuple[Slot, ...],
        shape: RowShape,
        single: bool,
        load: RowLoader,
        mappers: tuple[Any, ...],
        graph: GraphPlan | None = None,
    ) -> None:
        self.compiled = compiled
        self.slots = slots
        self.shape = shape
        self.single = single
        self.load = load
        self.mappers = mappers
        self.graph = graph

    def __str__(self) -> str:
        if self.graph is not None:
            return f"LoadPlan: {', '.join(node.mapper.class_name for node in self.graph.nodes)}\n{self.compiled.text}"
        parts = [
            f"{slot.mapper.class_name}({', '.join(slot.names)})" if isinstance(slot, EntitySlot) else "value"
            for slot in self.slots
        ]
        return f"LoadPlan: {', '.join(parts)}\n{self.compiled.text}"


def plan_load(compiled: Any, entries: Iterable[Any], by_query: bool = False) -> LoadPlan:
    """Return the plan for a compiled statement.

    Args:
        compiled: a statement that returns rows.
        entries: what the caller asked for, from left to right: entities and columns (`Select._columns`, or the
            arguments of ``returning()``).
        by_query: it is a Query's, whose rows name only what has a name of its own.
    """
    slots: list[Slot] = []
    keys: list[Any] = []
    mappers: list[Any] = []
    sources: list[Any] = []
    position = 0
    entries = flat_entries(entries)
    is_mapped = _asks_for_mapped(getattr(compiled, "statement", None), entries)
    for entry in entries:
        if getattr(entry, "is_entity", False):
            slot, width = entity_slot(entry, compiled.columns, position)
            slots.append(slot)
            keys.append(entry.entity_name)
            mappers.append(entry.mapper)
            sources.append((entry, entry.class_))
            position += width
        elif getattr(entry, "is_row_part", False):
            width = len(entry._entity_columns())
            columns = compiled.columns[position : position + width]
            slots.append(PartSlot(tuple(column.codec for column in columns), entry.row_part(columns)))
            keys.append(entry.key)
            sources.append((entry, entry.key))
            mappers.extend(entity.mapper for entity in (getattr(entry, "entity", None),) if entity is not None)
            position += width
        else:
            column = compiled.columns[position]
            slots.append(ColumnSlot(column.codec))
            keys.append(_own_key(entry) if by_query else _key_of(entry, column, keys, is_mapped))
            sources.append((column.element, column.name))
            entity = getattr(entry, "entity", None)
            if entity is not None and getattr(entity, "is_entity", False):
                mappers.append(entity.mapper)
            position += 1
    single = len(slots) == 1 and isinstance(slots[0], EntitySlot)
    shape = RowShape(tuple(keys), tuple(sources))
    label = f"<holdfast rows {' '.join(map(str, keys))} {next(_label_serial)}>"
    load = build_row_loader(slots, None if single else shape.row_class, label)
    return LoadPlan(compiled, tuple(slots), shape, single, load, tuple(mappers))


def entity_slot(entity: Any, columns: Sequence[Any], position: int) -> tuple[EntitySlot, int]:
    """Return the slot of an entity whose columns begin at a position of the row, and how many columns these are."""
    if not entity.has_layout:
        names = tuple(entity.column_names)
        codecs = tuple(column.codec for column in columns[position : position + len(names)])
        return EntitySlot(entity.mapper, names, codecs), len(names)
    layout = entity.row_layout
    codecs = tuple(columns[position + place].codec for place in layout.places)
    width = len(layout.expressions)
    further = width - len(layout.names)
    return EntitySlot(entity.mapper, layout.names, codecs, layout.places, layout.owners, further), width


def flat_entries(entries: Iterable[Any]) -> tuple[Any, ...]:
    """Return what a statement selects with FROM elements, tables and subqueries, taken apart into columns."""
    found: list[Any] = []
    for entry in entries:
        if getattr(entry, "is_entity", False) or getattr(entry, "is_row_part", False) or not entry.is_selectable:
            found.append(entry)
        else:
            found.extend(entry.c)
    return tuple(found)


def plan_graph(
    engine: Any, statement: Any, entries: Sequence[Any], arranged: Arranged | None = None, group_by: Sequence[int] = ()
) -> LoadPlan:
    """Return the plan of a statement that brings related objects along.

    Args:
        statement: as the program gave it.
        arranged: the statement with its columns and joins; None: made here.
        group_by: see `build_graph_loader`.
    """
    if arranged is None:
        arranged = arrange(statement, entries)
    compiled = engine.compiled(arranged.statement)
    keys: list[Any] = []
    mappers: list[Any] = []
    sources: list[Any] = []
    for entry, (node, positions) in zip(entries, arranged.parts, strict=True):
        entity = entry if node is not None else getattr(entry, "entity", None)
        if node is not None:
            keys.append(entry.entity_name)
            sources.append((entry, entry.class_))
        elif getattr(entry, "is_row_part", False):
            keys.append(entry.key)
            sources.append((entry, entry.key))
        else:
            column = compiled.columns[positions[0]]
            by_query = statement._label_style == LABEL_STYLE_LEGACY_ORM
            keys.append(_own_key(entry) if by_query else _key_of(entry, column, keys, True))
            sources.append((entry, column.element, column.name))
        if entity is not None and getattr(entity, "is_entity", False):
            mappers.append(entity.mapper)
    single = len(keys) == 1 and arranged.parts[0][0] is not None
    shape = RowShape(tuple(keys), tuple(sources))
    load = graph_loader(engine, arranged, entries, compiled, shape, single, group_by)
    constants, places = value_places(given_values(statement), arranged.statement._values)
    unique = any(node.has_collections for node in arranged.nodes)
    graph = GraphPlan(arranged.nodes, constants, places, unique, arranged.roots, statement)
    return LoadPlan(compiled, (), shape, single, load, tuple(mappers), graph)


def given_values(statement: Any) -> tuple[Any, ...]:
    """Return the value holders that one execution brings: the statement's, then those of its options."""
    if not statement._options:
        return statement._values  # type: ignore[no-any-return]
    return (*statement._values, *[value for option in statement._options for value in option._values])


def _key_of(entry: Any, column: Any, taken: list[Any], is_mapped: bool) -> str:
    """Return the key of a column in a row.

    Args:
        entry: as the program gave it.
        column: of the compiled statement, whose key is that of a row of Core.
        taken: the keys before it.
        is_mapped: the statement asks for something mapped: then what has a name of its own is known by that, whatever
            name stands in the SQL, and a number tells it from others of the name.
    """
    name = _name_in_row(entry) if is_mapped else None
    if name is None:
        return str(column.key)
    numbered, number = name, 0
    while numbered in taken:
        number += 1
        numbered = f"{name}_{number}"
    return numbered


def _name_in_row(entry: Any) -> str | None:
    """Return the name of an attribute, column, label or function, also inside a conversion; None: it has none."""
    while entry.visit_name in ("cast", "try_cast", "type_coerce"):
        entry = entry.clause
    if getattr(entry, "is_attribute", False) or entry._naming in ("column", "label"):
        return None if entry.key is None else str(entry.key)
    return str(entry.name) if entry.visit_name in ("function", "function_element") else None


def _asks_for_mapped(statement: Any, entries: Iterable[Any]) -> bool:
    """Return True for a statement that selects or reads from something mapped."""
    asked = (*entries, *getattr(statement, "_from", ()))
    return any(getattr(one, "is_entity", False) or _is_of_mapped(one) for one in asked)


def _is_of_mapped(entry: Any) -> bool:
    while hasattr(entry, "base"):
        # A column of a subquery, which stands for one inside.
        entry = entry.base
    return bool(getattr(entry, "is_attribute", False)) or any(
        getattr(part, "visit_name", "") == "attribute" for part in iterate(entry)
    )


def _own_key(entry: Any) -> str | None:
    """Return the key of what has a name of its own, an attribute, a column or a label; None for anything else."""
    if getattr(entry, "is_attribute", False):
        return str(entry.key)
    # A column of a subquery has a name made up by the compiler; what it stands for may have one of its own.
    while not isinstance(getattr(entry, "name", None), str) and hasattr(entry, "base"):
        entry = entry.base
    return entry.key if entry._naming in ("column", "label") else None


def plan_for(engine: Any, statement: Any, entries: Iterable[Any]) -> LoadPlan:
    """Return the plan of `statement` on `engine`, from the engine's memory if it was seen before."""
    plans = engine.memo.get("load_plans")
    if plans is None:
        plans = engine.memo.setdefault("load_plans", {})
    key = statement._key
    if statement._options:
        key = (key, *[option._key for option in statement._options])
        if any(option._values for option in statement._options):
            # Conditions with values of their own: the objects remember these very values.
            return _plan_apart(engine, statement) or plan_graph(engine, statement, flat_entries(entries))
    plan = plans.get(key)
    if plan is None:
        entries = flat_entries(entries)
        if (apart := _plan_apart(engine, statement)) is not None:
            plan = apart
        elif needs_graph(statement, entries):
            plan = plan_graph(engine, statement, entries)
        else:
            by_query = statement._label_style == LABEL_STYLE_LEGACY_ORM
            plan = plan_load(engine.compiled(statement), entries, by_query)
        remember(plans, key, plan)
    return plan  # type: ignore[no-any-return]


def _plan_apart(engine: Any, statement: Any) -> LoadPlan | None:
    """Return the plan of a statement in which joined classes need names of their own; None, if none does."""
    apart = set_apart(statement) if watch.joins else statement
    if apart is statement:
        return None
    entries = flat_entries(apart._columns)
    return plan_graph(engine, statement, entries, arrange(apart, entries))


def remember(plans: dict[Any, Any], key: Any, plan: Any) -> None:
    """Keep a plan; of a full memory the older half goes, so that the cost of dropping is spread."""
    if len(plans) >= PLAN_LIMIT:
        for old in list(plans)[: PLAN_LIMIT // 2]:
            plans.pop(old, None)
    plans[key] = plan


def as_run(statement: Any) -> Any:
    """Return a SELECT as it runs: with the columns and joins of eager loading."""
    if watch.joins:
        statement = set_apart(statement)
    entries = flat_entries(statement._columns)
    return arrange(statement, entries).statement if needs_graph(statement, entries) else statement

"""Decides how the rows of a statement become a result: compiled SQL, the slots of a row, the generated loader.

A plan is plain data, made once per statement structure and engine, and found again by one dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any, NamedTuple

from holdfast.engine.row import RowShape
from holdfast.orm.loading.rows import ColumnSlot, EntitySlot, PartSlot, RowLoader, Slot, build_row_loader

PLAN_LIMIT = 1000
"""Plans kept per engine; when full, the older half is dropped."""

_label_serial = count(1)


class LoadPlan(NamedTuple):
    """How one statement is run and its rows are loaded.

    Attributes:
        compiled: the SQL and its binds.
        slots: the parts of a row.
        shape: the keys of the result's rows.
        single: the row has one part and no Row is needed: entities in ORM results.
        load: the generated loader.
        mappers: the mappers of the entities in the row, and of attributes; the first one chooses the engine.
    """

    compiled: Any
    slots: tuple[Slot, ...]
    shape: RowShape
    single: bool
    load: RowLoader
    mappers: tuple[Any, ...]

    def __str__(self) -> str:
        parts = [
            f"{slot.mapper.class_name}({', '.join(slot.names)})" if isinstance(slot, EntitySlot) else "value"
            for slot in self.slots
        ]
        return f"LoadPlan: {', '.join(parts)}\n{self.compiled.text}"


def plan_load(compiled: Any, entries: Iterable[Any]) -> LoadPlan:
    """Return the plan for a compiled statement.

    Args:
        compiled: a statement that returns rows.
        entries: what the caller asked for, from left to right: entities and columns (`Select._columns`, or the
            arguments of ``returning()``).
    """
    slots: list[Slot] = []
    keys: list[str] = []
    mappers: list[Any] = []
    sources: list[Any] = []
    position = 0
    for entry in entries:
        if getattr(entry, "is_entity", False):
            names = tuple(entry.column_names)
            columns = compiled.columns[position : position + len(names)]
            slots.append(EntitySlot(entry.mapper, names, tuple(column.codec for column in columns)))
            keys.append(entry.entity_name)
            mappers.append(entry.mapper)
            sources.append((entry, entry.class_))
            position += len(names)
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
            keys.append(_key_of(entry, column, keys))
            sources.append((column.element, column.name))
            entity = getattr(entry, "entity", None)
            if entity is not None and getattr(entity, "is_entity", False):
                mappers.append(entity.mapper)
            position += 1
    single = len(slots) == 1 and isinstance(slots[0], EntitySlot)
    shape = RowShape(tuple(keys), tuple(sources))
    label = f"<holdfast rows {' '.join(keys)} {next(_label_serial)}>"
    load = build_row_loader(slots, None if single else shape.row_class, label)
    return LoadPlan(compiled, tuple(slots), shape, single, load, tuple(mappers))


def _key_of(entry: Any, column: Any, taken: list[str]) -> str:
    """Return a column's key: an attribute and a function over attributes are known by their own names."""
    if getattr(entry, "is_attribute", False) and entry.key not in taken:
        return str(entry.key)
    if entry.visit_name == "function" and any(
        getattr(part, "visit_name", "") == "attribute" for part in entry.clause_expr.clauses
    ):
        return str(entry.name)
    return str(column.key)


def plan_for(engine: Any, statement: Any, entries: Iterable[Any]) -> LoadPlan:
    """Return the plan of `statement` on `engine`, from the engine's memory if it was seen before."""
    plans = engine.memo.get("load_plans")
    if plans is None:
        plans = engine.memo.setdefault("load_plans", {})
    key = statement._key
    plan = plans.get(key)
    if plan is None:
        plan = plan_load(engine.compiled(statement), entries)
        remember(plans, key, plan)
    return plan  # type: ignore[no-any-return]


def remember(plans: dict[Any, Any], key: Any, plan: Any) -> None:
    """Keep a plan; of a full memory the older half goes, so that the cost of dropping is spread."""
    if len(plans) >= PLAN_LIMIT:
        for old in list(plans)[: PLAN_LIMIT // 2]:
            plans.pop(old, None)
    plans[key] = plan

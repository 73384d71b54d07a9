"""Statements and plans that load one object, or some of its columns, by primary key; kept per engine."""

from __future__ import annotations

from typing import Any

from holdfast.orm.loading.directions import NOTHING, Directions
from holdfast.orm.loading.graph_plan import arrange
from holdfast.orm.loading.load_plan import PLAN_LIMIT, LoadPlan, plan_graph, plan_load
from holdfast.orm.loading.own_tables import statement_of_own_tables
from holdfast.orm.loading.tree import is_eager
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import and_
from holdfast.sql.naming import LABEL_STYLE_NONE
from holdfast.sql.select import select


def key_plan(
    engine: Any,
    mapper: Any,
    names: tuple[str, ...] | None = None,
    directions: Directions = NOTHING,
    refreshing: bool = False,
    way: str = "",
    nulls: tuple[int, ...] = (),
) -> tuple[LoadPlan, Any]:
    """Return the plan that loads one object by its primary key, and its values.

    The key's parameters are ``pk_1``, ``pk_2`` ...

    Args:
        names: load only these column attributes, as values; None: the object with all that is loaded by default.
        directions: what options say about it.
        way: "related": for a reference to the object; "own": from the tables alone that have the columns. Both concern
            classes with several tables.
        nulls: see `nulls_of`.
    """
    memo = engine.memo.get("key_plans")
    if memo is None:
        memo = engine.memo.setdefault("key_plans", {})
    key: Any = (mapper, names) if directions is NOTHING else (mapper, names, directions, refreshing)
    if way or nulls:
        key = (*key, way, nulls)
    plan = memo.get(key)
    if plan is None:
        if len(memo) >= PLAN_LIMIT:
            memo.clear()
        plan = memo[key] = _make_key_plan(engine, mapper, names, directions, refreshing, way, nulls)
    return plan  # type: ignore[no-any-return]


def _make_key_plan(
    engine: Any,
    mapper: Any,
    names: tuple[str, ...] | None,
    directions: Directions,
    refreshing: bool,
    way: str,
    nulls: tuple[int, ...],
) -> tuple[LoadPlan, Any]:
    statement = key_statement(mapper, names, way, nulls)
    if names is None and (directions is not NOTHING or is_eager(mapper)):
        entries = (mapper,)
        arranged = arrange(statement, entries, {mapper: directions}, (), refreshing)
        return plan_graph(engine, statement, entries, arranged), arranged.statement._values
    return plan_load(engine.compiled(statement), statement._columns), statement._values


def nulls_of(key: Any) -> tuple[int, ...]:
    """Return the places, from 1, of the parts of a composite key that are NULL: no parameter finds them."""
    return tuple(number for number, part in enumerate(key, 1) if part is None) if key.__class__ is tuple else ()


def key_statement(mapper: Any, names: tuple[str, ...] | None = None, way: str = "", nulls: tuple[int, ...] = ()) -> Any:
    """Return the statement that loads one object, or some of its columns, by primary key; see `key_plan`."""
    if way == "own" and names is not None and not nulls and (own := statement_of_own_tables(mapper, names)) is not None:
        return own
    conditions = [
        mapper.adapted(column) == (None if number in nulls else BindParameter(f"pk_{number}", type_=column.type))
        for number, column in enumerate(mapper.primary_key, 1)
    ]
    entries = (mapper,) if names is None else tuple(getattr(mapper.class_, name) for name in names)
    statement = select(*entries).where(and_(*conditions))
    return statement.set_label_style(LABEL_STYLE_NONE) if way == "related" else statement


def key_parameters(key: Any, width: int) -> dict[str, Any]:
    """Return the parameters of a statement by primary key."""
    if width == 1:
        return {"pk_1": key}
    return {f"pk_{number}": part for number, part in enumerate(key, 1) if part is not None}

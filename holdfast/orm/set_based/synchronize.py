"""How an UPDATE or DELETE by statement is kept in step with the objects of the session: the plan, as data.

'evaluate' asks the criteria of the objects present, 'fetch' asks the database (RETURNING, or a SELECT before); then
updated objects take what the statement set, and deleted ones leave the session. A plan is made once per statement
structure and engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.orm.loading.load_plan import remember
from holdfast.orm.set_based.code_writer import UnevaluatableError
from holdfast.orm.set_based.evaluation import Matcher, Teller
from holdfast.sql.dml_clauses import columns_set
from holdfast.sql.traversal import iterate

STRATEGIES = ("auto", "fetch", "evaluate")
AUTO = "auto"


def strategy_of(options: Mapping[str, Any]) -> str | None:
    """Return how a statement is kept in step, by its execution options; None: it is not.

    Raises: ArgumentError: another value than the documented ones.
    """
    value = options.get("synchronize_session", AUTO)
    if value is False or value is None:
        return None
    if isinstance(value, str) and value in STRATEGIES:
        return value
    message = "Valid strategies for session synchronization are 'auto', 'evaluate', 'fetch', False"
    if value is True:
        raise exc.ArgumentError(
            f"{message}. True is not a strategy of an UPDATE or DELETE statement; it is a value of "
            "Session.commit(synchronize_session=...)."
        )
    raise exc.ArgumentError(f"{message}; got {value!r}" if isinstance(value, str) else message)


class SynchronizePlan(NamedTuple):
    """How one statement is kept in step with the session.

    Attributes:
        matcher: finds the objects that the statement matches; None: only the database can tell.
        reason: why it can not be told in Python.
        teller: gives updated objects their values; None for a DELETE.
        made: attributes whose new value the execution tells, by column key: those of ``onupdate`` in Python.
        doubtful: attributes that the database changes by itself, expressions over the row, and related objects that
            the row leads to no more.
        sets_key: the primary key changes.
    """

    matcher: Matcher | None
    reason: str
    teller: Teller | None
    made: tuple[tuple[str, str], ...]
    doubtful: tuple[str, ...]
    sets_key: bool


def plan_synchronize(engine: Any, statement: Any, mapper: Any, given: tuple[str, ...] = ()) -> SynchronizePlan:
    """Return how `statement` is kept in step, from the engine's memory if it was seen before.

    Args:
        statement: an UPDATE or DELETE of a mapped class.
        given: keys of columns whose values come with the execution.
    """
    plans = engine.memo.get("synchronize_plans")
    if plans is None:
        plans = engine.memo.setdefault("synchronize_plans", {})
    key = (statement._key, mapper.serial, given)
    plan = plans.get(key)
    if plan is None:
        plan = _plan(engine.dialect, statement, mapper, given)
        remember(plans, key, plan)
    return plan  # type: ignore[no-any-return]


def _plan(dialect: Any, statement: Any, mapper: Any, given: tuple[str, ...]) -> SynchronizePlan:
    matcher, reason = None, ""
    try:
        matcher = Matcher(statement._where, mapper, dialect, statement._values)
    except UnevaluatableError as cause:
        reason = str(cause)
    if statement.is_delete:
        return SynchronizePlan(matcher, reason, None, (), (), False)
    values = _values_set(statement, mapper)
    if dialect.capabilities.sets_in_order:
        values = {name: None if _reads_set(value, name, values, mapper) else value for name, value in values.items()}
    later = tuple((mapper.name_of_column(mapper.local_table.c[key]), key) for key in given)
    names = {*values, *(name for name, _ in later)}
    made = (*later, *_made_by_python(mapper, names))
    names |= {name for name, _ in made}
    return SynchronizePlan(
        matcher,
        reason,
        Teller(values, mapper, dialect, statement._values),
        made,
        doubtful_names(mapper, names),
        not names.isdisjoint(mapper.primary_key_names),
    )


def _values_set(statement: Any, mapper: Any) -> dict[str, Any]:
    """Return the attributes that an UPDATE sets, each with its value or expression; None: a part of it was set."""
    found: dict[str, Any] = {}
    for column, value in statement.set_clauses():
        columns = columns_set(column)
        for one in columns:
            name = mapper._name_of.get(getattr(one, "column", one))
            if name is not None:
                found[name] = value if one is column else None
    return found


def _reads_set(value: Any, name: str, values: Mapping[str, Any], mapper: Any) -> bool:
    """Return True for an expression over another attribute that the UPDATE sets."""
    if len(values) == 1 or value is None:
        return False
    read = {mapper._name_of.get(getattr(node, "column", node)) for node in iterate(value)}
    return not read.isdisjoint(values.keys() - {name})


def _made_by_python(mapper: Any, names: set[str]) -> list[tuple[str, str]]:
    """Return attributes, with their column's key, whose ``onupdate`` Python works out when the statement is sent."""
    found = []
    for name, prop in mapper.column_attrs.items():
        if not prop.is_stored or name in names:
            continue
        onupdate = getattr(prop.column, "onupdate", None)
        if onupdate is not None and not getattr(onupdate, "is_clause_element", True):
            found.append((name, prop.column.key))
    return found


def doubtful_names(mapper: Any, names: set[str] | frozenset[str]) -> tuple[str, ...]:
    """Return the attributes whose values are not known after the UPDATE, beside those that it sets."""
    found = []
    for name, prop in mapper.column_attrs.items():
        if name in names:
            continue
        column = prop.column
        changed = (
            getattr(column, "onupdate", None) is not None
            or getattr(column, "server_onupdate", None) is not None
            or getattr(column, "computed", None) is not None
        )
        if not prop.is_stored or changed:
            found.append(name)
    for name, composite in mapper.composites.items():
        if not names.isdisjoint(composite.names):
            found.append(name)
    for name, relationship in mapper.relationships.items():
        if relationship.direction.name == "MANYTOONE" and not relationship.uselist:
            columns = {mapper._name_of.get(column) for _, column in relationship.sync_pairs or ()}
            if not columns.isdisjoint(names):
                found.append(name)
    return tuple(found)

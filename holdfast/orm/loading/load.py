"""Runs statements for a session and loads their rows: by statement, by primary key, again for expired objects."""

from __future__ import annotations

from typing import Any, Protocol

from holdfast import exc
from holdfast.engine.stream import Feed, StreamSettings
from holdfast.orm.expiry import mark_filled
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.loading.collector import SMALL_BATCH, CollectorPause
from holdfast.orm.loading.load_plan import LoadPlan, plan_for, plan_load
from holdfast.orm.state import InstanceState
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import and_
from holdfast.sql.select import select


class LoadingSession(Protocol):
    """What loading asks of the session."""

    holder: IdentityMap

    async def core_connection_for(self, mapper: Any, clause: Any = None) -> Any: ...

    def engine_for(self, mapper: Any, clause: Any = None) -> Any: ...


async def core_fetch(
    connection: Any, plan: LoadPlan, values: Any, parameters: Any, holder: IdentityMap, overwrite: bool = False
) -> list[Any]:
    """Send the plan's statement and return what its rows become: objects, or Rows.

    Args:
        values: the statement's bound values.
        parameters: values for named bind parameters, by name; None if there are none.
        overwrite: rows also replace values that are loaded or changed (populate_existing).
    """
    sql, bound = plan.compiled.bind(values, parameters)
    rows = (await connection.core_run(plan.compiled, sql, bound)).rows
    if holder.dispatch.watched:
        return _load_watched(plan, rows, holder, overwrite)
    if len(rows) <= SMALL_BATCH:
        return plan.load(rows, holder, overwrite)
    with CollectorPause(len(rows)):
        return plan.load(rows, holder, overwrite)


def _load_watched(plan: LoadPlan, rows: list[Any], holder: IdentityMap, overwrite: bool) -> list[Any]:
    """Load rows and tell the session's listeners which objects came by it."""
    listeners = holder.dispatch.loaded_as_persistent
    if not listeners:
        return plan.load(rows, holder, overwrite)
    arrived = holder.watch()
    found = plan.load(rows, holder, overwrite)
    for instance in [state() for state in arrived]:
        for listener in listeners:
            listener(holder.session, instance)
    return found


def key_plan(engine: Any, mapper: Any, names: tuple[str, ...] | None = None) -> LoadPlan:
    """Return the plan that loads one object by its primary key; the key's parameters are ``pk_1``, ``pk_2`` ...

    Args:
        names: load only these column attributes, as values; None: the object with all that is loaded by default.
    """
    memo = engine.memo.get("key_plans")
    if memo is None:
        memo = engine.memo.setdefault("key_plans", {})
    plan = memo.get((mapper, names))
    if plan is None:
        conditions = [
            column == BindParameter(f"pk_{number}", type_=column.type)
            for number, column in enumerate(mapper.primary_key, 1)
        ]
        entries = [mapper] if names is None else [getattr(mapper.class_, name) for name in names]
        statement = select(*entries).where(and_(*conditions))
        plan = memo[(mapper, names)] = (plan_load(engine.compiled(statement), statement._columns), statement._values)
    return plan  # type: ignore[no-any-return]


def key_parameters(key: Any, width: int) -> dict[str, Any]:
    """Return the parameters of a statement by primary key."""
    if width == 1:
        return {"pk_1": key}
    return {f"pk_{number}": part for number, part in enumerate(key, 1)}


async def core_load_by_key(session: LoadingSession, mapper: Any, key: Any, overwrite: bool = False) -> object | None:
    """Load one object by its primary key (a scalar, or a tuple if composite); None where there is no such row."""
    connection = await session.core_connection_for(mapper)
    plan, values = key_plan(connection.engine, mapper)
    found = await core_fetch(
        connection, plan, values, key_parameters(key, len(mapper.primary_key)), session.holder, overwrite
    )
    return found[0] if found else None


async def core_refresh(session: LoadingSession, state: InstanceState, instance: Any) -> None:
    """Bring the column values that `instance` lacks from its row.

    Raises: ObjectDeletedError: the row is gone.
    """
    mapper = state.mapper
    values = instance.__dict__
    lacking = tuple(name for name in mapper.column_names if name not in values)
    if not lacking:
        mark_filled(state, values)
        return
    if len(lacking) == len(mapper.column_names):
        found = await core_load_by_key(session, mapper, state.key)
        if found is None:
            raise exc.ObjectDeletedError.of(state)
        return
    await core_load_columns(session, state, instance, lacking)


async def core_load_columns(
    session: LoadingSession, state: InstanceState, instance: Any, names: tuple[str, ...]
) -> None:
    """Load some column attributes of one object: those expired by name, or deferred ones.

    Raises: ObjectDeletedError: the row is gone.
    """
    mapper = state.mapper
    connection = await session.core_connection_for(mapper)
    plan, values = key_plan(connection.engine, mapper, names)
    rows = await core_fetch(
        connection, plan, values, key_parameters(state.key, len(mapper.primary_key)), session.holder
    )
    if not rows:
        raise exc.ObjectDeletedError.of(state)
    target = instance.__dict__
    for name, value in zip(names, rows[0], strict=True):
        if name not in target:
            target[name] = value
    mark_filled(state, target)


async def core_load_statement(
    session: LoadingSession,
    statement: Any,
    entries: Any,
    parameters: Any,
    overwrite: bool,
    stream: StreamSettings | None = None,
) -> tuple[LoadPlan, Any]:
    """Run a statement that returns rows and load them; returns the plan and one element per row.

    Args:
        stream: leave the rows in the database; the elements come as a Feed.
    """
    engine = session.engine_for(None, statement)
    plan = plan_for(engine, statement, entries)
    connection = await session.core_connection_for(plan.mappers[0] if plan.mappers else None, statement)
    if stream is not None:
        return plan, await core_feed(connection, plan, statement._values, parameters, session.holder, overwrite, stream)
    return plan, await core_fetch(connection, plan, statement._values, parameters, session.holder, overwrite)


async def core_feed(
    connection: Any,
    plan: LoadPlan,
    values: Any,
    parameters: Any,
    holder: IdentityMap,
    overwrite: bool,
    settings: StreamSettings,
) -> Feed:
    """Send the plan's statement and return what loads its rows chunk by chunk; see `core_fetch`."""
    sql, bound = plan.compiled.bind(values, parameters)
    cursor = await connection.core_open_stream(plan.compiled, sql, bound, True)
    feed = Feed(connection, cursor, sql, lambda rows: _load_watched(plan, rows, holder, overwrite), settings)
    connection.keep_feed(feed)
    return feed

"""Runs statements for a session and loads their rows: by statement, by primary key, again for expired objects."""

from __future__ import annotations

from typing import Any, Protocol

from holdfast import exc
from holdfast.engine.stream import Feed, StreamSettings
from holdfast.orm.expiry import mark_filled
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.loading.collector import SMALL_BATCH, CollectorPause
from holdfast.orm.loading.directions import NOTHING, Directions
from holdfast.orm.loading.graph_plan import arrange
from holdfast.orm.loading.graph_rows import LoadContext
from holdfast.orm.loading.load_plan import PLAN_LIMIT, LoadPlan, given_values, plan_for, plan_graph, plan_load
from holdfast.orm.loading.object_lines import tell_refreshed
from holdfast.orm.loading.own_tables import statement_of_own_tables
from holdfast.orm.loading.tree import is_eager, loaded_names
from holdfast.orm.state import EXPIRED, InstanceState
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import and_
from holdfast.sql.naming import LABEL_STYLE_NONE
from holdfast.sql.select import select


class LoadingSession(Protocol):
    """What loading asks of the session."""

    holder: IdentityMap

    async def core_connection_for(self, mapper: Any, clause: Any = None) -> Any: ...

    def engine_for(self, mapper: Any, clause: Any = None) -> Any: ...

    async def core_follow(
        self, where: Any, waiting: Any, overwrite: bool, refreshing: bool = False, origin: Any = None
    ) -> None: ...


async def core_fetch(
    connection: Any,
    plan: LoadPlan,
    values: Any,
    parameters: Any,
    holder: IdentityMap,
    overwrite: bool = False,
    context: LoadContext | None = None,
) -> list[Any]:
    """Send the plan's statement and return what its rows become: objects, or Rows.

    Args:
        values: the statement's bound values.
        parameters: values for named bind parameters, by name; None if there are none.
        overwrite: rows also replace values that are loaded or changed (populate_existing).
        context: what the loader of a graph needs.
    """
    sql, bound = plan.compiled.bind(values, parameters)
    rows = (await connection.core_run(plan.compiled, sql, bound)).rows
    if holder.dispatch.watched:
        how = (overwrite,) if context is None else (overwrite, context)
        return _load_watched(plan, rows, holder, *how)
    if context is not None:
        with CollectorPause(len(rows)):
            return plan.load(rows, holder, overwrite, context)  # type: ignore[call-arg]
    if len(rows) <= SMALL_BATCH:
        return plan.load(rows, holder, overwrite)
    with CollectorPause(len(rows)):
        return plan.load(rows, holder, overwrite)


def load_rows(plan: LoadPlan, rows: list[Any], holder: IdentityMap, overwrite: bool) -> list[Any]:
    """Return what rows become that have come already: objects, or Rows."""
    if holder.dispatch.watched:
        return _load_watched(plan, rows, holder, overwrite)
    if len(rows) <= SMALL_BATCH:
        return plan.load(rows, holder, overwrite)
    with CollectorPause(len(rows)):
        return plan.load(rows, holder, overwrite)


def _load_watched(plan: LoadPlan, rows: list[Any], holder: IdentityMap, *how: Any) -> list[Any]:
    """Load rows and tell the session's listeners which objects came by it."""
    listeners = holder.dispatch.loaded_as_persistent
    if not listeners:
        return plan.load(rows, holder, *how)
    arrived = holder.watch()
    found = plan.load(rows, holder, *how)
    for instance in [state() for state in arrived]:
        for listener in listeners:
            listener(holder.session, instance)
    return found


async def core_fetch_graph(
    session: LoadingSession,
    plan: LoadPlan,
    values: Any,
    parameters: Any,
    connection: Any,
    overwrite: bool = False,
    refreshing: bool = False,
    later: list[Any] | None = None,
    origin: Any = None,
) -> list[Any]:
    """Do what `core_fetch` does, with related objects, those of further statements included.

    Args:
        values: the values of the plan's own statement.
        refreshing: one object is loaded again: further statements are those that reading its attributes would send.
        later: takes what further statements have to load, instead of their being sent now.
        origin: the program's statement and its parameters: subqueries are made of it.
    """
    graph = plan.graph
    if graph is None:
        return await core_fetch(connection, plan, values, parameters, session.holder, overwrite)
    context = graph.context()
    found = await core_fetch(connection, plan, values, parameters, session.holder, overwrite, context)
    waiting = list(graph.follow_ups(context))
    if later is not None:
        later.extend(waiting)
    elif waiting:
        await session.core_follow(session, waiting, overwrite, refreshing, origin)
    return found


async def core_run_context(session: LoadingSession, plan: LoadPlan, rows: list[Any], overwrite: bool) -> list[Any]:
    """Load rows that are there already, and what further statements bring."""
    graph = plan.graph
    assert graph is not None
    context = graph.context()
    found = _load_watched(plan, rows, session.holder, overwrite, context)
    waiting = list(graph.follow_ups(context))
    if waiting:
        await session.core_follow(session, waiting, overwrite)
    return found


def key_plan(
    engine: Any,
    mapper: Any,
    names: tuple[str, ...] | None = None,
    directions: Directions = NOTHING,
    refreshing: bool = False,
    way: str = "",
) -> tuple[LoadPlan, Any]:
    """Return the plan that loads one object by its primary key, and its values.

    The key's parameters are ``pk_1``, ``pk_2`` ...

    Args:
        names: load only these column attributes, as values; None: the object with all that is loaded by default.
        directions: what options say about it.
        way: "related": for a reference to the object; "own": from the tables alone that have the columns. Both concern
            classes with several tables.
    """
    memo = engine.memo.get("key_plans")
    if memo is None:
        memo = engine.memo.setdefault("key_plans", {})
    key: Any = (mapper, names) if directions is NOTHING else (mapper, names, directions, refreshing)
    if way:
        key = (*key, way)
    plan = memo.get(key)
    if plan is None:
        if len(memo) >= PLAN_LIMIT:
            memo.clear()
        plan = memo[key] = _make_key_plan(engine, mapper, names, directions, refreshing, way)
    return plan  # type: ignore[no-any-return]


def _make_key_plan(
    engine: Any, mapper: Any, names: tuple[str, ...] | None, directions: Directions, refreshing: bool, way: str
) -> tuple[LoadPlan, Any]:
    if way == "own" and names is not None and (own := statement_of_own_tables(mapper, names)) is not None:
        return plan_load(engine.compiled(own), own._columns), own._values
    conditions = [
        column == BindParameter(f"pk_{number}", type_=column.type)
        for number, column in enumerate(mapper.primary_key, 1)
    ]
    entries = (mapper,) if names is None else tuple(getattr(mapper.class_, name) for name in names)
    statement = select(*entries).where(and_(*conditions))
    if way == "related":
        statement = statement.set_label_style(LABEL_STYLE_NONE)
    if names is None and (directions is not NOTHING or is_eager(mapper)):
        arranged = arrange(statement, entries, {mapper: directions}, (), refreshing)
        return plan_graph(engine, statement, entries, arranged), arranged.statement._values
    return plan_load(engine.compiled(statement), statement._columns), statement._values


def key_parameters(key: Any, width: int) -> dict[str, Any]:
    """Return the parameters of a statement by primary key."""
    if width == 1:
        return {"pk_1": key}
    return {f"pk_{number}": part for number, part in enumerate(key, 1)}


async def core_load_by_key(
    session: LoadingSession,
    mapper: Any,
    key: Any,
    overwrite: bool = False,
    directions: Directions = NOTHING,
    refreshing: bool = False,
    later: list[Any] | None = None,
    as_related: bool = False,
) -> object | None:
    """Load one object by its primary key (a scalar, or a tuple if composite); None where there is no such row.

    Args:
        directions: what options say about it.
        refreshing: it is present, and loaded again.
        later: see `core_fetch_graph`.
        as_related: a reference leads to it; see `key_plan`.
    """
    connection = await session.core_connection_for(mapper)
    if directions is NOTHING and not as_related:
        plan, values = key_plan(connection.engine, mapper)
    else:
        place = directions.of_expired() if refreshing else directions
        way = "related" if as_related else ""
        plan, values = key_plan(connection.engine, mapper, None, place, refreshing, way)
    parameters = key_parameters(key, len(mapper.primary_key))
    if plan.graph is None:
        found = await core_fetch(connection, plan, values, parameters, session.holder, overwrite)
    else:
        origin = (plan.graph.statement, parameters)
        found = await core_fetch_graph(
            session, plan, values, parameters, connection, overwrite, refreshing, later, origin
        )
    return found[0] if found else None


def directions_of(state: InstanceState) -> Directions:
    """Return what the options that an object was loaded with say about it."""
    extra = state.extra
    return NOTHING if extra is None else extra.get("directions", NOTHING)  # type: ignore[no-any-return]


async def core_refresh(session: LoadingSession, state: InstanceState, instance: Any) -> None:
    """Bring the column values that `instance` lacks from its row.

    Raises: ObjectDeletedError: the row is gone.
    """
    mapper = state.mapper
    values = instance.__dict__
    directions = directions_of(state)
    # What was expired comes back, deferred by an option or not.
    everything = directions is NOTHING or state.flags & EXPIRED
    wanted = mapper.column_names if everything else loaded_names(mapper, directions)
    lacking = tuple(name for name in wanted if name not in values)
    if not lacking:
        mark_filled(state, values)
        return
    with_graph = state.flags & EXPIRED and (directions is not NOTHING or is_eager(mapper))
    if with_graph or len(lacking) == len(wanted):
        found = await core_load_by_key(session, mapper, state.key, False, directions, True)
        if found is None:
            raise exc.ObjectDeletedError.of(state)
        return
    await core_load_columns(session, state, instance, lacking)


async def core_load_columns(
    session: LoadingSession, state: InstanceState, instance: Any, names: tuple[str, ...], whole: bool = False
) -> None:
    """Load some column attributes of one object: those expired by name, or deferred ones.

    Args: whole: join all tables of the class, though some of them may have all the columns.

    Raises: ObjectDeletedError: the row is gone.
    """
    mapper = state.mapper
    connection = await session.core_connection_for(mapper)
    way = "own" if mapper.has_layout and not whole and not state.flags & EXPIRED else ""
    plan, values = key_plan(connection.engine, mapper, names, way=way)
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
    if mapper.dispatch.refresh:
        tell_refreshed(mapper.dispatch.refresh, instance, session.holder, set(names))


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
    if plan.graph is None:
        if stream is not None:
            values = statement._values
            return plan, await core_feed(connection, plan, values, parameters, session.holder, overwrite, stream)
        return plan, await core_fetch(connection, plan, statement._values, parameters, session.holder, overwrite)
    values = plan.graph.values(given_values(statement))
    if stream is not None:
        return plan, await core_feed_graph(session, plan, values, parameters, connection, overwrite, stream)
    origin = (statement, parameters)
    return plan, await core_fetch_graph(session, plan, values, parameters, connection, overwrite, origin=origin)


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


async def core_feed_graph(
    session: LoadingSession,
    plan: LoadPlan,
    values: Any,
    parameters: Any,
    connection: Any,
    overwrite: bool,
    settings: StreamSettings,
) -> Any:
    """Do what `core_feed` does, with related objects: further statements are sent for each chunk.

    Raises: InvalidRequestError: rows repeat for collections, so that no chunk would hold all of an owner's.
    """
    graph = plan.graph
    assert graph is not None
    if graph.must_be_unique or any(
        one.choice.strategy == "subquery" for node in graph.nodes for one in node.follow_ups
    ):
        if settings.yield_per is None:
            return await core_fetch_graph(session, plan, values, parameters, connection, overwrite)
        raise exc.InvalidRequestError(
            "Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() against "
            "collections or subqueryload().  Consider the selectinload() strategy for better flexibility in loading "
            "objects."
        )

    async def make(rows: list[Any]) -> list[Any]:
        context = graph.context()
        found = _load_watched(plan, rows, session.holder, overwrite, context)
        waiting = list(graph.follow_ups(context))
        if waiting:
            await session.core_follow(session, waiting, overwrite)
        return found

    sql, bound = plan.compiled.bind(values, parameters)
    cursor = await connection.core_open_stream(plan.compiled, sql, bound, True)
    feed = Feed(connection, cursor, sql, make, settings)
    connection.keep_feed(feed)
    return feed

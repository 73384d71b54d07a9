"""Runs statements for a session and loads their rows: by statement, by primary key, again for expired objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from holdfast import exc
from holdfast._util.collector import SMALL_BATCH, held
from holdfast.engine.stream import Feed, StreamSettings
from holdfast.orm.expiry import deleted_names, fill, mark_filled
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.loading.asked import for_reference, for_refresh
from holdfast.orm.loading.directions import NOTHING, Directions
from holdfast.orm.loading.graph_rows import LoadContext
from holdfast.orm.loading.key_plans import key_parameters, key_plan, nulls_of
from holdfast.orm.loading.load_plan import LoadPlan, given_values, plan_for
from holdfast.orm.loading.object_lines import tell_refreshed
from holdfast.orm.loading.tree import is_eager, loaded_names
from holdfast.orm.state import EXPIRED, PARTIAL, PARTLY_EXPIRED, InstanceState


class LoadingSession(Protocol):
    """What loading asks of the session."""

    holder: IdentityMap

    async def core_connection_for(self, mapper: Any, clause: Any = None) -> Any: ...

    def engine_for(self, mapper: Any, clause: Any = None) -> Any: ...

    async def core_follow(
        self,
        where: Any,
        waiting: Any,
        overwrite: bool,
        refreshing: bool = False,
        origin: Any = None,
        alone: bool = False,
    ) -> None: ...

    async def core_ask(self, asked: Any, later: list[Any] | None = None) -> list[Any]: ...


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
    compiled, load = plan.compiled, plan.load
    try:
        sql, bound = compiled.bind(values, parameters)
    except exc.StatementError as error:
        connection.tell_early(error)
        raise
    rows = (await connection.core_run(compiled, sql, bound)).rows
    if holder.dispatch.watched:
        how = (overwrite,) if context is None else (overwrite, context)
        return _load_watched(plan, rows, holder, *how)
    if context is not None:
        return held(len(rows), load, rows, holder, overwrite, context)
    return load(rows, holder, overwrite) if len(rows) <= SMALL_BATCH else held(len(rows), load, rows, holder, overwrite)


def load_rows(plan: LoadPlan, rows: list[Any], holder: IdentityMap, overwrite: bool) -> list[Any]:
    """Return what rows become that have come already: objects, or Rows."""
    if holder.dispatch.watched:
        return _load_watched(plan, rows, holder, overwrite)
    if len(rows) <= SMALL_BATCH:
        return plan.load(rows, holder, overwrite)
    return held(len(rows), plan.load, rows, holder, overwrite)


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


async def core_load_by_key(
    session: LoadingSession,
    mapper: Any,
    key: Any,
    overwrite: bool = False,
    directions: Directions = NOTHING,
    refreshing: bool = False,
    later: list[Any] | None = None,
    reference: tuple[InstanceState, Any] | None = None,
) -> object | None:
    """Load one object by its primary key (a scalar, or a tuple if composite); None where there is no such row.

    Args:
        directions: what options say about it.
        refreshing: it is present, and loaded again.
        later: see `core_fetch_graph`.
        reference: the object and the many-to-one that lead to it.
    """
    if reference is not None and session.holder.dispatch.asked:
        shown = await session.core_ask(for_reference(mapper, key, directions, reference), later)
        return shown[0] if shown else None
    as_related = reference is not None and mapper.has_layout
    connection = await session.core_connection_for(mapper)
    if directions is NOTHING and not as_related:
        nulls = nulls_of(key) if key.__class__ is tuple else ()
        plan, values = key_plan(connection.engine, mapper, nulls=nulls)
    else:
        way = "related" if as_related else ""
        plan, values = key_plan(connection.engine, mapper, None, directions, refreshing, way, nulls_of(key))
    parameters = key_parameters(key, len(mapper.primary_key))
    if plan.graph is None:
        found = await core_fetch(connection, plan, values, parameters, session.holder, overwrite)
    else:
        origin = (plan.graph.statement, parameters)
        found = await core_fetch_graph(
            session, plan, values, parameters, connection, overwrite, refreshing, later, origin
        )
    if len(found) > 1 and mapper.is_union and not refreshing:
        raise exc.MultipleResultsFound(
            f"Multiple rows were found when exactly one was required: several classes below {mapper.class_name} have an "
            f"object of the key {key!r}. Each has keys of its own: get it by its own class."
        )
    return found[0] if found else None


def directions_of(state: InstanceState) -> Directions:
    """Return what the options that an object was loaded with say about it."""
    extra = state.extra
    return NOTHING if extra is None else extra.get("directions", NOTHING)  # type: ignore[no-any-return]


async def core_refresh(session: LoadingSession, state: InstanceState, instance: Any, overwrite: bool = False) -> None:
    """Bring the column values that `instance` lacks from its row.

    Args: overwrite: the program asked for it: all come, but what the options that the object came with defer.

    Raises: ObjectDeletedError: the row is gone.
    """
    mapper = state.mapper
    values = instance.__dict__
    directions = directions_of(state)
    # What was expired comes back, deferred by an option or not.
    everything = directions is NOTHING or state.flags & EXPIRED
    wanted = mapper.column_names if everything else loaded_names(mapper, directions)
    deleted = deleted_names(state, values)
    lacking = tuple(name for name in wanted if name not in values and name not in deleted)
    if not lacking:
        mark_filled(state, values)
        return
    with_graph = state.flags & EXPIRED and (directions is not NOTHING or is_eager(mapper))
    if with_graph or len(lacking) == len(wanted):
        directions = directions if overwrite else directions.of_expired()
        if session.holder.dispatch.asked:
            is_there = bool(await session.core_ask(for_refresh(state, None, directions, "")))
        else:
            is_there = await core_load_by_key(session, mapper, state.row_key, overwrite, directions, True) is not None
        if not is_there:
            raise exc.ObjectDeletedError.of(state)
        if overwrite and state.flags & EXPIRED:
            state.flags = state.flags & ~(EXPIRED | PARTLY_EXPIRED) | PARTIAL
        return
    await core_load_columns(session, state, instance, lacking)


async def core_load_columns(
    session: LoadingSession,
    state: InstanceState,
    instance: Any,
    names: tuple[str, ...],
    whole: bool = False,
    told: Iterable[str] = (),
) -> None:
    """Load some column attributes of one object: those expired by name, or deferred ones.

    Args:
        whole: join all tables of the class, though some of them may have all the columns.
        told: what listeners are told of beside the columns.

    Raises: ObjectDeletedError: the row is gone.
    """
    mapper = state.mapper
    way = "own" if mapper.has_layout and not whole and not state.flags & EXPIRED else ""
    if session.holder.dispatch.asked:
        rows = await session.core_ask(for_refresh(state, names, NOTHING, way))
    else:
        rows = await _core_fetch_columns(session, state, names, way)
    if not rows:
        raise exc.ObjectDeletedError.of(state)
    fill(state, instance, zip(names, rows[0], strict=True))
    if mapper.dispatch.refresh:
        tell_refreshed(mapper.dispatch.refresh, instance, session.holder, {*names, *told})


async def _core_fetch_columns(session: LoadingSession, state: InstanceState, names: tuple[str, ...], way: str) -> Any:
    mapper = state.mapper
    connection = await session.core_connection_for(mapper)
    plan, values = key_plan(connection.engine, mapper, names, way=way, nulls=nulls_of(state.row_key))
    parameters = key_parameters(state.row_key, len(mapper.primary_key))
    return await core_fetch(connection, plan, values, parameters, session.holder)


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


def _bound(connection: Any, plan: LoadPlan, values: Any, parameters: Any) -> Any:
    """Return the SQL and its values; listeners to errors hear of values that are missing or refused."""
    try:
        return plan.compiled.bind(values, parameters)
    except exc.StatementError as error:
        connection.tell_early(error)
        raise


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
    sql, bound = _bound(connection, plan, values, parameters)
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
            await session.core_follow(session, waiting, overwrite, alone=True)
        return found

    sql, bound = _bound(connection, plan, values, parameters)
    cursor = await connection.core_open_stream(plan.compiled, sql, bound, True)
    feed = Feed(connection, cursor, sql, make, settings)
    connection.keep_feed(feed)
    return feed

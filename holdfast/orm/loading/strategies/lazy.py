"""Lazy Load: the members of a relationship, at the first read, for one object.

Source: Fowler, PoEAA, Lazy Load. A many-to-one whose target is present sends nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.orm import attributes
from holdfast.orm.history import NO_VALUE
from holdfast.orm.loading.asked import Asked
from holdfast.orm.loading.choice import SELECT, Choice
from holdfast.orm.loading.directions import NOTHING, Directions, Everywhere
from holdfast.orm.loading.graph_plan import arrange
from holdfast.orm.loading.graph_rows import warn_of_many
from holdfast.orm.loading.load import (
    LoadingSession,
    core_fetch,
    core_fetch_graph,
    core_load_by_key,
    core_load_columns,
    core_refresh,
)
from holdfast.orm.loading.load_plan import PLAN_LIMIT, LoadPlan, plan_graph, plan_load
from holdfast.orm.loading.tree import is_eager
from holdfast.orm.mapping.join_condition import MANYTOONE
from holdfast.orm.mapping.marks import MarkedColumn
from holdfast.orm.state import EXPIRED, InstanceState
from holdfast.sql.binds import BindParameter
from holdfast.sql.naming import LABEL_STYLE_NONE
from holdfast.sql.select import select
from holdfast.sql.traversal import replace


class LazyPlan(NamedTuple):
    """The prepared statement of one relationship on one engine.

    Attributes:
        plan: loads the related objects; None for a many-to-one whose condition is the target's primary key: the
            identity map or a load by key serves it.
        values: the statement's bound values; named parameters stand where the object's own values go.
        sources: (parameter name, attribute of the object that gives its value).
    """

    plan: LoadPlan | None
    values: Any
    sources: tuple[tuple[str, str], ...]


def plan_lazy_load(
    engine: Any, relationship: Any, directions: Directions = NOTHING, choice: Choice | None = None
) -> LazyPlan:
    """Return the plan of a relationship: its join condition with the object's own columns replaced by parameters.

    Args:
        directions: what options say where it leads.
        choice: what options say about the relationship itself: conditions, another target.
    """
    choice = _that_counts(choice)
    if choice is not None:
        return _make_plan(engine, relationship, directions, choice)
    plans = engine.memo.get("lazy_plans")
    if plans is None:
        plans = engine.memo.setdefault("lazy_plans", {})
    key = relationship if directions is NOTHING else (relationship, directions)
    found = plans.get(key)
    if found is None:
        if len(plans) >= PLAN_LIMIT:
            plans.clear()
        found = plans[key] = _make_plan(engine, relationship, directions, None)
    return found  # type: ignore[no-any-return]


def _that_counts(choice: Choice | None) -> Choice | None:
    """Return a choice that makes the statement another one; else None."""
    return choice if choice is not None and (choice.criteria is not None or choice.target is not None) else None


def _make_plan(engine: Any, relationship: Any, directions: Directions, choice: Choice | None) -> LazyPlan:
    statement, sources = _statement(relationship, choice)
    if statement is None:
        return LazyPlan(None, (), sources)
    directions = _directions_from(relationship, directions)
    if directions is NOTHING:
        plan = plan_load(engine.compiled(statement), statement._columns)
        return LazyPlan(plan, statement._values, sources)
    entries = tuple(statement._columns)
    arranged = arrange(statement, entries, {entries[0]: directions})
    plan = plan_graph(engine, statement, entries, arranged)
    return LazyPlan(plan, arranged.statement._values, sources)


def _statement(relationship: Any, choice: Choice | None) -> tuple[Any, tuple[tuple[str, str], ...]]:
    """Return the statement of the related objects, None where their key is known, and the sources of its parameters."""
    if relationship.load_by_key and choice is None:
        name_of = relationship.parent.name_of_column
        key = enumerate(relationship.key_columns, 1)
        return None, tuple((f"pk_{number}", name_of(column)) for number, column in key)
    statement, sources = _by_parameters(relationship, choice, "param")
    if any(isinstance(one, BindParameter) and one.unique and one.key == "param" for one in statement._values):
        # An expression of the mapping has parameters of that name.
        return _by_parameters(relationship, choice, "own")
    return statement, sources


def _by_parameters(relationship: Any, choice: Choice | None, word: str) -> tuple[Any, tuple[tuple[str, str], ...]]:
    """Return the statement with parameters in the place of the object's own columns, and their sources.

    Args: word: begins the names of the parameters.
    """
    sources: dict[Any, tuple[str, str]] = {}
    local = {id(column): column for column in relationship.near_columns}

    def parameter_for(node: Any) -> Any:
        if isinstance(node, MarkedColumn):
            return node.column
        column = local.get(id(node))
        if column is None:
            return None
        parameter = BindParameter(f"{word}_{len(sources) + 1}", type_=column.type)
        sources[id(node)] = (parameter.key, relationship.parent.name_of_column(column))
        return parameter

    placed = relationship.mapper.adapted
    statement = select(relationship.entity).where(placed(replace(relationship.marked_primaryjoin, parameter_for)))
    if relationship.secondaryjoin is not None:
        statement = statement.where(placed(relationship.secondaryjoin))
    if relationship.order_by:
        statement = statement.order_by(*map(placed, relationship.order_by))
    if choice is not None and choice.criteria is not None:
        statement = statement.where(choice.criteria)
    return statement.set_label_style(LABEL_STYLE_NONE), tuple(sources.values())


def _directions_from(relationship: Any, directions: Directions) -> Directions:
    """Return the directions of the related objects: without any, the reference back to the owner is left alone."""
    if directions is not NOTHING or not is_eager(relationship.mapper):
        return directions
    directions = Directions(Everywhere())
    reverse = relationship.reverse
    if reverse is not None and reverse.load_by_key:
        directions.choices[reverse.key] = SELECT
    return directions


async def core_load_relationship(
    session: LoadingSession,
    state: InstanceState,
    instance: Any,
    relationship: Any,
    directions: Directions = NOTHING,
    choice: Choice | None = None,
    later: list[Any] | None = None,
    is_read: bool = True,
) -> Any:
    """Load a relationship of one object, put it in its place, and return it.

    More than one row for a to-one is not an error: as documented, the first one counts, with a warning.

    Args:
        directions, choice: see `plan_lazy_load`.
        later: see `core_fetch_graph`.
        is_read: the program reads it: a reference is what its key means now, flushed or not. What the session asks for
            itself, and collections, are those of the row as it is.
    """
    statement = None
    if session.holder.dispatch.asked:
        plan, values = None, ()
        statement, sources = _statement(relationship, _that_counts(choice))
    else:
        engine = session.engine_for(relationship.mapper)
        plan, values, sources = plan_lazy_load(engine, relationship, directions, choice)
    is_missing = relationship.key not in instance.__dict__
    follows_key = is_read and relationship.direction is MANYTOONE
    parameters = await _own_values(session, state, instance, sources, follows_key)
    if is_missing and relationship.key in instance.__dict__:
        # The object was expired, and its refresh has brought the relationship along.
        return instance.__dict__[relationship.key]
    if plan is None and statement is None:
        return await _load_by_key(session, state, instance, relationship, parameters, directions, later)
    members: list[Any] = []
    # A condition over NULLs alone has no rows.
    if [value for value in parameters.values() if value is not None]:
        if plan is None:
            members = await _load_asked(session, state, relationship, statement, parameters, directions, later)
        else:
            members = once_each(
                relationship, await _load_members(session, relationship, plan, values, parameters, later)
            )
    if relationship.uselist:
        return attributes.set_loaded_collection(state, instance, relationship.key, members)
    if len(members) > 1:
        warn_of_many(relationship, "lazily")
    member = members[0] if members else None
    attributes.set_loaded(state, instance, relationship.key, member)
    return member


async def _load_members(
    session: LoadingSession, relationship: Any, plan: LoadPlan, values: Any, parameters: Any, later: list[Any] | None
) -> list[Any]:
    connection = await session.core_connection_for(relationship.mapper)
    if plan.graph is None:
        return await core_fetch(connection, plan, values, parameters, session.holder)
    origin = (plan.graph.statement, parameters)
    return await core_fetch_graph(session, plan, values, parameters, connection, later=later, origin=origin)


async def _load_asked(
    session: LoadingSession,
    state: InstanceState,
    relationship: Any,
    statement: Any,
    parameters: Any,
    directions: Directions,
    later: list[Any] | None,
) -> list[Any]:
    """Load by a statement that is shown before it runs."""
    way = (state.mapper, relationship)
    asked = Asked(
        statement, relationship.mapper, parameters, _directions_from(relationship, directions),
        is_relationship_load=True, loaded_from=state, way=way,
    )  # fmt: skip
    return once_each(relationship, await session.core_ask(asked, later))


def once_each(relationship: Any, members: list[Any]) -> list[Any]:
    """Return members without repetitions: two equal rows of a table between make one member."""
    if len(members) < 2 or not relationship.may_repeat:
        return members
    return list({id(member): member for member in members}.values())


async def _load_by_key(
    session: LoadingSession,
    state: InstanceState,
    instance: Any,
    relationship: Any,
    parameters: dict[str, Any],
    directions: Directions,
    later: list[Any] | None,
) -> Any:
    """Load a many-to-one whose condition is the target's primary key: from the identity map if it is there."""
    key: Any = tuple(parameters.values())
    member: Any = None
    if not relationship.means_nothing(key):
        if len(key) == 1:
            key = key[0]
        mapper = relationship.mapper
        member = session.holder.find(mapper.base_mapper, key)
        if member is None or member._sa_instance_state.flags & EXPIRED:
            member = await core_load_by_key(
                session, mapper, key, directions=directions, later=later, reference=(state, relationship)
            )
    attributes.set_loaded(state, instance, relationship.key, member)
    return member


async def _own_values(
    session: LoadingSession, state: InstanceState, instance: Any, sources: tuple[tuple[str, str], ...], is_now: bool
) -> dict[str, Any]:
    """Return the object's values for the parameters.

    Args: is_now: as the program has set them; else as the database has them, before changes that are not flushed.
    """
    values = instance.__dict__
    old = state.old
    if not old:
        try:
            return {parameter: values[name] for parameter, name in sources}
        except KeyError:
            await _core_bring(session, state, instance, sources)
            return {parameter: values.get(name) for parameter, name in sources}
    for _, name in sources:
        # What was changed and is not there was deleted: loading it would undo that.
        if name not in values and name not in old:
            await _core_bring(session, state, instance, sources)
            break
    found = {}
    for parameter, name in sources:
        if is_now:
            found[parameter] = values.get(name)
            continue
        before = old.get(name, NO_VALUE)
        found[parameter] = _value_of_row(state, name, values) if before is NO_VALUE else before
    return found


def _value_of_row(state: InstanceState, name: str, values: dict[str, Any]) -> Any:
    """Return a value that was not in memory when it was changed, or was not changed: of the key, the row's is known."""
    names = state.mapper.primary_key_names
    if name not in names or state.row_key is None:
        return values.get(name)
    return state.identity[names.index(name)]  # type: ignore[index]


async def _core_bring(
    session: LoadingSession, state: InstanceState, instance: Any, sources: tuple[tuple[str, str], ...]
) -> None:
    """Load the columns that tell what an object refers to: with all that is expired, or alone where options left them out."""
    await core_refresh(session, state, instance)
    lacking = tuple(name for _, name in sources if name not in instance.__dict__)
    if lacking and state.row_key is not None:
        await core_load_columns(session, state, instance, lacking)

"""Select-in loading: the members of many owners by one statement with IN, 500 owners at a time.

Where the foreign key stands at the members (or in the table between), the owners' table is not read at all; a many-to-one
reads the related table by its primary key, and sends nothing for what the session has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from holdfast.orm.attributes import set_loaded, set_loaded_collection
from holdfast.orm.loading.asked import core_members_asked
from holdfast.orm.loading.conditions import JoinSides
from holdfast.orm.loading.graph_plan import arrange
from holdfast.orm.loading.graph_rows import note_directions, warn_of_many
from holdfast.orm.loading.load import core_fetch
from holdfast.orm.loading.load_plan import LoadPlan, plan_graph
from holdfast.orm.loading.tree import FollowUp
from holdfast.orm.mapping.join_request import MANYTOONE
from holdfast.orm.state import EXPIRED
from holdfast.sql.binds import BindParameter
from holdfast.sql.expressions import Tuple
from holdfast.sql.naming import LABEL_STYLE_NONE
from holdfast.sql.select import select

CHUNK = 500
"""Keys in one statement."""

KEYS = "primary_keys"


class SelectInPlan(NamedTuple):
    """The prepared statement of one relationship.

    Attributes:
        plan: loads members, grouped by the key of their owner; of a many-to-one, by their own.
        values: the statement's own value holders.
        key_names: the attributes of the owner that make up its key.
        by_target: the key is that of the related object: a many-to-one.
    """

    plan: LoadPlan
    values: Sequence[Any]
    key_names: tuple[str, ...]
    by_target: bool


def plan_selectin(engine: Any, follow_up: FollowUp, by_target: bool) -> SelectInPlan:
    """Return the plan of a follow-up, from the engine's memory if it was made before.

    Args: by_target: the owners know the key of what they refer to.
    """
    if follow_up.choice.values or follow_up.directions.everywhere.criteria:
        return _make_plan(engine, follow_up, by_target)
    memo = engine.memo.get("selectin_plans")
    if memo is None:
        memo = engine.memo.setdefault("selectin_plans", {})
    key = (follow_up.relationship, follow_up.choice.structure, follow_up.directions, follow_up.path, by_target)
    found = memo.get(key)
    if found is None:
        if len(memo) >= 1000:
            memo.clear()
        found = memo[key] = _make_plan(engine, follow_up, by_target)
    return found  # type: ignore[no-any-return]


def _make_plan(engine: Any, follow_up: FollowUp, by_target: bool) -> SelectInPlan:
    entity, statement, names = _statement(follow_up, by_target)
    entries = tuple(statement._columns)
    arranged = arrange(statement, entries, {entity: follow_up.directions}, follow_up.path[:-1])
    root = next(node for node, _ in arranged.parts if node is not None)
    if by_target and not entity.has_layout:
        position_of = dict(zip(arranged.nodes[root].names, arranged.nodes[root].positions, strict=True))
        group_by = [position_of[name] for name in entity.mapper.primary_key_names]
    else:
        group_by = [positions[0] for node, positions in arranged.parts if node is None]
    # The rows consist of the members alone: the keys only say whose they are.
    members = arranged._replace(parts=((root, ()),))
    plan = plan_graph(engine, statement, (entity,), members, group_by)
    return SelectInPlan(plan, arranged.statement._values, names, by_target)


def _statement(follow_up: FollowUp, by_target: bool) -> tuple[Any, Any, tuple[str, ...]]:
    """Return the entity of the members, the statement that selects them, and the owner's attributes of its key."""
    relationship, choice = follow_up.relationship, follow_up.choice
    entity = choice.target or relationship.entity
    parent = relationship.parent
    if by_target:
        names = tuple(parent.name_of_column(column) for column in relationship.key_columns)
        columns, statement = _keyed_statement(entity)
        sides = JoinSides(relationship, None, entity.selectable)
    else:
        names = parent.primary_key_names
        columns, statement, sides = _grouped_statement(relationship, entity, choice.criteria)
    statement = statement.where(in_keys(columns))
    if choice.criteria is not None and not statement._from:
        statement = statement.where(sides.of_target(choice.criteria))
    if relationship.order_by and not by_target:
        statement = statement.order_by(*[sides.of_target(clause) for clause in relationship.order_by])
    return entity, statement.set_label_style(LABEL_STYLE_NONE), names


def _keyed_statement(entity: Any) -> tuple[tuple[Any, ...], Any]:
    """Return the columns of an entity's own key, and the statement that selects it, by that key."""
    if not entity.has_layout:
        return tuple(getattr(entity.attributes, name) for name in entity.mapper.primary_key_names), select(entity)
    # The key of the root's table, which the attribute may have another column for.
    keys = tuple(entity.adapted(column) for column in entity.mapper.primary_key)
    return keys, select(*keys, entity)


def _grouped_statement(relationship: Any, entity: Any, criteria: Any) -> tuple[tuple[Any, ...], Any, JoinSides]:
    """Return the columns of the owner's key, the statement that selects them and the members, and its tables.

    Where it joins the members to anything, `criteria` stands in that ON.
    """
    parent = relationship.parent
    referred = {id(parent.root_column(column)): key for column, key in relationship.sync_pairs}
    direct = (
        relationship.direction is not MANYTOONE
        and _is_plain(relationship)
        and relationship.given.get("omit_join") is not False
        and len(referred) == len(parent.primary_key)
        and all(id(column) in referred for column in parent.primary_key)
    )
    target = entity.selectable
    if direct and relationship.secondary is None:
        sides = JoinSides(relationship, None, target)
        keys = tuple(_at(entity, referred[id(column)]) for column in parent.primary_key)
        return keys, select(*keys, entity), sides
    if direct:
        secondary = relationship.secondary
        sides = JoinSides(relationship, None, target, secondary)
        keys = tuple(referred[id(column)] for column in parent.primary_key)
        return keys, select(*keys, entity).select_from(secondary.join(target, sides.second_with(criteria))), sides
    owner = own_rows(parent).alias(flat=True)
    keys = tuple(owner.corresponding_column(column) for column in parent.primary_key)
    if relationship.secondary is None:
        sides = JoinSides(relationship, owner, target)
        return keys, select(*keys, entity).select_from(owner.join(target, sides.primary_with(criteria))), sides
    between = relationship.secondary.alias()
    sides = JoinSides(relationship, owner, target, between)
    joined = owner.join(between, sides.primary()).join(target, sides.second_with(criteria))
    return keys, select(*keys, entity).select_from(joined), sides


def own_rows(parent: Any) -> Any:
    """Return what holds the rows of a class: of one that is read from a union, its own table."""
    return parent.selectable if parent.union is None else parent.local_table


def _is_plain(relationship: Any) -> bool:
    """Whether the condition at the owner consists of nothing but equal keys."""
    condition = relationship.primaryjoin
    return len(getattr(condition, "clauses", (condition,))) == len(relationship.sync_pairs)


def _at(entity: Any, column: Any) -> Any:
    mapper = entity.mapper
    if column in mapper._name_of:
        return getattr(entity.attributes, mapper.name_of_column(column))
    return entity.selectable.corresponding_column(column)


def in_keys(columns: tuple[Any, ...]) -> Any:
    """Return the condition that key columns stand in the list `KEYS`."""
    if len(columns) == 1:
        return columns[0].in_(BindParameter(KEYS, type_=columns[0].type, expanding=True))
    row = Tuple(columns)
    return row.in_(BindParameter(KEYS, type_=row.row_type, expanding=True))


# -- doing it -----------------------------------------------------------------------------------------------------------


async def core_load_selectin(
    session: Any, follow_up: FollowUp, owners: list[Any], overwrite: bool
) -> Iterable[tuple[FollowUp, list[Any]]]:
    """Load a relationship of many owners; returns what is to be loaded for the members."""
    relationship = follow_up.relationship
    if relationship.parent.union is not None:
        parts = _by_own_class(follow_up, owners)
        if parts is not None:
            return [one for part in parts for one in await core_load_selectin(session, *part, overwrite)]
    if relationship.load_by_key and follow_up.choice.target is None:
        names = [name for _, name in _key_sources(relationship)]
        if all(name in owner.__dict__ for owner in owners for name in names):
            return await _load_references(session, follow_up, owners, names, overwrite)
    return await _load_members(session, follow_up, owners, overwrite)


def _by_own_class(follow_up: FollowUp, owners: list[Any]) -> list[tuple[FollowUp, list[Any]]] | None:
    """Return the owners of each concrete class with the relationship that it has itself; None: all have this very one.

    A key alone does not tell one row of a union: objects of several classes may have the same.
    """
    name = follow_up.relationship.key
    parts: dict[Any, list[Any]] = {}
    for owner in owners:
        own = owner._sa_instance_state.mapper.find_property(name)
        if own is not None:
            parts.setdefault(own, []).append(owner)
    if parts.keys() == {follow_up.relationship}:
        return None
    return [(follow_up._replace(relationship=own), group) for own, group in parts.items()]


def _key_sources(relationship: Any) -> list[tuple[Any, str]]:
    pairs = zip(relationship.mapper.primary_key, relationship.key_columns, strict=True)
    return [(column, relationship.parent.name_of_column(local)) for column, local in pairs]


async def _core_run(
    session: Any, follow_up: FollowUp, by_target: bool, keys: list[Any], overwrite: bool, found: Any
) -> Any:
    """Send the statements for these keys; returns the members by key, and puts what follows into `found`."""
    chunk = follow_up.choice.chunksize or CHUNK
    chunks = [{KEYS: keys[start : start + chunk]} for start in range(0, len(keys), chunk)]
    if session.holder.dispatch.asked:
        _, statement, _ = _statement(follow_up, by_target)
        return await core_members_asked(session, follow_up, statement, chunks, overwrite, found)
    prepared = plan_selectin(session.engine_for(follow_up.relationship.mapper), follow_up, by_target)
    graph = prepared.plan.graph
    assert graph is not None
    groups: Any = defaultdict(dict if graph.nodes[0].has_collections else list)
    context = graph.context(groups)
    connection = await session.core_connection_for(prepared.plan.mappers[0])
    for parameters in chunks:
        await core_fetch(connection, prepared.plan, prepared.values, parameters, session.holder, overwrite, context)
    found.extend(graph.follow_ups(context))
    return groups


def _root_node(session: Any, follow_up: FollowUp) -> Any:
    """Return the related entity of a many-to-one, with what comes along and what follows."""
    if session.holder.dispatch.asked:
        entity, statement, _ = _statement(follow_up, True)
        return arrange(statement, statement._columns, {entity: follow_up.directions}, follow_up.path[:-1]).nodes[0]
    plan = plan_selectin(session.engine_for(follow_up.relationship.mapper), follow_up, True).plan
    return plan.graph.nodes[0]  # type: ignore[union-attr]


async def core_group_members(
    session: Any, follow_up: FollowUp, owners: list[Any], overwrite: bool
) -> tuple[Any, list[tuple[FollowUp, list[Any]]]]:
    """Load the members of many owners; returns them by the owner's key, and what is to be loaded for them."""
    keys = [owner._sa_instance_state.row_key for owner in owners]
    found: list[tuple[FollowUp, list[Any]]] = []
    groups = await _core_run(session, follow_up, False, keys, overwrite, found)
    return groups, found


def members_of(groups: Any, key: Any) -> list[Any]:
    """Return the members of the owner with a key."""
    members = groups[key]
    return list(members.values()) if members.__class__ is dict else members


async def _load_members(
    session: Any, follow_up: FollowUp, owners: list[Any], overwrite: bool
) -> Iterable[tuple[FollowUp, list[Any]]]:
    relationship = follow_up.relationship
    groups, found = await core_group_members(session, follow_up, owners, overwrite)
    name, link = relationship.key, relationship.link
    many = relationship.uselist
    for owner in owners:
        if not overwrite and name in owner.__dict__:
            continue
        state = owner._sa_instance_state
        members = members_of(groups, state.row_key)
        if many:
            if state.old is None and (state.extra is None or "pending" not in state.extra):
                link.new_collection(state, owner, members)
            else:
                set_loaded_collection(state, owner, name, members)
            continue
        if len(members) > 1:
            warn_of_many(relationship, "eagerly")
        set_loaded(state, owner, name, members[0] if members else None)
    return found


async def _load_references(
    session: Any, follow_up: FollowUp, owners: list[Any], names: list[str], overwrite: bool
) -> Iterable[tuple[FollowUp, list[Any]]]:
    """Load a many-to-one: what the session has is not asked for, unless a condition decides about it."""
    relationship = follow_up.relationship
    single = len(names) == 1
    wanted: list[tuple[Any, Any]] = []
    for owner in owners:
        values = owner.__dict__
        key = values[names[0]] if single else tuple(values[name] for name in names)
        if key is None or (not single and None in key):
            key = None
        wanted.append((owner, key))
    keys = dict.fromkeys(key for _, key in wanted if key is not None)
    members = (
        {}
        if overwrite or follow_up.choice.values or follow_up.directions.everywhere.criteria
        else _present(session, relationship, keys)
    )
    if follow_up.directions.concerns_present:
        for member in members.values():
            note_directions(member._sa_instance_state, follow_up.directions)
    missing = [key for key in keys if key not in members]
    found: list[tuple[FollowUp, list[Any]]] = []
    node = _root_node(session, follow_up)
    if missing and (node.branches or set(node.names) - set(relationship.mapper.column_names)):
        # Whatever else comes in the same row is wanted for all of them.
        missing, members = list(keys), {}
    if missing:
        groups = await _core_run(session, follow_up, True, missing, overwrite, found)
        for key, rows in groups.items():
            if rows:
                members[key] = next(iter(rows.values())) if rows.__class__ is dict else rows[0]
    name = relationship.key
    for owner, key in wanted:
        if overwrite or name not in owner.__dict__:
            set_loaded(owner._sa_instance_state, owner, name, None if key is None else members.get(key))
    present = [member for key, member in members.items() if key not in set(missing)]
    return _with_present(found, node, present)


def _present(session: Any, relationship: Any, keys: Iterable[Any]) -> dict[Any, Any]:
    """Return the related objects that the session has, by key; expired ones are loaded again."""
    find, base, class_ = session.holder.find, relationship.mapper.base_mapper, relationship.mapper.class_
    found = {}
    for key in keys:
        member = find(base, key)
        if member is not None and isinstance(member, class_) and not member._sa_instance_state.flags & EXPIRED:
            found[key] = member
    return found


def _with_present(
    found: list[tuple[FollowUp, list[Any]]], node: Any, present: list[Any]
) -> list[tuple[FollowUp, list[Any]]]:
    """Return what follows, for the objects that the session had too."""
    if not present or not node.follow_ups:
        return found
    owners = {id(follow_up): members for follow_up, members in found}
    return [
        *[(follow_up, [*present, *owners.get(id(follow_up), ())]) for follow_up in node.follow_ups],
        *[(follow_up, members) for follow_up, members in found if not any(follow_up is one for one in node.follow_ups)],
    ]

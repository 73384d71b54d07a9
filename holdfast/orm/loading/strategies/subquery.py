"""Subquery loading: the members of all owners by one statement that holds the statement of the owners.

The owners' keys are asked for again, by the same criteria, order and limits, and their relationship is joined to them.
Below a relationship that was loaded so, the way leads from the same first statement through all joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from holdfast.orm.attributes import set_loaded, set_loaded_collection
from holdfast.orm.loading.asked import core_members_asked
from holdfast.orm.loading.conditions import JoinSides
from holdfast.orm.loading.criteria import constrained, criteria_of
from holdfast.orm.loading.graph_plan import arrange
from holdfast.orm.loading.graph_rows import warn_of_many
from holdfast.orm.loading.load import core_fetch
from holdfast.orm.loading.load_plan import plan_graph
from holdfast.orm.loading.tree import FollowUp
from holdfast.orm.mapping.join_request import MANYTOONE
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.select import select


class Origin(NamedTuple):
    """The statement that loaded the first owners.

    Attributes:
        statement: as it was run, without its columns' meaning.
        parameters: values of its named parameters.
        entity: the owners' entity in it; None: that of the follow-up.
        way: the relationships from there to the owners of the one that is loaded.
    """

    statement: Any
    parameters: Any
    entity: Any = None
    way: tuple[Any, ...] = ()


def _own_columns(relationship: Any) -> tuple[Any, ...]:
    """Return the owner's columns that the join begins at."""
    return tuple(relationship.near_columns)


def _statement(origin: Origin, follow_up: FollowUp) -> Any:
    """Return the statement of the members; the columns that tell the owner stand after theirs."""
    way = (*origin.way, *follow_up.way, follow_up.relationship)
    first = way[0]
    owner = origin.entity or follow_up.root
    # The owners are those that the first statement found: under the same conditions.
    criteria = criteria_of(origin.statement._options) or follow_up.directions.everywhere.criteria
    inner = origin.statement
    if criteria:
        inner, of = constrained(inner, criteria)
        owner = of(owner)
    wanted = tuple(getattr(owner.attributes, first.parent.name_of_column(one)) for one in _own_columns(first))
    inner = inner._copy(_options=(), _execution_options={}, _for_update=None)
    inner = inner.with_only_columns(*wanted, maintain_column_froms=True).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    if _is_distinct(first):
        inner = inner.distinct()
    if inner._limit is None and inner._offset is None and inner._fetch is None and not inner._distinct_on:
        inner = inner.order_by(None)
    elif inner._distinct:
        inner = _with_order(inner, wanted)
    owners: Any = inner.subquery()
    keys = tuple(owners.c)[: len(wanted)]
    element: Any = owners
    source: Any = _Keys(owners, wanted)
    for number, relationship in enumerate(way):
        last = number == len(way) - 1
        entity = (follow_up.choice.target if last else None) or relationship.entity
        criteria = follow_up.choice.criteria if last else None
        target = entity.selectable if last else relationship.entity.selectable.alias(flat=True)
        if relationship.secondary is None:
            sides = JoinSides(relationship, source, target, None, last)
            element = element.join(target, sides.primary_with(criteria))
        else:
            between = relationship.secondary.alias()
            sides = JoinSides(relationship, source, target, between, last)
            element = element.join(between, sides.primary()).join(target, sides.second_with(criteria))
        if not last:
            keys = tuple(target.corresponding_column(one) for one in _own_columns(way[number + 1]))
            source = target
    entity = follow_up.choice.target or follow_up.relationship.entity
    statement = select(entity, *keys).select_from(element).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    if getattr(entity, "single", False):
        statement = statement._copy(_kinds_settled=True)
    if follow_up.relationship.order_by:
        statement = statement.order_by(*[sides.of_target(one) for one in follow_up.relationship.order_by])
    return statement


def _with_order(statement: Any, wanted: tuple[Any, ...]) -> Any:
    """Return a SELECT DISTINCT with what it is ordered by among its columns: else LIMIT would count other rows."""
    selected = [getattr(one, "column", one) for one in wanted]
    for clause in statement._order_by:
        while clause.visit_name == "unary" and clause.modifier is not None:
            clause = clause.element
        column = getattr(clause, "column", clause)
        if not any(column is one for one in selected):
            statement = statement.add_columns(clause)
            selected.append(column)
    return statement


def _is_distinct(relationship: Any) -> bool:
    """Whether several owners may lead to one member, so that their keys are asked for once each."""
    wanted = relationship.given.get("distinct_target_key")
    return relationship.direction is MANYTOONE if wanted is None else wanted


class _Keys:
    """The owners' columns as their subquery shows them."""

    def __init__(self, subquery: Any, wanted: tuple[Any, ...]) -> None:
        self._columns = {id(one.column): outside for one, outside in zip(wanted, subquery.c, strict=False)}
        self._wanted = wanted

    def corresponding_column(self, column: Any) -> Any:
        """Return the subquery's column for one of the mapped table."""
        found = self._columns.get(id(column))
        if found is not None:
            return found
        for one, outside in zip(self._wanted, self._columns.values(), strict=True):
            if one.column.key == column.key:
                return outside
        return None


def origin_below(origin: Origin, follow_up: FollowUp) -> Origin:
    """Return the origin of what is loaded for the members that a follow-up has loaded."""
    way = (*origin.way, *follow_up.way, follow_up.relationship)
    return origin._replace(entity=origin.entity or follow_up.root, way=way)


async def core_load_subquery(
    session: Any, origin: Origin, follow_up: FollowUp, owners: list[Any], overwrite: bool
) -> Iterable[tuple[FollowUp, list[Any]]]:
    """Load a relationship of many owners; returns what is to be loaded for the members."""
    relationship = follow_up.relationship
    statement = _statement(origin, follow_up)
    if session.holder.dispatch.asked:
        found: list[tuple[FollowUp, list[Any]]] = []
        chunks = [origin.parameters or {}]
        groups = await core_members_asked(session, follow_up, statement, chunks, overwrite, found)
        _give(follow_up, owners, groups, overwrite)
        return found
    engine = session.engine_for(relationship.mapper)
    entity = follow_up.choice.target or relationship.entity
    entries = tuple(statement._columns)
    arranged = arrange(statement, entries, {entity: follow_up.directions}, follow_up.path[:-1])
    root = next(node for node, _ in arranged.parts if node is not None)
    group_by = [positions[0] for node, positions in arranged.parts if node is None]
    plan = plan_graph(engine, statement, (entity,), arranged._replace(parts=((root, ()),)), group_by)
    graph = plan.graph
    assert graph is not None
    groups = defaultdict(dict if graph.nodes[0].has_collections else list)
    context = graph.context(groups)
    connection = await session.core_connection_for(relationship.mapper)
    values = arranged.statement._values
    await core_fetch(connection, plan, values, origin.parameters, session.holder, overwrite, context)
    _give(follow_up, owners, groups, overwrite)
    return graph.follow_ups(context)


def _give(follow_up: FollowUp, owners: list[Any], groups: Any, overwrite: bool) -> None:
    """Put the members in their places."""
    relationship = follow_up.relationship
    names = [relationship.parent.name_of_column(column) for column in _own_columns(relationship)]
    for owner in owners:
        if not overwrite and relationship.key in owner.__dict__:
            continue
        values = owner.__dict__
        key = values.get(names[0]) if len(names) == 1 else tuple(values.get(name) for name in names)
        members = groups.get(key, ())
        if members.__class__ is not dict:
            # An owner that the statement reaches on several ways, or that its rows repeat, has its members so often.
            members = {id(member): member for member in members}
        members = list(members.values())
        state = owner._sa_instance_state
        if relationship.uselist:
            set_loaded_collection(state, owner, relationship.key, members)
            continue
        if len(members) > 1 and relationship.direction is not MANYTOONE:
            warn_of_many(relationship, "eagerly")
        set_loaded(state, owner, relationship.key, members[0] if members else None)

"""The columns of a subclass for objects that came by their parent: one statement per subclass, with IN.

What `selectin_polymorphic` asks for, or ``polymorphic_load="selectin"``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.orm.loading.asked import Asked
from holdfast.orm.loading.choice import SELECT, Choice
from holdfast.orm.loading.directions import Directions
from holdfast.orm.loading.graph_plan import arrange
from holdfast.orm.loading.graph_rows import note_directions
from holdfast.orm.loading.load import core_fetch
from holdfast.orm.loading.load_plan import plan_graph
from holdfast.orm.loading.strategies.selectin import CHUNK, KEYS, in_keys
from holdfast.orm.loading.tree import FollowUp, kinds_of_mapping
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.select import select

_DEFERRED = Choice("deferred")


async def core_load_kind(
    session: Any, follow_up: FollowUp, owners: list[Any], overwrite: bool
) -> Iterable[tuple[FollowUp, list[Any]]]:
    """Load the columns of one subclass for its objects among these; returns what follows."""
    kind = follow_up.relationship
    above = _loaded_above(follow_up, kind)
    names = [name for name in kind.column_names if not any(name in one.column_set for one in above)]
    nearer = _nearer(follow_up, kind)
    keys = [
        owner._sa_instance_state.row_key
        for owner in owners
        if not any(owner._sa_instance_state.mapper.isa(other) for other in nearer)
        and (overwrite or not all(name in owner.__dict__ for name in names))
    ]
    if not keys:
        return []
    if session.holder.dispatch.asked:
        found = await _load_asked(session, follow_up, kind, above, keys, overwrite)
        _remember(follow_up, owners)
        return found
    plan, values = _plan(session.engine_for(kind), follow_up, kind, above)
    context = plan.graph.context()
    connection = await session.core_connection_for(kind)
    for start in range(0, len(keys), CHUNK):
        parameters = {KEYS: keys[start : start + CHUNK]}
        await core_fetch(connection, plan, values, parameters, session.holder, overwrite, context)
    _remember(follow_up, owners)
    return list(plan.graph.follow_ups(context))


def _remember(follow_up: FollowUp, owners: list[Any]) -> None:
    """Let the objects remember what the program's options say, not what was said for their further columns alone."""
    if follow_up.directions.concerns_present:
        for owner in owners:
            note_directions(owner._sa_instance_state, follow_up.directions)


async def _load_asked(
    session: Any, follow_up: FollowUp, kind: Any, above: tuple[Any, ...], keys: list[Any], overwrite: bool
) -> Iterable[tuple[FollowUp, list[Any]]]:
    """Load by statements that are shown before they run."""
    found: list[tuple[FollowUp, list[Any]]] = []
    for start in range(0, len(keys), CHUNK):
        asked = Asked(
            _statement(kind), kind, {KEYS: keys[start : start + CHUNK]}, _below(follow_up.directions, above),
            follow_up.path[:-1], is_column_load=True, overwrite=overwrite,
        )  # fmt: skip
        await session.core_ask(asked, found)
    return found


def _statement(kind: Any) -> Any:
    return select(kind).where(in_keys(kind.primary_key)).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)


def _loaded_above(follow_up: FollowUp, kind: Any) -> tuple[Any, ...]:
    """Return the mappers above a subclass whose columns are loaded already, or by a statement of their own."""
    base = follow_up.path[-1]
    given = follow_up.directions.kinds or ()
    return (base, *[other for other in given if other is not kind and kind.isa(other)])


def _nearer(follow_up: FollowUp, kind: Any) -> list[Any]:
    """Return the subclasses below one whose objects have statements of their own by the mapping: with all columns."""
    if follow_up.directions.kinds is not None:
        return []
    return [other for other in kinds_of_mapping(follow_up.path[-1]) if other is not kind and other.isa(kind)]


def _plan(engine: Any, follow_up: FollowUp, kind: Any, above: tuple[Any, ...]) -> Any:
    memo = engine.memo.setdefault("kind_plans", {})
    key = (kind, above, follow_up.directions, follow_up.path)
    found = memo.get(key)
    if found is None:
        if len(memo) >= 1000:
            memo.clear()
        statement = _statement(kind)
        arranged = arrange(statement, (kind,), {kind: _below(follow_up.directions, above)}, follow_up.path[:-1])
        found = memo[key] = (plan_graph(engine, statement, (kind,), arranged), arranged.statement._values)
    return found


def _below(directions: Directions, above: tuple[Any, ...]) -> Directions:
    """Return directions that load nothing which is loaded for the mappers above."""
    found = Directions(directions.everywhere)
    found.choices = dict(directions.choices)
    found.below, found.groups = directions.below, directions.groups
    found.kinds = ()
    for base in above:
        for key, prop in base._properties.items():
            if prop.is_relationship:
                found.choices[key] = SELECT
            elif key in base.column_set:
                found.choices[key] = _DEFERRED
    return found

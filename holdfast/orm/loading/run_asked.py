"""Runs a loader's statement that was shown before, as it was settled on; see `asked.py`."""

from __future__ import annotations

from typing import Any

from holdfast.orm.loading.asked import Asked
from holdfast.orm.loading.directions import NOTHING, with_options
from holdfast.orm.loading.graph_plan import arrange
from holdfast.orm.loading.load import core_fetch, core_fetch_graph
from holdfast.orm.loading.load_plan import LoadPlan, flat_entries, given_values, plan_for, plan_graph


async def core_run_asked(
    where: Any, asked: Asked, statement: Any, parameters: Any, overwrite: bool, later: list[Any] | None = None
) -> tuple[LoadPlan, list[Any]]:
    """Run the statement that was settled on, and return its plan and what its rows become.

    Args:
        where: the session, as it is routed for the statement.
        later: takes what further statements have to load, instead of their being sent now.
    """
    connection = await where.core_connection_for()
    plan, values = _plan(connection.engine, asked, statement)
    if plan.graph is None:
        return plan, await core_fetch(connection, plan, values, parameters, where.holder, overwrite)
    origin = (statement, parameters)
    return plan, await core_fetch_graph(
        where, plan, values, parameters, connection, overwrite, asked.refreshing, later, origin
    )


def _plan(engine: Any, asked: Asked, statement: Any) -> tuple[LoadPlan, Any]:
    """Return the plan of a statement under the directions of its place, and its values."""
    if asked.directions is NOTHING and not asked.above and not asked.refreshing:
        plan = plan_for(engine, statement, statement._columns)
        return plan, statement._values if plan.graph is None else plan.graph.values(given_values(statement))
    entries = flat_entries(statement._columns)
    directions = asked.directions
    if statement._options:
        directions = with_options(directions, statement._options, entries)
    roots = {entry: directions for entry in entries if getattr(entry, "is_entity", False)}
    arranged = arrange(statement, entries, roots, asked.above, asked.refreshing)
    return plan_graph(engine, statement, entries, arranged), arranged.statement._values

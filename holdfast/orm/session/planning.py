"""`session.plan()`: what the next flush would send, as a FlushPlan, without sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holdfast.orm import unit_of_work

if TYPE_CHECKING:
    from holdfast.orm.unit_of_work.flush_plan import FlushPlan


async def core_plan(session: Any) -> FlushPlan:
    """Return the plan of the next flush; see `Session.plan`."""
    holder = session.holder
    marked = dict(holder.deleted)
    autoflush, session.autoflush = session.autoflush, False
    try:
        expunged = await unit_of_work.cascades.core_cascade(session)
        changes = unit_of_work.changes.collect(holder, expunged)
        await unit_of_work.cascades.core_load_referred(session, changes)
        unit_of_work.relations.follow(changes, holder)
        return unit_of_work.flush_plan.plan_flush(changes)
    finally:
        session.autoflush = autoflush
        # Orphans are marked again by the flush itself.
        for state in [state for state in holder.deleted if state not in marked]:
            del holder.deleted[state]

"""`session.plan()`: what the next flush would send, as a FlushPlan, without sending it."""

from __future__ import annotations

from typing import Any

from holdfast.orm.unit_of_work.cascades import core_cascade, core_load_referred
from holdfast.orm.unit_of_work.changes import collect
from holdfast.orm.unit_of_work.flush_plan import FlushPlan, plan_flush
from holdfast.orm.unit_of_work.relations import follow


async def core_plan(session: Any) -> FlushPlan:
    """Return the plan of the next flush; see `Session.plan`."""
    holder = session.holder
    marked = dict(holder.deleted)
    autoflush, session.autoflush = session.autoflush, False
    try:
        expunged = await core_cascade(session)
        changes = collect(holder, expunged)
        await core_load_referred(session, changes)
        follow(changes, holder)
        return plan_flush(changes)
    finally:
        session.autoflush = autoflush
        # Orphans are marked again by the flush itself.
        for state in [state for state in holder.deleted if state not in marked]:
            del holder.deleted[state]

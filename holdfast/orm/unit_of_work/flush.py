"""Unit of Work: sends everything that a session has collected, in an order in which it can be.

`core_flush` is the whole flow: listeners, cascades (the only step that may read), changes, plan, execution, and the
report to the session. What is decided stands in the plan; execution only sends.

Source: Fowler, PoEAA, Unit of Work.
"""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast._util.collector import SMALL_BATCH, held
from holdfast.orm.state import GONE
from holdfast.orm.unit_of_work.batches import (
    DeleteRows,
    InsertRows,
    PostUpdate,
    SecondaryKeys,
    SecondaryRows,
    TransferKeys,
    UpdateRows,
    Work,
)
from holdfast.orm.unit_of_work.cascades import core_cascade, core_load_referred, pending_orphans
from holdfast.orm.unit_of_work.changes import Changes, collect
from holdfast.orm.unit_of_work.deletes import core_delete_rows
from holdfast.orm.unit_of_work.flush_plan import FlushPlan, plan_alone, plan_flush
from holdfast.orm.unit_of_work.inserts import core_insert
from holdfast.orm.unit_of_work.key_switches import core_pass_keys_on, key_switches
from holdfast.orm.unit_of_work.listeners import (
    core_after,
    core_before,
    core_call,
    has_listeners,
    made_values,
    tell_refreshed,
)
from holdfast.orm.unit_of_work.planned_again import plan_again
from holdfast.orm.unit_of_work.ports import FlushOutcome, FlushSession
from holdfast.orm.unit_of_work.post_updates import core_post_update
from holdfast.orm.unit_of_work.relations import follow
from holdfast.orm.unit_of_work.secondary import core_secondary, core_secondary_keys, transfer_keys
from holdfast.orm.unit_of_work.updates import core_update
from holdfast.orm.unit_of_work.versions import core_know_versions


class FlushContext:
    """What the listeners of flush events get as the second argument.

    Attributes:
        session: that is flushed.
        plan: what is going to be done or was done; None before it is made.
    """

    def __init__(self, session: FlushSession) -> None:
        self.session = session
        self.plan: FlushPlan | None = None


UOWTransaction = FlushContext
"""The documented name of `FlushContext`."""


async def core_flush(session: FlushSession) -> None:
    """Send what is new, changed and deleted; then tell the session what became of it.

    Raises:
        CircularDependencyError: rows need each other's keys in a circle.
        StaleDataError: a row to change is not there any more.
        FlushError: a row has no primary key.
        DBAPIError: what the database said.
    """
    context = FlushContext(session)
    dispatch = session.dispatch
    if dispatch.before_flush:
        await core_call(session, dispatch.before_flush, session, context, None)
    session.flush_begins()
    outcome = FlushOutcome()
    holder = session.holder
    # New objects alone need no look at others.
    expunged = await core_cascade(session) if holder.dirty or holder.deleted else pending_orphans(holder.new)
    count = len(holder.new) + len(holder.dirty)
    is_large = count > SMALL_BATCH
    changes = held(count, collect, holder, expunged, owes=False) if is_large else collect(holder, expunged)
    outcome.expunged = expunged
    if changes.mappers:
        plan = held(count, plan_alone, changes, owes=False) if is_large else plan_alone(changes)
        if plan is None:
            await _core_follow(session, changes)
            plan = held(count, plan_flush, changes, owes=False) if is_large else plan_flush(changes)
        context.plan = plan
        await core_execute(session, plan, outcome)
        if changes.cascaded:
            written = {state for state, _ in outcome.switched}
            outcome.switched += [pair for pair in changes.cascaded.items() if pair[0] not in written]
    if dispatch.after_flush:
        await core_call(session, dispatch.after_flush, session, context)
    if is_large:
        held(count, _finish, session, changes, outcome)
    else:
        _finish(session, changes, outcome)
    if dispatch.after_flush_postexec:
        await core_call(session, dispatch.after_flush_postexec, session, context)
    session.flush_ends()


async def _core_follow(session: FlushSession, changes: Changes) -> None:
    """Complete what was collected by what relationships and new keys lead to, and load what the plan must know."""
    for of_mapper in changes.mappers.values():
        if of_mapper.facts.refers_to_values:
            await core_load_referred(session, changes)
            break
    follow(changes, session.holder)
    if switched := key_switches(changes):
        await core_pass_keys_on(session, changes, switched)
    for of_mapper in changes.mappers.values():
        if of_mapper.facts.version is not None:
            await core_know_versions(session, of_mapper)


async def core_execute(session: FlushSession, plan: FlushPlan, outcome: FlushOutcome) -> None:
    """Do what a plan says.

    Args:
        outcome: filled with what became of the objects.
    """
    work: Any
    last = -1 if plan.replaced else len(plan.works) - 1
    done = 0
    connection: Any = None
    try:
        for place, work in enumerate(plan.works):
            if place < done:
                continue
            kind = work.__class__
            if kind is TransferKeys:
                transfer_keys(work)
                continue
            if kind in _PAIR_SENDERS:
                connection = await session.core_connection_for(work.facts.parent)
                await _PAIR_SENDERS[kind](connection, work)
                continue
            mapper = work.facts.mapper
            connection = await session.core_connection_for(mapper)
            if kind is PostUpdate:
                await core_post_update(connection, work, outcome)
                continue
            if not plan.unsettled and not has_listeners(work.facts):
                outcome.is_last = (
                    place == last and connection.driver.takes_begin_along and _is_last(session, connection)
                )
                await _SENDERS[kind](connection, work, outcome)
                continue
            done = next(end for end in plan.ends if end > place)
            await _core_step(session, connection, plan, plan.works[place:done], outcome)
    except exc.StatementError as error:
        if connection is not None:
            connection.tell_early(error)
        raise
    for new, gone in plan.replaced.items():
        outcome.inserted.append((new, new(), gone.row_key))
        gone.flags |= GONE
        outcome.removed[gone] = gone()


async def _core_step(
    session: FlushSession, connection: Any, plan: FlushPlan, works: list[Any], outcome: FlushOutcome
) -> None:
    """Write the rows of one step; listeners are told of all before the first statement, and again after the last one."""
    mapper = works[0].facts.mapper
    if not has_listeners(works[0].facts):
        for part in plan_again(plan, mapper, works):
            await _SENDERS[part.__class__](connection, part, outcome)
        return
    for part in await core_before(session, mapper, connection, works, plan):
        before = made_values(part)
        await _SENDERS[part.__class__](connection, part, outcome)
        tell_refreshed(part, before, outcome)
    await core_after(session, mapper, connection, works, plan.replaced)


def _is_last(session: FlushSession, connection: Any) -> bool:
    """Return True if COMMIT follows the plan's last batch, and no code of the program's may run between the two."""
    dispatch = session.dispatch
    return not dispatch.after_flush and not dispatch.after_flush_postexec and session.commits_next(connection)


_PAIR_SENDERS: dict[type[Work], Any] = {SecondaryRows: core_secondary, SecondaryKeys: core_secondary_keys}
_SENDERS: dict[type[Work], Any] = {InsertRows: core_insert, UpdateRows: core_update, DeleteRows: core_delete_rows}


def _finish(session: FlushSession, changes: Changes, outcome: FlushOutcome) -> None:
    """Make the objects clean and hand the outcome to the session."""
    seen = changes.seen
    for state in seen:
        state.old = None
        if state.extra is not None:
            state.extra.pop("pending", None)
    dirty = session.holder.dirty
    if len(dirty) == len(seen):
        # No listener changed anything meanwhile: every dirty object was seen.
        dirty.clear()
    else:
        for state in seen:
            dirty.pop(state, None)
    outcome.updated = seen
    session.accept_flush(outcome)

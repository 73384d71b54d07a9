"""Calls the listeners of flush and mapper events; a flush without any pays one test per batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from holdfast.orm.unit_of_work.changes import MapperChanges, changed_names
from holdfast.orm.unit_of_work.flush_plan import (
    DeleteRows,
    InsertRows,
    UpdateRows,
    plan_inserts,
    plan_updates,
)
from holdfast.orm.unit_of_work.ports import FlushSession

RowWork: TypeAlias = InsertRows | UpdateRows | DeleteRows
_EVENTS: dict[type[RowWork], str] = {InsertRows: "insert", UpdateRows: "update", DeleteRows: "delete"}


async def core_call(session: FlushSession, listeners: Sequence[Callable[..., Any]], *arguments: Any) -> None:
    """Call listeners one after the other."""
    for listener in listeners:
        await session.core_call_listener(listener, *arguments)


def has_listeners(mapper: Any) -> bool:
    """Whether somebody listens to a mapper's row events."""
    dispatch = mapper.dispatch
    return bool(
        dispatch.before_insert
        or dispatch.after_insert
        or dispatch.before_update
        or dispatch.after_update
        or dispatch.before_delete
        or dispatch.after_delete
    )


async def core_before(session: FlushSession, mapper: Any, connection: Any, work: RowWork) -> Sequence[RowWork]:
    """Tell who listens that rows are about to be written.

    Returns: the batches to write: listeners may have set attributes, so that other columns are written now.
    """
    listeners = getattr(mapper.dispatch, f"before_{_EVENTS[type(work)]}")
    for instance in work.objects if listeners else ():
        await core_call(session, listeners, mapper, connection, instance)
    if not listeners or isinstance(work, DeleteRows):
        return [work]
    again = MapperChanges(work.facts)
    if isinstance(work, InsertRows):
        again.late = {state: set(work.names) for state in work.states} if work.facts.given_only else {}
        return plan_inserts(again, work.states, work.objects)
    if any(state.key is None for state in work.states):
        # A new object in the place of a deleted one: all that it has is written anyway.
        return [work]
    for state, instance in zip(work.states, work.objects, strict=True):
        again.updates[state] = instance
        more = changed_names(work.facts, state.old or {}, instance.__dict__) or ()
        names = dict.fromkeys((*work.names, *more))
        again.changed[state] = tuple(sorted(names, key=work.facts.order.__getitem__))
    return list(plan_updates(again, again.updates))


async def core_after(session: FlushSession, mapper: Any, connection: Any, work: RowWork) -> None:
    """Tell who listens that rows have been written."""
    listeners = getattr(mapper.dispatch, f"after_{_EVENTS[type(work)]}")
    for instance in work.objects if listeners else ():
        await core_call(session, listeners, mapper, connection, instance)

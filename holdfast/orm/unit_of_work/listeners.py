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


async def core_before(session: FlushSession, mapper: Any, connection: Any, works: Sequence[Any]) -> Sequence[Any]:
    """Tell who listens that the rows of one step are about to be written: new ones first.

    Returns: the batches to write: listeners may have set attributes, so that other columns are written now.
    """
    again: list[Any] = []
    for work in _new_first(works):
        listeners = getattr(mapper.dispatch, f"before_{_EVENTS[type(work)]}")
        for instance in work.objects if listeners else ():
            await core_call(session, listeners, mapper, connection, instance)
        if listeners:
            again.append(work)
    if not again or isinstance(works[0], DeleteRows):
        return works
    return [*_updates_again(works, again), *_inserts_again(works, again)]


def _new_first(works: Sequence[Any]) -> Sequence[Any]:
    """Return batches in the order in which listeners hear of them."""
    return sorted(works, key=lambda work: not isinstance(work, InsertRows))


def _updates_again(works: Sequence[Any], again: Sequence[Any]) -> list[UpdateRows]:
    """Return the UPDATEs of a step, with what listeners have set meanwhile."""
    updates = [work for work in works if isinstance(work, UpdateRows)]
    # A new object in the place of a deleted one: all that it has is written anyway.
    kept = [work for work in updates if not _is_in(work, again) or any(state.key is None for state in work.states)]
    if len(kept) == len(updates):
        return updates
    changes = MapperChanges(updates[0].facts)
    for work in updates:
        if _is_in(work, kept):
            continue
        for state, instance in zip(work.states, work.objects, strict=True):
            changes.updates[state] = instance
            more = changed_names(work.facts, state.old or {}, instance.__dict__) or ()
            names = dict.fromkeys((*work.names, *more))
            changes.changed[state] = tuple(sorted(names, key=work.facts.order.__getitem__))
    return [*kept, *plan_updates(changes, changes.updates)]


def _inserts_again(works: Sequence[Any], again: Sequence[Any]) -> list[InsertRows]:
    """Return the INSERTs of a step, with what listeners have set meanwhile."""
    inserts = [work for work in works if isinstance(work, InsertRows)]
    if not inserts or not _is_in(inserts[0], again):
        return inserts
    changes = MapperChanges(inserts[0].facts)
    states = [state for work in inserts for state in work.states]
    objects = [instance for work in inserts for instance in work.objects]
    if changes.facts.given_only:
        changes.late = {state: set(work.names) for work in inserts for state in work.states}
    return plan_inserts(changes, states, objects)


def _is_in(work: Any, works: Sequence[Any]) -> bool:
    return any(work is one for one in works)


async def core_after(session: FlushSession, mapper: Any, connection: Any, works: Sequence[Any]) -> None:
    """Tell who listens that the rows of one step have been written."""
    for work in _new_first(works):
        listeners = getattr(mapper.dispatch, f"after_{_EVENTS[type(work)]}")
        for instance in work.objects if listeners else ():
            await core_call(session, listeners, mapper, connection, instance)

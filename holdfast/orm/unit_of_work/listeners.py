"""Calls the listeners of flush and mapper events; a flush without any pays one test per batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.batches import DeleteRows
from holdfast.orm.unit_of_work.flush_plan import FlushPlan
from holdfast.orm.unit_of_work.planned_again import plan_again, rows_of
from holdfast.orm.unit_of_work.ports import FlushOutcome, FlushSession


async def core_call(session: FlushSession, listeners: Sequence[Callable[..., Any]], *arguments: Any) -> None:
    """Call listeners one after the other."""
    for listener in listeners:
        await session.core_call_listener(listener, *arguments)


def has_listeners(facts: Any) -> bool:
    """Whether somebody listens to the row events of a batch's mapper, or of another one in its hierarchy."""
    if facts.family is None:
        return _is_heard(facts.mapper)
    return any(map(_is_heard, facts.family.self_and_descendants))


def _is_heard(mapper: Any) -> bool:
    dispatch = mapper.dispatch
    return bool(
        dispatch.before_insert
        or dispatch.after_insert
        or dispatch.before_update
        or dispatch.after_update
        or dispatch.before_delete
        or dispatch.after_delete
        or dispatch.refresh_flush
    )


async def core_before(
    session: FlushSession,
    mapper: Any,
    connection: Any,
    works: Sequence[Any],
    plan: FlushPlan,
) -> Sequence[Any]:
    """Tell who listens that the rows of one step are about to be written: new ones first.

    Args:
        works: the batches of the step, of the plan.

    Returns: the batches to write: listeners may have set attributes, so that other columns are written now.
    """
    if isinstance(works[0], DeleteRows):
        await _tell(session, mapper, connection, "before_delete", works[-1].objects)
        return works
    new, changed = rows_of(works, plan.replaced)
    await _tell(session, mapper, connection, "before_insert", new.values())
    await _tell(session, mapper, connection, "before_update", changed.values())
    is_heard = works[0].facts.family is not None or mapper.dispatch.before_insert or mapper.dispatch.before_update
    return plan_again(plan, mapper, works, is_heard=bool(is_heard))


async def _tell(session: FlushSession, mapper: Any, connection: Any, event: str, objects: Iterable[Any]) -> None:
    if mapper.in_hierarchy:
        # Each object has the listeners of its own class.
        for instance in objects:
            own = instance._sa_instance_state.mapper
            await core_call(session, getattr(own.dispatch, event), own, connection, instance)
        return
    listeners = getattr(mapper.dispatch, event)
    if not listeners:
        return
    own: dict[str, Any] = session.__dict__
    # Only here, so that the methods themselves need not ask.
    own.update({name: _warning(getattr(session, name), shown) for name, shown in _TOO_LATE.items()})
    try:
        for instance in objects:
            await core_call(session, listeners, mapper, connection, instance)
    finally:
        for name in _TOO_LATE:
            own.pop(name, None)


_TOO_LATE = {
    "add": "Session.add()", "add_all": "Session.add_all()", "core_delete": "Session.delete()",
    "core_merge": "Session.merge()", "adopt": "collection append",
}  # fmt: skip
"""Methods of a session that come too late while rows are written, and what a warning calls them."""


def _warning(method: Callable[..., Any], shown: str) -> Callable[..., Any]:
    """Return a method of a session that warns before it does its work."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        exc.warn(
            f"Usage of the '{shown}' operation is not currently supported within the execution stage of the flush process. "
            "Results may not be consistent.  Consider using alternative event listeners or connection-level operations "
            "instead. What before_flush changes is still part of the flush."
        )
        return method(*arguments, **keywords)

    return call


def made_values(work: Any) -> list[dict[str, Any]]:
    """Return what the objects have of the attributes that defaults fill, to be compared by `tell_refreshed`."""
    if isinstance(work, DeleteRows) or not any(map(_who_hears_of_values, work.objects)):
        return []
    facts = work.facts
    names = {fact.name for fact in facts.columns if fact.default is not None or fact.fetched}
    names.update(facts.onupdate_names, facts.changed_by_update)
    return [{name: instance.__dict__.get(name) for name in names - facts.keys} for instance in work.objects]


def tell_refreshed(work: Any, before: list[dict[str, Any]], outcome: FlushOutcome) -> None:
    """Tell who listens which attributes defaults have filled while the rows were written."""
    for instance, values in zip(work.objects, before, strict=False):
        names = [name for name in work.facts.by_name if name in values and _is_other(instance, name, values[name])]
        for listener in _who_hears_of_values(instance) if names else ():
            listener(instance, outcome, names)


def _who_hears_of_values(instance: Any) -> Sequence[Callable[..., Any]]:
    """Return the listeners of an object's own class, which may be another one than its batch's."""
    return instance._sa_instance_state.mapper.dispatch.refresh_flush  # type: ignore[no-any-return]


def _is_other(instance: Any, name: str, before: Any) -> bool:
    return name in instance.__dict__ and instance.__dict__[name] is not before


async def core_after(
    session: FlushSession,
    mapper: Any,
    connection: Any,
    works: Sequence[Any],
    replaced: Mapping[InstanceState, InstanceState],
) -> None:
    """Tell who listens that the rows of one step have been written."""
    if isinstance(works[0], DeleteRows):
        await _tell(session, mapper, connection, "after_delete", works[-1].objects)
        return
    new, changed = rows_of(works, replaced)
    await _tell(session, mapper, connection, "after_insert", new.values())
    await _tell(session, mapper, connection, "after_update", changed.values())

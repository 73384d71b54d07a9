"""Brings what a statement did to rows into the objects of the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holdfast.orm import expiry
from holdfast.orm.set_based.evaluation import UNKNOWN, Found, settle, values_for
from holdfast.orm.set_based.exact_types import Unsure, kind_of
from holdfast.orm.set_based.ports import WritingSession
from holdfast.orm.set_based.synchronize import SynchronizePlan


def apply_delete(session: WritingSession, found: Found, unsure: Found) -> None:
    """Let objects go whose rows were deleted; those of which that is not known read their row again."""
    for state, _ in found:
        session.register_gone(state)
    for state, instance in unsure:
        expiry.expire_state(state, instance)
    session.register_written([state for state, _ in unsure])


def apply_update(
    session: WritingSession,
    plan: SynchronizePlan,
    mapper: Any,
    dialect: Any,
    statement: Any,
    given: Mapping[str, Any],
    sent: Mapping[str, Any],
    found: Found,
    unsure: Found = (),  # type: ignore[assignment]
) -> None:
    """Give updated objects their values.

    Args:
        given: values of named parameters.
        sent: values that the execution brought, by column key.
        found: objects whose rows were matched.
        unsure: objects of which that is not known: they read again what the statement has set.
    """
    teller = plan.teller
    assert teller is not None
    names = (*teller.names, *(name for name, _ in plan.made), *plan.doubtful)
    try:
        parameters = values_for(teller, statement._values, given)
    except Unsure:
        drop(found, teller.names)
    else:
        teller.tell(found, parameters)
    for name, key in plan.made:
        _set(found, name, _read_back(mapper, dialect, name, sent.get(key, UNKNOWN)))
    drop(found, plan.doubtful)
    drop(unsure, names)
    session.register_written([state for state, _ in (*found, *unsure)])
    if plan.sets_key:
        _move(session, mapper, found)


def _read_back(mapper: Any, dialect: Any, name: str, value: Any) -> Any:
    kind = kind_of(mapper.column_of(name).type, dialect)
    if kind is None or value is UNKNOWN:
        return UNKNOWN
    try:
        return kind.read_back(value)
    except Unsure:
        return UNKNOWN


def _set(found: Found, name: str, value: Any) -> None:
    for state, instance in found:
        values = instance.__dict__
        if name in values:
            if value is UNKNOWN:
                del values[name]
            else:
                values[name] = value
        if state.old is not None:
            settle(state, (name,))


def drop(found: Found, names: Sequence[str]) -> None:
    """Let attributes be read again."""
    if not names:
        return
    for state, instance in found:
        values = instance.__dict__
        for name in names:
            values.pop(name, None)
        if state.old is not None:
            settle(state, names)


def _move(session: WritingSession, mapper: Any, found: Found) -> None:
    """Enter objects under their new primary keys; those whose key is not known read their row again, under the old one."""
    moved = []
    for state, instance in found:
        values = instance.__dict__
        if all(name in values for name in mapper.primary_key_names):
            moved.append((state, mapper.key_from_values(values)))
        else:
            expiry.expire_state(state, instance)
    session.register_moved(moved)

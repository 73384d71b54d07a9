"""UPDATE and DELETE by statement, kept in step with the objects of the session.

Plan, then do. The plan says how the objects that the statement matches become known: 'evaluate' asks the criteria of
the objects present, 'fetch' asks the database (RETURNING, or a SELECT before). Then the statement runs; then updated
objects take what the statement set, and deleted ones leave the session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from holdfast import exc
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.set_based.evaluator import UnevaluatableError, compile_evaluator
from holdfast.orm.state import EXPIRED, InstanceState
from holdfast.sql.boolean import and_
from holdfast.sql.dml import member_root
from holdfast.sql.select import select

STRATEGIES = (False, "auto", "fetch", "evaluate")


class WritingSession(Protocol):
    """What set-based writing asks of the session."""

    holder: IdentityMap

    async def core_connection_for(self, mapper: Any, clause: Any = None) -> Any: ...

    def register_gone(self, state: InstanceState) -> None: ...

    def register_written(self, states: Iterable[InstanceState]) -> None: ...


class SynchronizePlan(NamedTuple):
    """How one statement is kept in step with the session.

    Attributes:
        how: "nothing" (no object of the class is present, or the caller wants none), "evaluate" or "fetch".
        matches: for "evaluate": object -> True where the criteria hold; raises where a value is not loaded.
        values: attribute set by the statement -> function of the object that gives its new value, or None where only
            the database knows it: the attribute expires.
    """

    how: str
    matches: Callable[[Any], bool] | None
    values: Mapping[str, Callable[[Any], Any] | None]


def plan_synchronize(statement: Any, mapper: Any, strategy: Any, any_present: bool) -> SynchronizePlan:
    """Return how `statement` is kept in step.

    Args:
        statement: an UPDATE or DELETE of a mapped class.
        strategy: the value of ``synchronize_session``.
        any_present: the session holds objects of the class.

    Raises:
        ArgumentError: another value than the four.
        InvalidRequestError: 'evaluate' for criteria that Python can not decide exactly as the database would.
    """
    if strategy is True:
        raise exc.ArgumentError(
            "synchronize_session=True is not a strategy of an UPDATE or DELETE statement; it is a value of "
            "Session.commit(synchronize_session=...). Valid strategies are 'auto', 'fetch', 'evaluate' and False."
        )
    if strategy not in STRATEGIES or (strategy == 0 and strategy is not False):
        raise exc.ArgumentError(
            f"Valid strategies for session synchronization are 'auto', 'evaluate', 'fetch', False; got {strategy!r}"
        )
    if strategy is False or not any_present:
        return SynchronizePlan("nothing", None, {})
    values = _new_values(statement, mapper)
    if strategy == "fetch":
        return SynchronizePlan("fetch", None, values)
    try:
        criterion = and_(*statement._where) if statement._where else None
        return SynchronizePlan("evaluate", compile_evaluator(criterion, mapper), values)
    except UnevaluatableError as reason:
        if strategy == "auto":
            return SynchronizePlan("fetch", None, values)
        raise exc.InvalidRequestError(
            f"Could not evaluate current criteria in Python: \"{reason}\". Specify 'fetch' or False for the "
            "synchronize_session execution option."
        ) from reason


def _new_values(statement: Any, mapper: Any) -> dict[str, Callable[[Any], Any] | None]:
    """Return the attributes that an UPDATE sets, each with how its value can be told, if it can."""
    if not statement.is_update:
        return {}
    values: dict[str, Callable[[Any], Any] | None] = {}
    for column, value in statement.set_clauses():
        root = member_root(column)
        if root is not None:
            # A part of a value was set: the whole is read again.
            values[mapper.name_of_column(getattr(root, "column", root))] = None
            continue
        name = mapper.name_of_column(column)
        try:
            values[name] = compile_evaluator(value, mapper)
        except UnevaluatableError:
            values[name] = None
    return values


async def core_execute_dml(session: WritingSession, statement: Any, parameters: Any, options: Mapping[str, Any]) -> Any:
    """Run an INSERT, UPDATE or DELETE of a mapped class and bring the session's objects along.

    Returns: the engine's result, with the number of matched rows.
    """
    mapper = statement.entity.mapper
    connection = await session.core_connection_for(mapper, statement)
    if statement.is_insert or isinstance(parameters, (list, tuple)):
        return await connection.core_execute(statement, _by_column(mapper, parameters), options)
    present = session.holder.states.get(mapper.base_mapper)
    plan = plan_synchronize(statement, mapper, options.get("synchronize_session", "auto"), bool(present))
    parameters = _by_column(mapper, parameters)
    if plan.how == "nothing":
        return await connection.core_execute(statement, parameters, options)
    if plan.how == "evaluate":
        matched, unsure = _evaluate(session.holder, mapper, plan)
        new = [(state, instance, _told(plan, instance)) for state, instance in matched]
        result = await connection.core_execute(statement, parameters, options)
        _apply(session, statement, new)
        _apply(
            session, statement, [(state, instance, dict.fromkeys(plan.values, _UNKNOWN)) for state, instance in unsure]
        )
        return result
    return await _fetch(session, connection, statement, mapper, plan, parameters, options)


async def _fetch(
    session: WritingSession,
    connection: Any,
    statement: Any,
    mapper: Any,
    plan: SynchronizePlan,
    parameters: Any,
    options: Mapping[str, Any],
) -> Any:
    """Learn the matched keys from the database, run the statement, apply."""
    capabilities = connection.dialect.capabilities
    returning = capabilities.update_returning if statement.is_update else capabilities.delete_returning
    if returning and not statement._returning:
        result = await connection.core_execute(statement.returning(*mapper.primary_key), parameters, options)
        keys = [tuple(row) for row in result.all()]
        result = result.without_rows(len(keys))
    else:
        before = select(*mapper.primary_key).where(*statement._where)
        keys = [tuple(row) for row in (await connection.core_execute(before, parameters)).all()]
        result = await connection.core_execute(statement, parameters, options)
    found = []
    for key in keys:
        state = session.holder.by_key(mapper.base_mapper).get(key[0] if len(key) == 1 else key)
        if state is not None and (instance := state()) is not None:
            found.append((state, instance, _told(plan, instance)))
    _apply(session, statement, found)
    return result


def _evaluate(
    holder: IdentityMap, mapper: Any, plan: SynchronizePlan
) -> tuple[list[tuple[InstanceState, Any]], list[tuple[InstanceState, Any]]]:
    """Return the objects that match, and those whose needed values are not loaded (they count as matched: they expire).

    An expired object can not be asked; expiring it again is right whether it matched or not.
    """
    matched, unsure = [], []
    for state in list(holder.by_key(mapper.base_mapper).values()):
        instance = state()
        if instance is None or not isinstance(instance, mapper.class_):
            continue
        if state.flags & EXPIRED:
            unsure.append((state, instance))
            continue
        try:
            if plan.matches is None or plan.matches(instance.__dict__) is True:
                matched.append((state, instance))
        except KeyError:
            unsure.append((state, instance))
    return matched, unsure


_UNKNOWN = object()


def _told(plan: SynchronizePlan, instance: Any) -> dict[str, Any]:
    """Return the attributes' new values, computed from those before the statement; `_UNKNOWN` where it can not be."""
    told: dict[str, Any] = {}
    for name, compute in plan.values.items():
        try:
            told[name] = _UNKNOWN if compute is None else compute(instance.__dict__)
        except KeyError:
            told[name] = _UNKNOWN
    return told


def _apply(session: WritingSession, statement: Any, found: list[tuple[InstanceState, Any, dict[str, Any]]]) -> None:
    """Give updated objects their values, or let deleted ones go."""
    if not statement.is_delete:
        session.register_written([state for state, _, _ in found])
    for state, instance, told in found:
        if statement.is_delete:
            if not state.flags & EXPIRED:
                session.register_gone(state)
            continue
        values = instance.__dict__
        for name, value in told.items():
            if value is _UNKNOWN or name not in values:
                values.pop(name, None)
            else:
                values[name] = value
            if state.old is not None:
                state.old.pop(name, None)
        if state.old is not None and not state.old:
            state.old = None
            session.holder.dirty.pop(state, None)


def _by_column(mapper: Any, parameters: Any) -> Any:
    """Return parameters keyed by column where the caller keyed them by attribute, composites taken apart."""
    if not parameters or not (mapper.renamed_columns or mapper.composite_names):
        return parameters
    if isinstance(parameters, Mapping):
        return _row_by_column(mapper, parameters)
    return [_row_by_column(mapper, row) for row in parameters]


def _row_by_column(mapper: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    renamed: Mapping[str, str] = mapper.renamed_columns
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in mapper.composite_names:
            found.update((column.key, part) for column, part in mapper.find_property(name).set_pairs(value))
        else:
            found[renamed.get(name, name)] = value
    return found

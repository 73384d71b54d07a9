"""Runs UPDATE and DELETE of a mapped class, and INSERT by statement, and brings the session's objects along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.apply import apply_delete, apply_update
from holdfast.orm.set_based.bulk_insert import core_insert_rows
from holdfast.orm.set_based.bulk_update import core_update_rows
from holdfast.orm.set_based.conflicts import core_run_conflict, may_change_objects, present
from holdfast.orm.set_based.evaluation import Found, values_for
from holdfast.orm.set_based.exact_types import Unsure
from holdfast.orm.set_based.parameters import by_column
from holdfast.orm.set_based.ports import WritingSession
from holdfast.orm.set_based.returning import Returned, core_run_returning
from holdfast.orm.set_based.synchronize import SynchronizePlan, plan_synchronize, strategy_of
from holdfast.orm.state import EXPIRED
from holdfast.sql.hierarchies import with_kind
from holdfast.sql.select import select

NOTHING: Mapping[str, Any] = {}


def check_options(statement: Any, options: Mapping[str, Any]) -> None:
    """Raise for execution options that a statement of a mapped class does not take, before anything is sent."""
    if not statement.is_insert:
        strategy_of(options)


async def core_execute_dml(session: WritingSession, statement: Any, parameters: Any, options: Mapping[str, Any]) -> Any:
    """Run an INSERT, UPDATE or DELETE of a mapped class.

    Returns: the engine's result, with the number of matched rows; objects stand in its rows where RETURNING names
        mapped classes.
    """
    mapper = statement.entity.mapper
    connection = await session.core_connection_for(mapper, statement)
    many = parameters is not None and not isinstance(parameters, Mapping)
    if not many or not parameters:
        given = by_column(mapper, parameters) or None
        if statement.is_insert:
            return await _core_insert(session, connection, statement, mapper, given, options)
        return await _Write(session, connection, with_kind(statement)[0], mapper, given, options).core_run()
    if statement.is_insert:
        if statement._rows or statement._select is not None:
            return await connection.core_execute(statement, by_column(mapper, parameters), options)
        return await core_insert_rows(session, connection, statement, mapper, parameters, options)
    if statement.is_update and not _is_by_criteria(statement, mapper, parameters):
        return await core_update_rows(session, connection, statement, mapper, parameters, options)
    if strategy_of(options) is not None:
        raise exc.InvalidRequestError(_refusal(statement))
    return await connection.core_execute(statement, by_column(mapper, parameters), options)


def _is_by_criteria(statement: Any, mapper: Any, parameters: Any) -> bool:
    """Return True for rows of parameters without primary keys, of a statement that finds its rows by criteria."""
    if not statement._where or not isinstance(parameters, (list, tuple)):
        return False
    keys = {*mapper.primary_key_names, *(column.key for column in mapper.primary_key)}
    return isinstance(parameters[0], Mapping) and keys.isdisjoint(parameters[0])


def _refusal(statement: Any) -> str:
    if statement.is_delete:
        return (
            "Bulk ORM DELETE not supported right now. Statement may be invoked at the Core level using "
            "session.connection().execute(stmt, parameters), or with the execution option synchronize_session=False."
        )
    return (
        "bulk synchronize of persistent objects not supported when using bulk update with additional WHERE criteria right "
        "now.  add synchronize_session=None execution option to bypass synchronize of persistent objects."
    )


async def _core_insert(
    session: WritingSession, connection: Any, statement: Any, mapper: Any, given: Any, options: Mapping[str, Any]
) -> Any:
    """Run an INSERT once."""
    if may_change_objects(session, statement, mapper):
        returned = await core_run_conflict(session, connection, statement, mapper, [given or {}])
        return returned.result(connection, session.holder, True)
    if not statement._returning:
        return await connection.core_execute(statement, given, options)
    returned = await core_run_returning(connection, statement, mapper, [given or {}])
    return returned.result(connection, session.holder, bool(options.get("populate_existing")))


class _Write:
    """One execution of an UPDATE or DELETE."""

    def __init__(
        self,
        session: WritingSession,
        connection: Any,
        statement: Any,
        mapper: Any,
        parameters: Mapping[str, Any] | None,
        options: Mapping[str, Any],
    ) -> None:
        self.session = session
        self.connection = connection
        self.statement = statement
        self.mapper = mapper
        self.parameters = parameters
        self.given: Mapping[str, Any] = parameters or NOTHING
        self.options = options

    async def core_run(self) -> Any:
        """Run the statement as its strategy says."""
        strategy = strategy_of(self.options)
        states = self.session.holder.states.get(self.mapper.base_mapper)
        if strategy is None or (not states and strategy != "evaluate"):
            return await self._core_send()
        columns = self.mapper.local_table.c
        given = tuple(sorted(key for key in self.given if key in columns)) if self.given else ()
        if states and self.mapper.in_hierarchy:
            states = {key: state for key, state in states.items() if state.mapper.isa(self.mapper)}
        plan = plan_synchronize(self.connection.engine, self.statement, self.mapper, given)
        if strategy != "fetch":
            found, unsure, reason = self._match(plan, list(states.values()) if states else [])
            if reason is None:
                return await self._core_evaluated(plan, found, unsure)
            if strategy == "evaluate":
                raise exc.InvalidRequestError(
                    f"Could not evaluate current criteria in Python: \"{reason}\". Specify 'fetch' or False for the "
                    "synchronize_session execution option."
                )
        return await self._core_fetched(plan)

    def _match(self, plan: SynchronizePlan, states: list[Any]) -> tuple[Found, Found, str | None]:
        """Return the objects that match, those of which it is not known, and why Python can not tell at all."""
        if plan.matcher is None:
            return [], [], plan.reason
        try:
            parameters = values_for(plan.matcher, self.statement._values, self.given)
        except Unsure:
            return [], [], "Cannot evaluate a value of another type than what it is compared with"
        return (*plan.matcher.match(states, parameters), None)

    async def _core_send(self) -> Any:
        """Send the statement; objects are left alone but for those that it returns."""
        if not self.statement._returning:
            return await self.connection.core_execute(self.statement, self.parameters, self.options)
        returned = await core_run_returning(self.connection, self.statement, self.mapper, [self.given])
        return self._loaded(returned)

    def _loaded(self, returned: Returned, written: Found = ()) -> Any:  # type: ignore[assignment]
        """Return the result; the rows that come back with objects fill what was dropped from those of `written`."""
        overwrite = bool(self.options.get("populate_existing"))
        lacking = [state for state, _ in written if not state.flags & EXPIRED] if returned.has_objects else []
        for state in lacking:
            state.flags |= EXPIRED
        try:
            return returned.result(self.connection, self.session.holder, overwrite)
        finally:
            for state in lacking:
                state.flags &= ~EXPIRED

    async def _core_evaluated(self, plan: SynchronizePlan, found: Found, unsure: Found) -> Any:
        if self.statement._returning:
            returned = await core_run_returning(self.connection, self.statement, self.mapper, [self.given])
            self._apply(plan, returned.sent[0], found, unsure)
            return self._loaded(returned, [*found, *unsure])
        result = await self.connection.core_execute(self.statement, self.parameters, self.options)
        self._apply(plan, result.last_updated_params() if plan.made else NOTHING, found, unsure)
        return result

    async def _core_fetched(self, plan: SynchronizePlan) -> Any:
        """Learn the matched keys from the database, run the statement, apply."""
        capabilities = self.connection.dialect.capabilities
        returns = capabilities.update_returning if self.statement.is_update else capabilities.delete_returning
        if not returns or plan.sets_key:
            # RETURNING would tell the new keys.
            found = present(self.session, self.mapper, await self._core_keys_before())
            return await self._core_evaluated(plan, found, [])
        returned = await core_run_returning(self.connection, self.statement, self.mapper, [self.given], with_keys=True)
        found = present(self.session, self.mapper, returned.keys())
        self._apply(plan, returned.sent[0], found, [])
        return self._loaded(returned, found)

    async def _core_keys_before(self) -> list[Any]:
        statement = select(*self.mapper.primary_key).where(*self.statement._where)
        if self.statement._independent_ctes:
            statement = statement.add_cte(*self.statement._independent_ctes)
        rows = (await self.connection.core_execute(statement, self.given or None)).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    def _apply(self, plan: SynchronizePlan, sent: Mapping[str, Any], found: Found, unsure: Found) -> None:
        if self.statement.is_delete:
            apply_delete(self.session, found, unsure)
        elif found or unsure:
            apply_update(
                self.session,
                plan,
                self.mapper,
                self.connection.dialect,
                self.statement,
                self.given,
                sent,
                found,
                unsure,
            )

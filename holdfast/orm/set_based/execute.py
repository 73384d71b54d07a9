"""Runs statements of mapped classes that write: each is sent by the one that knows its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.bulk_insert import core_insert_rows, together
from holdfast.orm.set_based.bulk_update import core_update_rows, keys_missing
from holdfast.orm.set_based.conflicts import core_run_conflict, may_change_objects
from holdfast.orm.set_based.hierarchies import refuse_join
from holdfast.orm.set_based.parameters import by_column
from holdfast.orm.set_based.ports import WritingSession
from holdfast.orm.set_based.returned_objects import along_of
from holdfast.orm.set_based.returning import core_run_returning
from holdfast.orm.set_based.synchronize import strategy_of
from holdfast.orm.set_based.write import AliasWrite, Write
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.sql.hierarchies import with_kind


def check_options(statement: Any, options: Mapping[str, Any]) -> None:
    """Raise for execution options that a statement of a mapped class does not take, before anything is sent."""
    if not statement.is_insert:
        strategy_of(options)


async def core_execute_dml(session: WritingSession, statement: Any, parameters: Any, options: Mapping[str, Any]) -> Any:
    """Run an INSERT, UPDATE or DELETE of a mapped class.

    Returns: the engine's result, with the number of matched rows; objects stand in its rows where RETURNING names
        mapped classes, with the relationships that are to be loaded with them.

    Raises: ArgumentError, InvalidRequestError: options that do not fit what is returned, before anything is sent.
    """
    connection = await session.core_connection_for(statement.entity.mapper, statement)
    along = along_of(statement) if statement._returning else None
    if along is None:
        return await _core_execute_dml(session, connection, statement, parameters, options)
    result = await _core_execute_dml(session, connection, along.statement, parameters, options)
    await along.core_load(session, result)
    return result


async def _core_execute_dml(
    session: WritingSession, connection: Any, statement: Any, parameters: Any, options: Mapping[str, Any]
) -> Any:
    """Run the statement and load what it returns."""
    mapper = statement.entity.mapper
    many = parameters is not None and not isinstance(parameters, Mapping)
    if many and parameters == [] and not statement.is_insert:
        return _result_of_no_rows(connection, statement, mapper, options)
    if not many or not parameters:
        given = by_column(mapper, parameters) or None
        if statement.is_insert and given and mapper.has_several_tables and not statement._rows:
            return await _core_write_by_table(session, connection, statement, mapper, [given], options)
        refuse_join(mapper, statement.visit_name.upper())
        if statement.is_insert:
            return await _core_insert(session, connection, statement, mapper, given, options)
        return await _write_of(session, connection, statement, mapper, given, options).core_run()
    if statement.is_insert:
        if statement._rows or statement._select is not None:
            return await connection.core_execute(statement, by_column(mapper, parameters), options)
        write = _core_write_by_table if mapper.has_several_tables else core_insert_rows
        return await write(session, connection, statement, mapper, parameters, options)
    if statement.is_update and not _is_by_criteria(statement, mapper, parameters):
        if mapper.has_several_tables and not statement._where:
            return await _core_write_by_table(session, connection, statement, mapper, parameters, options)
        return await core_update_rows(session, connection, statement, mapper, parameters, options)
    if strategy_of(options) is not None:
        raise exc.InvalidRequestError(_refusal(statement))
    return await connection.core_execute(statement, by_column(mapper, parameters), options)


def _result_of_no_rows(connection: Any, statement: Any, mapper: Any, options: Mapping[str, Any]) -> Any:
    """Return the result of an UPDATE or DELETE with an empty list: nothing is sent. It never means all rows.

    Raises: InvalidRequestError: what it is with a list that has rows.
    """
    if (statement.is_delete or statement._where) and strategy_of(options) is not None:
        raise exc.InvalidRequestError(_refusal(statement))
    if statement._set and not statement._where:
        raise keys_missing(facts_of(mapper), facts_of(mapper).key_names)
    return together([], 0, connection)


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


async def _core_write_by_table(
    session: WritingSession, connection: Any, statement: Any, mapper: Any, rows: Any, options: Mapping[str, Any]
) -> Any:
    """Run an INSERT or UPDATE by key with a list of rows, of a class with several tables."""
    # Here and not above: most programs have no such lists.
    from holdfast.orm.set_based.joined_rows import core_insert_joined, core_update_joined

    if statement.is_insert:
        return await core_insert_joined(session, connection, statement, mapper, rows, options)
    return await core_update_joined(session, connection, mapper, rows, options, strategy_of(options) is not None)


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


def _write_of(
    session: WritingSession, connection: Any, statement: Any, mapper: Any, given: Any, options: Mapping[str, Any]
) -> Write:
    if getattr(statement.entity, "is_aliased_class", False):
        return AliasWrite(session, connection, statement, mapper, given, options)
    if len(mapper.own_tables) == 1:
        return Write(session, connection, with_kind(statement)[0], mapper, given, options)
    from holdfast.orm.set_based.joined_write import JoinedWrite

    return JoinedWrite(session, connection, statement, mapper, given, options)

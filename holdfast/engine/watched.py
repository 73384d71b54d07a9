"""Sending a statement while somebody looks on: listeners before and after, the driver's cursor in their hands, the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.driver import Fetched
from holdfast.engine.execution_context import ExecutionContext
from holdfast.engine.logging import log_rows, origin, shown_parameters
from holdfast.engine.row import RowShape
from holdfast.exc.shown import shown


async def core_run_watched(connection: Any, compiled: Any, sql: str, parameters: Any, many: bool) -> Fetched:
    """Do what `Connection.core_run` promises, and tell the listeners and the log."""
    dispatch = connection.dispatch
    context = connection.context_of(compiled, None)
    # What the session sends comes here without having been announced.
    told = Announcement(connection, context.execution_options) if connection._now is None and compiled else None
    if told is not None:
        told.before(compiled.statement, parameters)
    sql, parameters = tell_before(context, sql, parameters, many)
    try:
        fetched = await _core_fetch(connection, context)
    except Exception as error:
        raise connection.wrapped(error, sql, parameters, many, context) from error
    for listener in dispatch.after_cursor_execute:
        listener(connection, context.cursor, sql, parameters, context, many)
    engine = connection.engine
    if connection.dispatch.logs and engine.logger.isEnabledFor(10):
        log_rows(engine.logger, log_token(connection), fetched.description, fetched.rows)
    if told is not None and dispatch.after_execute:
        told.after(compiled.statement, parameters, _facts(connection, compiled, fetched))
    return fetched


def _facts(connection: Any, compiled: Any, fetched: Fetched) -> CursorResult[Any]:
    """Return the result that listeners are shown of a statement whose rows the session reads."""
    return CursorResult(
        RowShape(()),
        [],
        rowcount=fetched.rowcount,
        lastrowid=fetched.lastrowid,
        returns_rows=False,
        compiled=compiled,
        connection=connection,
    )


def tell_before(context: ExecutionContext, sql: str, parameters: Any, many: bool) -> tuple[str, Any]:
    """Tell listeners and log what is about to be sent; returns what they made of it."""
    connection = context.connection
    context.executemany = many
    dispatch = connection.dispatch
    if dispatch.before_cursor_execute or dispatch.after_cursor_execute or dispatch.do_execute:
        context.cursor = connection.driver.cursor()
    for listener in dispatch.before_cursor_execute:
        changed = listener(connection, context.cursor, sql, parameters, context, many)
        if changed is not None and getattr(listener, "returns", False):
            sql, parameters = changed
    context.statement, context.parameters = sql, parameters
    if connection.dispatch.logs:
        log_statement(connection, context.compiled, sql, parameters, many)
    return sql, parameters


async def _core_fetch(connection: Any, context: ExecutionContext) -> Fetched:
    """Send what the context says, unless a listener does it."""
    sql, parameters, many, cursor = context.statement, context.parameters, context.executemany, context.cursor
    driver, dispatch = connection.driver, connection.dispatch
    if dispatch.do_execute or dispatch.do_executemany or dispatch.do_execute_no_params:
        cursor = context.cursor = cursor or driver.cursor()
        if _done_by_listener(dispatch, context) or connection.executes(context):
            rows = [] if cursor.description is None else cursor.fetchall()
            return Fetched(rows, cursor.description, cursor.rowcount, context.get_lastrowid())
    if cursor is not None:
        sent = driver.run_on(cursor, sql, parameters, many)
    else:
        sent = driver.run_many(sql, parameters) if many else driver.run(sql, parameters)
    return sent if sent.__class__ is Fetched else await sent  # type: ignore[no-any-return]


def _done_by_listener(dispatch: Any, context: ExecutionContext) -> bool:
    """Return True if a listener has executed the statement."""
    if not context.parameters and context.execution_options.get("no_parameters"):
        return any(listener(context.cursor, context.statement, context) for listener in dispatch.do_execute_no_params)
    listeners = dispatch.do_executemany if context.executemany else dispatch.do_execute
    return any(listener(context.cursor, context.statement, context.parameters, context) for listener in listeners)


def log_statement(connection: Any, compiled: Any, sql: str, parameters: Any, many: bool) -> None:
    """Write a statement and its parameters to the log."""
    engine = connection.engine
    token = log_token(connection)
    engine.logger.info("%s%s", token, shown(sql))
    values = shown_parameters(parameters, engine.hide_parameters, many)
    engine.logger.info("%s%s %s", token, origin(compiled), values)


def log_token(connection: Any) -> str:
    """Return the ``logging_token`` of a connection as it stands before its messages."""
    token = connection.get_execution_options().get("logging_token")
    return "" if token is None else f"[{token}] "


class Announcement:
    """Tells ``before_execute`` and ``after_execute`` of one statement.

    Args:
        connection: that runs it.
        options: that hold for this execution.
    """

    def __init__(self, connection: Any, options: Mapping[str, Any]) -> None:
        self.connection = connection
        self.dispatch = connection.dispatch
        self.options = options

    def before(self, statement: Any, parameters: Any) -> tuple[Any, Any]:
        """Tell that a statement is executed; returns the statement and its parameters as listeners want them."""
        for listener in self.dispatch.before_execute:
            multiparams, params = _as_told(parameters)
            changed = listener(self.connection, statement, multiparams, params, self.options)
            if changed is not None and getattr(listener, "returns", False):
                statement, multiparams, params = changed
                parameters = list(multiparams) if multiparams else (params or None)
        return statement, parameters

    def after(self, statement: Any, parameters: Any, result: Any) -> None:
        """Tell that it was executed."""
        for listener in self.dispatch.after_execute:
            multiparams, params = _as_told(parameters)
            listener(self.connection, statement, multiparams, params, self.options, result)


def _as_told(parameters: Any) -> tuple[Any, Any]:
    """Return parameters as the events give them: several rows, or one."""
    if isinstance(parameters, tuple):
        return (parameters,), {}
    if isinstance(parameters, list):
        return parameters, {}
    return ((), {}) if parameters is None else ([], dict(parameters))

"""The execution of one statement, as listeners and default functions see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.exc import StatementError


class ExecutionContext:
    """One execution of a statement. Programs may put attributes of their own on it; both cursor events get the same.

    Attributes:
        connection: that the statement runs on.
        compiled: what the text was compiled from; None for text as the driver takes it.
        statement: the SQL text.
        parameters: as the driver gets them; with `executemany` a list of rows.
        executemany: it runs once for each row of parameters.
        cursor: the driver's cursor, where listeners have asked for it.
        current_parameters: the values of the row, by column key, while a default function is called.
        current_column: whose default is made.
        isinsert, isupdate: which statement it is.
    """

    def __init__(self, connection: Any, compiled: Any = None, options: Mapping[str, Any] | None = None) -> None:
        self.connection = connection
        # The options are the connection's and the statement's where the execution has none of its own.
        self._given = connection._now if options is None else options
        self.root_connection = connection
        self.compiled = compiled
        kind = getattr(compiled, "kind", None)
        self.isinsert = kind == "insert"
        self.isupdate = kind == "update"
        self.isdelete = kind == "delete"
        self.isddl = False
        self.statement: str | None = None
        self.parameters: Any = None
        self.executemany = False
        self.cursor: Any = None
        self.current_parameters: dict[str, Any] | None = None
        self._group: dict[str, Any] | None = None
        self.current_column: Any = None

    @classmethod
    def for_default(
        cls,
        connection: Any,
        parameters: dict[str, Any],
        column: Any,
        is_insert: bool,
        group: dict[str, Any] | None = None,
    ) -> ExecutionContext:
        """Return what a default function with an argument gets.

        Args:
            group: the values of the row alone, where `parameters` are those of several.
        """
        context = cls(connection)
        context.current_parameters = parameters
        context._group = parameters if group is None else group
        context.current_column = column
        context.isinsert = is_insert
        context.isupdate = not is_insert
        return context

    @property
    def dialect(self) -> Any:
        """The dialect of the connection."""
        return self.connection.dialect

    @property
    def engine(self) -> Any:
        """The engine of the connection."""
        return self.connection.engine

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """The options that hold for this execution: the statement's, the connection's, its own."""
        if self._given is not None:
            return self._given
        return {**getattr(self.invoked_statement, "_execution_options", {}), **self.connection.get_execution_options()}

    @property
    def invoked_statement(self) -> Any:
        """The statement that was executed; None for text."""
        return getattr(self.compiled, "statement", None)

    def pre_exec(self) -> None:
        """Look at the execution before it, where a dialect's `execution_ctx_cls` overrides this; may change `statement`."""

    def post_exec(self) -> None:
        """Look at the execution after it, before its rows are fetched."""

    def get_lastrowid(self) -> Any:
        """Return the key that the database made for the last row, as the cursor tells it."""
        return getattr(self.cursor, "lastrowid", None)

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> dict[str, Any]:
        """Return the values of the row, by column key.

        Args:
            isolate_multiinsert_groups: of an INSERT with several rows in its VALUES those of the row alone; otherwise
                those of all, by the names of their parameters.
        """
        found = self._group if isolate_multiinsert_groups else self.current_parameters
        return {} if found is None else found


class ExceptionContext:
    """What a ``handle_error`` listener gets.

    Attributes:
        connection: None where connecting failed.
        engine, dialect: of it.
        cursor: the driver's cursor, where there is one.
        statement, parameters: what was sent.
        original_exception: what the driver raised, or what came before it was asked.
        sqlalchemy_exception: what is going to be raised; None for errors that are not the driver's.
        chained_exception: what a listener before this one gave instead.
        execution_context: the execution, if it had begun.
        is_disconnect: the connection is lost; may be set.
        is_pre_ping: it failed while an idle connection was tried.
        invalidate_pool_on_disconnect: a lost connection declares all others of the pool lost too; may be set.
    """

    is_pre_ping = False

    def __init__(
        self,
        engine: Any,
        connection: Any,
        original: BaseException,
        wrapped: BaseException | None,
        context: ExecutionContext | None,
        statement: str | None = None,
        parameters: Any = None,
    ) -> None:
        self.engine = engine
        self.dialect = engine.dialect
        self.connection = connection
        self.original_exception = original
        self.sqlalchemy_exception = wrapped
        self.chained_exception: BaseException | None = None
        self.execution_context = context
        self.cursor = None if context is None else context.cursor
        self.statement = statement
        self.parameters = parameters
        self.is_disconnect = bool(getattr(wrapped, "connection_invalidated", False))
        self.invalidate_pool_on_disconnect = True


def ask_listeners(facts: ExceptionContext, listeners: Any) -> BaseException:
    """Tell ``handle_error`` listeners of an error and return what is to be raised."""
    raised = facts.sqlalchemy_exception or facts.original_exception
    for listener in listeners:
        try:
            given = listener(facts)
        except Exception as error:
            return error
        if isinstance(given, BaseException):
            facts.chained_exception = raised = given
    if isinstance(raised, StatementError):
        raised.is_told = True
    if facts.sqlalchemy_exception is not None:
        facts.sqlalchemy_exception.connection_invalidated = facts.is_disconnect  # type: ignore[attr-defined]
    return raised

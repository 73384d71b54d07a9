"""Gateway: one connection with its transaction; sends compiled SQL and brings whole answers.

Source: Fowler, PoEAA, Gateway. `core_run` is the hot way: BEGIN if it is due, the driver's call, the error wrapped.
Events, echo and savepoints that wait cost one test of one flag.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.driver import Fetched
from holdfast.engine.execution_context import ExecutionContext
from holdfast.engine.result import ScalarResult
from holdfast.engine.statements import core_execute_statement, core_execute_text
from holdfast.engine.transaction import NestedTransaction, RootTransaction
from holdfast.engine.transactional import TransactionalConnection
from holdfast.engine.two_phase import TwoPhaseTransaction
from holdfast.engine.watched import core_run_watched, tell_before

NO_OPTIONS: Mapping[str, Any] = {}


class Connection(TransactionalConnection):
    """A connection from an engine's pool, and its transaction.

    Made by `Engine.connect`; a transaction begins with the first statement and lasts until `commit` or `rollback`.
    """

    is_connection = True

    # Programs hang facts of their own on a connection, such as a count of its statements.
    __slots__ = ("__dict__",)

    # -- sending -------------------------------------------------------------------------------------------------------

    async def core_run(self, compiled: Any, sql: str, parameters: Any, many: bool = False) -> Fetched:
        """Send one statement in the connection's transaction and return its whole answer.

        Args:
            compiled: what `sql` was compiled from; tells whether it writes. None: unknown text.
            parameters: one row, or with `many` a list of rows.

        Raises: DBAPIError: what the driver said, as its documented class.
        """
        entry = self._entry
        if entry is None:
            raise self._closed_error()
        writes = compiled is None or compiled.writes
        if self._waiting or self._transaction is None:
            await self._begin_what_waits(writes, sql if compiled is None or compiled.kind == "text" else "")
        entry.last_sql = sql
        if writes:
            self._wrote = True
            self.writes += 1
        if self.dispatch.watched:
            return await core_run_watched(self, compiled, sql, parameters, many)
        try:
            sent = self.driver.run_many(sql, parameters) if many else self.driver.run(sql, parameters)
            return sent if sent.__class__ is Fetched else await sent
        except Exception as error:
            raise self.wrapped(error, sql, parameters, many) from error
        except BaseException as error:
            self.check_interruption(error, sql)
            raise

    def executes(self, context: ExecutionContext) -> bool:
        """Execute what a context says, where the dialect overrides that; returns True if it was executed."""
        return False

    async def core_let_commit_follow(self) -> bool:
        """Let the root's COMMIT go along with the next statement, where nobody listens in between and the driver can.

        What the COMMIT said is raised with the statement, or when the COMMIT is asked for, as if it had been sent then.

        Returns: whether it goes along.
        """
        if self._entry is not None and self.driver.takes_begin_along and not self.dispatch.watched:
            if self._transaction is None or self._waiting:
                await self._begin_what_waits(True)
            root = self._transaction
            if root.__class__ is RootTransaction and root.sent and not self.dispatch.commit:
                self.driver.commit_with_next()
                return True
        return False

    async def core_copy_in(self, sql: str, rows: Iterable[Any]) -> int:
        """Send rows by a COPY; returns their number.

        Raises: InvalidRequestError: the driver has no COPY.
        """
        return await self._core_copy("copy_in", sql, rows)

    async def core_copy_out(self, sql: str, write: Callable[[bytes], Any]) -> int:
        """Hand what a COPY gives to `write`, piece by piece; returns the number of rows."""
        return await self._core_copy("copy_out", sql, write)

    async def _core_copy(self, way: str, sql: str, other_end: Any) -> int:
        if self._entry is None:
            raise self._closed_error()
        copy = getattr(self.driver, way, None)
        if copy is None:
            raise exc.InvalidRequestError(
                f"The driver {self.dialect.link.name} has no COPY here; write postgresql+psycopg:// in the address."
            )
        if self._transaction is None or self._waiting:
            await self._begin_what_waits(way == "copy_in")
        self._entry.last_sql = sql
        if way == "copy_in":
            self._wrote = True
            self.writes += 1
        try:
            return await copy(sql, other_end)  # type: ignore[no-any-return]
        except Exception as error:
            raise self.wrapped(error, sql, (), False) from error

    async def core_run_each(self, compiled: Any, sql: str, rows: Sequence[Any]) -> list[Fetched]:
        """Send one statement for each row of parameters, in one hop, and return each answer."""
        entry = self._entry
        if entry is None:
            raise self._closed_error()
        if self._transaction is None or self._waiting:
            await self._begin_what_waits(True)
        entry.last_sql = sql
        self._wrote = True
        self.writes += 1
        if self.dispatch.watched:
            return [await core_run_watched(self, compiled, sql, row, False) for row in rows]
        try:
            return await self.driver.run_each(sql, rows)  # type: ignore[no-any-return]
        except Exception as error:
            raise self.wrapped(error, sql, rows, True) from error
        except BaseException as error:
            self.check_interruption(error, sql)
            raise

    async def core_open_stream(self, compiled: Any, sql: str, parameters: Any, is_query: bool) -> Any:
        """Send one statement in the connection's transaction and leave its rows in the database.

        Args:
            is_query: a SELECT, of which the server can keep a cursor.

        Returns: the driver's `RowStream`.
        """
        entry = self._open_entry()
        if self._waiting or self._transaction is None:
            await self._begin_what_waits(not is_query)
        entry.last_sql = sql
        self._wrote = self._wrote or not is_query
        self.writes += not is_query
        context = None
        if self.dispatch.watched:
            context = ExecutionContext(self, compiled)
            sql, parameters = tell_before(context, sql, parameters, False)
        try:
            sent = self.driver.open_stream(sql, parameters, is_query)
            stream = await sent if hasattr(sent, "__await__") else sent
        except Exception as error:
            raise self.wrapped(error, sql, parameters, False, context) from error
        if context is not None:
            for listener in self.dispatch.after_cursor_execute:
                listener(self, stream.raw, sql, parameters, context, False)
        return stream

    # -- the synchronous face ------------------------------------------------------------------------------------------

    def execution_options(self, **options: Any) -> Connection:
        """Set options for all statements of this connection, and return it.

        Args:
            isolation_level: ``"AUTOCOMMIT"``, or a level that the database knows; before a transaction begins.
            schema_translate_map: schema as it is declared, or None -> schema as it is called in the database.
            stream_results, yield_per, max_row_buffer: leave rows in the database and fetch them in chunks.
            logging_token: stands in brackets before the connection's log messages.
            compiled_cache: a dict to keep compiled statements in, or None for none.
            driver_column_names: rows have the keys that the driver gives.

        Raises: InvalidRequestError: `isolation_level`, or another option that goes with BEGIN, inside a transaction.
        """
        for listener in self.dispatch.set_connection_execution_options:
            listener(self, options)
        level = options.get("isolation_level")
        if level is not None:
            self.set_isolation_level(level)
        if self._transaction is not None and self.dialect.begin_options(options):
            raise self.already_begun("its mode")
        if "schema_translate_map" in options:
            self.engine = self.engine.with_schemas(options["schema_translate_map"] or {})
            self.dialect = self.engine.dialect
        self._options = {**self._options, **options}
        return self

    def begin(self) -> RootTransaction:
        """Begin a transaction; as a block it commits at the end and rolls back after an error."""
        return drive(self.core_begin())

    def begin_nested(self) -> NestedTransaction:
        """Begin a savepoint; as a block it is released at the end and rolled back after an error."""
        return drive(self.core_begin_nested())

    def commit(self) -> None:
        """Commit the transaction; the next statement begins another."""
        self.check_sync("Connection.commit()")
        drive(self.core_commit())

    def rollback(self) -> None:
        """Roll the transaction back; the next statement begins another."""
        self.check_sync("Connection.rollback()")
        drive(self.core_rollback())

    def close(self) -> None:
        """Roll back what is open and give the connection to the pool."""
        if self._entry is not None:
            self.check_sync("Connection.close()")
            drive(self.core_close())

    def begin_twophase(self, xid: Any = None) -> TwoPhaseTransaction:
        """Begin a transaction that can be prepared before it is committed.

        Args:
            xid: its identifier; None: one is made.

        Raises: InvalidRequestError: one has begun already. NotImplementedError: the database can not.
        """
        return drive(self.core_begin_twophase(xid))

    def recover_twophase(self) -> list[Any]:
        """Return the identifiers of the transactions that were prepared and not yet ended."""
        self.check_sync("Connection.recover_twophase()")
        return drive(self.core_recover_twophase())

    def commit_prepared(self, xid: Any, recover: bool = False) -> None:
        """Commit a transaction that was prepared; with `recover` one of another connection."""
        self.check_sync("Connection.commit_prepared()")
        drive(self.core_end_prepared(xid, True, recover))

    def rollback_prepared(self, xid: Any, recover: bool = False) -> None:
        """Roll back a transaction that was prepared; with `recover` one of another connection."""
        self.check_sync("Connection.rollback_prepared()")
        drive(self.core_end_prepared(xid, False, recover))

    def core_execute(
        self, statement: Any, parameters: Any = None, execution_options: Mapping[str, Any] = NO_OPTIONS
    ) -> Coroutine[Any, Any, CursorResult[Any]]:
        """Return the coroutine that runs a statement; see `execute`."""
        return core_execute_statement(self, statement, parameters, execution_options)

    def core_exec_driver_sql(
        self, sql: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> Coroutine[Any, Any, CursorResult[Any]]:
        """Return the coroutine that runs a text as the driver takes it; see `exec_driver_sql`."""
        return core_execute_text(self, sql, parameters, execution_options or NO_OPTIONS)

    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a statement in the connection's transaction.

        Args:
            statement: select(), insert(), update(), delete(), text(), DDL.
            parameters: values by name; a list of dicts runs the statement once for each.

        Raises:
            ObjectNotExecutableError: `statement` is text without ``text()``, or no statement.
            DBAPIError: what the driver said.
        """
        if self.engine.is_async:
            self.check_sync("Connection.execute()")
        return drive(core_execute_statement(self, statement, parameters, execution_options or NO_OPTIONS))

    def scalar(self, statement: Any, parameters: Any = None, **keywords: Any) -> Any:
        """Run a statement and return the first column of the first row, or None."""
        return self.execute(statement, parameters, **keywords).scalar()

    def scalars(self, statement: Any, parameters: Any = None, **keywords: Any) -> ScalarResult[Any]:
        """Run a statement and return the first column."""
        return self.execute(statement, parameters, **keywords).scalars()

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a text exactly as the driver takes it, with its own parameter marks.

        Args:
            parameters: a tuple or dict; a list of these runs the text once for each.

        Raises: ArgumentError: `parameters` are something else.
        """
        self.check_sync("Connection.exec_driver_sql()")
        return drive(self.core_exec_driver_sql(statement, parameters, execution_options))

    def run_schema(self, what: str, subject: Any, tables: list[Any] | None, checkfirst: Any) -> None:
        """Create or drop in the connection's transaction (called by parts of a schema)."""
        from holdfast.engine.schema import run_schema  # not every program creates tables

        run_schema(self, what, subject, tables, checkfirst)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

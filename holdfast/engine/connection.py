"""Gateway: one connection with its transaction; sends compiled SQL and brings whole answers.

Source: Fowler, PoEAA, Gateway. `core_run` is the hot way: BEGIN if it is due, the driver's call, the error wrapped.
Events, echo and savepoints that wait cost one test of one flag.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge
from holdfast.engine.driver import Fetched
from holdfast.engine.errors import wrap_driver_error
from holdfast.engine.logging import shown_parameters
from holdfast.engine.pool import PoolEntry
from holdfast.engine.result import CursorResult, ScalarResult
from holdfast.engine.row import RowShape
from holdfast.engine.schema import run_schema
from holdfast.engine.statements import core_execute_statement
from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction

NO_OPTIONS: Mapping[str, Any] = {}


class Connection:
    """A connection from an engine's pool, and its transaction.

    Made by `Engine.connect`; a transaction begins with the first statement and lasts until `commit` or `rollback`.
    """

    is_connection = True

    __slots__ = (
        "__weakref__", "_autocommit", "_entry", "_info", "_level", "_options", "_savepoints", "_transaction", "_waiting", "_wrote",
        "dialect", "dispatch", "driver", "engine", "invalidated",
    )  # fmt: skip

    def __init__(self, engine: Any, entry: PoolEntry) -> None:
        self.engine = engine
        self.dialect = engine.dialect
        self.dispatch = engine.dispatch
        self.driver = entry.driver
        self._entry: PoolEntry | None = entry
        self._transaction: Transaction | None = None
        self._waiting = False
        self._wrote = False
        self._savepoints = 0
        self._options: Mapping[str, Any] = engine.options
        self._autocommit = engine.autocommit
        self._level: str | None = engine.isolation_level
        self._info: dict[Any, Any] | None = None
        self.invalidated = False

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
            await self._begin_what_waits(writes)
        entry.last_sql = sql
        if writes:
            self._wrote = True
        if self.engine.watched:
            return await self._run_watched(compiled, sql, parameters, many)
        try:
            sent = self.driver.run_many(sql, parameters) if many else self.driver.run(sql, parameters)
            return sent if sent.__class__ is Fetched else await sent
        except Exception as error:
            raise self._wrapped(error, sql, parameters, many) from error

    async def core_run_last(self, compiled: Any, sql: str, parameters: Any) -> Fetched:
        """Send a statement that the root's COMMIT follows at once; where nobody listens in between, COMMIT goes along.

        What the COMMIT said is raised when it is asked for, as if it had been sent then.
        """
        if self._entry is not None and self.driver.takes_begin_along and not self.engine.watched:
            if self._transaction is None or self._waiting:
                await self._begin_what_waits(True)
            root = self._transaction
            if isinstance(root, RootTransaction) and root.sent and not self.dispatch.commit:
                self.driver.commit_with_next()
        return await self.core_run(compiled, sql, parameters)

    async def core_run_each(self, compiled: Any, sql: str, rows: Sequence[Any]) -> list[Fetched]:
        """Send one statement for each row of parameters, in one hop, and return each answer."""
        entry = self._entry
        if entry is None:
            raise self._closed_error()
        if self._transaction is None or self._waiting:
            await self._begin_what_waits(True)
        entry.last_sql = sql
        self._wrote = True
        if self.engine.watched:
            return [await self._run_watched(compiled, sql, row, False) for row in rows]
        try:
            return await self.driver.run_each(sql, rows)  # type: ignore[no-any-return]
        except Exception as error:
            raise self._wrapped(error, sql, rows, True) from error

    async def _run_watched(self, compiled: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Send with listeners and log."""
        dispatch = self.dispatch
        for listener in dispatch.before_cursor_execute:
            changed = listener(self, None, sql, parameters, compiled, many)
            if changed is not None and getattr(listener, "returns", False):
                sql, parameters = changed
        engine = self.engine
        if engine.logs:
            engine.logger.info(sql)
            engine.logger.info("%s", shown_parameters(parameters, engine.hide_parameters, many))
        try:
            sent = self.driver.run_many(sql, parameters) if many else self.driver.run(sql, parameters)
            fetched = sent if sent.__class__ is Fetched else await sent
        except Exception as error:
            raise self._wrapped(error, sql, parameters, many) from error
        for listener in dispatch.after_cursor_execute:
            listener(self, None, sql, parameters, compiled, many)
        return fetched  # type: ignore[no-any-return]

    async def core_send(self, sql: str) -> None:
        """Send a mark of a transaction: it is carried out even if the caller is cancelled meanwhile."""
        if self.engine.logs:
            self._log_mark(sql)
        if self.engine.watched and "SAVEPOINT" in sql:
            for listener in self.dispatch.before_cursor_execute:
                listener(self, None, sql, (), None, False)
        try:
            sent = self.driver.run_essential(sql)
            if sent is not None:
                await sent
        except Exception as error:
            raise self._wrapped(error, sql, (), False) from error

    def _log_mark(self, sql: str) -> None:
        self.engine.logger.info("BEGIN (implicit)" if sql.startswith("BEGIN") else sql)

    def _wrapped(self, error: Exception, sql: str, parameters: Any, many: bool) -> Exception:
        """Return the documented exception, and mark the connection if it was lost."""
        wrapped = wrap_driver_error(self.dialect, error, sql, parameters, self.engine.hide_parameters, many)
        if getattr(wrapped, "connection_invalidated", False):
            self.invalidated = True
        for listener in self.dispatch.handle_error:
            listener(wrapped)
        return wrapped

    def _closed_error(self) -> Exception:
        return exc.ResourceClosedError("This Connection is closed")

    # -- transaction ---------------------------------------------------------------------------------------------------

    async def _begin_what_waits(self, writes: bool) -> None:
        """Send BEGIN and the savepoints that wait for their first use."""
        transaction = self._transaction or self.start_root()
        if transaction.__class__ is RootTransaction:
            if not transaction.sent:
                await self._begin_root(transaction, writes)
        else:
            waiting = [transaction]
            while isinstance(waiting[-1], NestedTransaction):
                waiting.append(waiting[-1].parent)
            for level in reversed(waiting):
                if level.sent:
                    continue
                if isinstance(level, NestedTransaction):
                    await level.core_send_begin()
                else:
                    await self._begin_root(level, writes)
        self._waiting = False

    async def core_prepare_to_write(self) -> None:
        """Send what waits as if the next statement wrote: rows that are read now will be changed."""
        if self._transaction is None or self._waiting:
            await self._begin_what_waits(True)

    async def _begin_root(self, root: Transaction, writes: bool) -> None:
        """Send BEGIN, unless the driver's connection is in autocommit or shared and has one open."""
        if self._autocommit or self.driver.in_transaction():
            return
        sql = self.dialect.begin_text(writes, self._level)
        if self.driver.takes_begin_along:
            if self.engine.logs:
                self._log_mark(sql)
            self.driver.begin_with_next(sql)
        else:
            await self.core_send(sql)
        root.sent = True

    async def core_roll_back_root(self) -> None:
        """Send ROLLBACK; after mere reading nobody needs to wait for it. Nothing is sent where nothing is open.

        After some errors (a full disk) the database has rolled back by itself.
        """
        driver = self.driver
        if not driver.in_transaction():
            return
        if driver.takes_begin_along and not self._wrote:
            if self.engine.logs:
                self._log_mark("ROLLBACK")
            driver.roll_back_soon()
        else:
            await self.core_send("ROLLBACK")

    def start_root(self) -> RootTransaction:
        """Begin the root transaction of a connection that has none; see `core_begin`."""
        root = RootTransaction(self)
        self._wrote = False
        self._transaction = root
        self._waiting = True
        if self.dispatch.begin:
            for listener in self.dispatch.begin:
                listener(self)
        return root

    async def core_begin(self) -> RootTransaction:
        """Begin a transaction; BEGIN goes out with its first statement.

        Raises: InvalidRequestError: one has begun already.
        """
        if self._entry is None:
            raise self._closed_error()
        if self._transaction is not None:
            raise exc.InvalidRequestError(
                "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; "
                "can't call begin() here unless rollback() or commit() is called first."
            )
        return self.start_root()

    async def core_begin_nested(self) -> NestedTransaction:
        """Begin a savepoint; SAVEPOINT goes out with its first statement."""
        parent = self._transaction or self.start_root()
        self._savepoints += 1
        # The name is the engine's own, never a user's text.
        nested = NestedTransaction(self, f"sa_savepoint_{self._savepoints}", parent)
        self._transaction = nested
        self._waiting = True
        return nested

    def end_transaction(self, transaction: Transaction) -> None:
        """A transaction has ended (called by the transaction)."""
        if isinstance(transaction, NestedTransaction):
            level = self._transaction
            while isinstance(level, NestedTransaction):
                level.is_active = level.is_active and level is not transaction
                if level is transaction:
                    self._transaction = level.parent
                    return
                level = level.parent
        else:
            self._transaction = None
            self._waiting = False
            self._savepoints = 0

    async def core_end_savepoints(self) -> None:
        """Release the savepoints that are open, from the innermost on."""
        while isinstance(self._transaction, NestedTransaction):
            await self._transaction.core_commit()

    async def core_commit(self) -> None:
        """Commit the transaction; nothing happens if none has begun."""
        transaction = self.get_transaction()
        if transaction is not None:
            await transaction.core_commit()

    async def core_rollback(self) -> None:
        """Roll the transaction back; nothing happens if none has begun."""
        transaction = self.get_transaction()
        if transaction is not None:
            await transaction.core_rollback()

    async def core_close(self) -> None:
        """Roll back what is open and give the connection to the pool; it comes back whole, or not at all."""
        entry = self._entry
        if entry is None:
            return
        self._entry = None
        pool = self.engine.pool
        if self.invalidated:
            pool.discard(entry)
            return
        root = self.get_transaction()
        try:
            if root is not None:
                await root.core_rollback()
        except BaseException:
            # In an unknown state: it must not serve anybody else.
            pool.discard(entry)
            raise
        await pool.core_release(entry)

    def __del__(self) -> None:
        entry = getattr(self, "_entry", None)
        if entry is None:
            return
        # Forgotten without close(). It goes back rolled back, as by close(), where the driver needs no waiting for that;
        # otherwise it is closed, which is a ROLLBACK too.
        if self.engine.dialect.is_async and not self.driver.takes_begin_along:
            self._entry = None
            self.engine.pool.discard(entry)
            return
        self._wrote = False
        with suppress(Exception):  # what fails is discarded by core_close; nobody is there to be told
            drive(self.core_close())

    # -- facts ---------------------------------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self._entry is None

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts; they stay with the driver's connection while it is in the pool."""
        if self._entry is None:
            raise self._closed_error()
        return self._entry.info

    @property
    def connection(self) -> Any:
        """The pool's entry: ``.driver.raw`` is the driver's connection."""
        return self._entry

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self._transaction is not None

    def in_nested_transaction(self) -> bool:
        """Return True inside a savepoint."""
        return isinstance(self._transaction, NestedTransaction)

    def get_transaction(self) -> Transaction | None:
        """Return the root transaction, or None."""
        level = self._transaction
        while isinstance(level, NestedTransaction):
            level = level.parent
        return level

    def get_nested_transaction(self) -> Transaction | None:
        """Return the innermost savepoint, or None."""
        return self._transaction if isinstance(self._transaction, NestedTransaction) else None

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options that hold for all statements of this connection."""
        return self._options

    def check_sync(self, what: str) -> None:
        """Raise where a synchronous call would need an event loop.

        Raises: MissingGreenlet: the engine is an asynchronous one, and this is not a bridge.
        """
        if self.dialect.is_async and not in_bridge():
            raise exc.SyncCallOnAsyncError(what)

    # -- the synchronous face ------------------------------------------------------------------------------------------

    def execution_options(self, **options: Any) -> Connection:
        """Set options for all statements of this connection, and return it.

        Args:
            isolation_level: ``"AUTOCOMMIT"``, or a level that the database knows; before a transaction begins.
        """
        level = options.get("isolation_level")
        if level is not None:
            if self._transaction is not None and self._transaction.sent:
                raise exc.InvalidRequestError(
                    "This connection has already initialized a SQLAlchemy Transaction() object via begin() or "
                    "autobegin; isolation_level may not be altered unless rollback() or commit() is called first."
                )
            self._autocommit = self.dialect.is_autocommit(level)
            self._level = None if self._autocommit else level
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

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Declare the driver's connection unusable: it is closed instead of going back to the pool."""
        self.invalidated = True

    def core_execute(
        self, statement: Any, parameters: Any = None, execution_options: Mapping[str, Any] = NO_OPTIONS
    ) -> Coroutine[Any, Any, CursorResult[Any]]:
        """Return the coroutine that runs a statement; see `execute`."""
        return core_execute_statement(self, statement, parameters, execution_options)

    async def core_exec_driver_sql(self, sql: str, parameters: Any = None) -> CursorResult[Any]:
        """Run a text as the driver takes it; see `exec_driver_sql`."""
        many = isinstance(parameters, list)
        fetched = await self.core_run(None, sql, () if parameters is None else parameters, many)
        return driver_result(fetched)

    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] = NO_OPTIONS
    ) -> CursorResult[Any]:
        """Run a statement in the connection's transaction.

        Args:
            statement: select(), insert(), update(), delete(), text(), DDL.
            parameters: values by name; a list of dicts runs the statement once for each.

        Raises:
            ObjectNotExecutableError: `statement` is text without ``text()``, or no statement.
            DBAPIError: what the driver said.
        """
        self.check_sync("Connection.execute()")
        return drive(self.core_execute(statement, parameters, execution_options))

    def scalar(self, statement: Any, parameters: Any = None, **keywords: Any) -> Any:
        """Run a statement and return the first column of the first row, or None."""
        return self.execute(statement, parameters, **keywords).scalar()

    def scalars(self, statement: Any, parameters: Any = None, **keywords: Any) -> ScalarResult[Any]:
        """Run a statement and return the first column."""
        return self.execute(statement, parameters, **keywords).scalars()

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a text exactly as the driver takes it, with its own parameter marks."""
        self.check_sync("Connection.exec_driver_sql()")
        return drive(self.core_exec_driver_sql(statement, parameters))

    def run_schema(self, what: str, subject: Any, tables: list[Any] | None, checkfirst: Any) -> None:
        """Create or drop in the connection's transaction (called by parts of a schema)."""
        run_schema(self, what, subject, tables, checkfirst)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def driver_result(fetched: Fetched) -> CursorResult[Any]:
    """Return the result of a text that was not compiled: keys as the driver names them, values as it gives them."""
    from_driver = fetched.description
    shape = RowShape([column[0] for column in from_driver or ()])
    rows = list(map(shape.row_class, fetched.rows))
    return CursorResult(
        shape, rows, rowcount=fetched.rowcount, lastrowid=fetched.lastrowid, returns_rows=from_driver is not None
    )

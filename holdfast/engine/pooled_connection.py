"""What a Connection is toward its pool: it holds an entry, may lose and open it anew, may take it out for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge
from holdfast.engine.commit_outcome import (
    has_failed_to_begin,
    is_cancellation,
    is_unknown,
    may_have_committed,
    note_unknown,
    went_along,
)
from holdfast.engine.driver import Fetched
from holdfast.engine.errors import wrap_driver_error
from holdfast.engine.execution_context import ExceptionContext, ExecutionContext, ask_listeners
from holdfast.engine.pooled import ConnectionPoolEntry, PoolProxiedConnection
from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction


class PooledConnection:
    """The entry of a pool that a Connection uses, and the facts beside it.

    Attributes:
        engine, dialect, dispatch: whose it is, what the database is like, who listens.
        driver: sends the SQL.
        invalidated: the driver's connection was lost; the next transaction opens another.
        writes: statements sent that may have changed rows.
    """

    __slots__ = (
        "__weakref__", "_autocommit", "_entry", "_feeds", "_is_level_set", "_level", "_lost", "_now", "_options", "_proxy", "_savepoints",
        "_transaction", "_waiting", "_wrote", "block", "dialect", "dispatch", "driver", "engine", "invalidated",
        "writes",
    )  # fmt: skip

    def __init__(self, engine: Any, entry: ConnectionPoolEntry) -> None:
        self.engine = engine
        self.dialect = engine.dialect
        self.dispatch = engine.dispatch
        self.driver = entry.driver
        self._entry: ConnectionPoolEntry | None = entry
        self._transaction: Transaction | None = None
        # The transaction whose `with` block the program is in.
        self.block: Transaction | None = None
        self._waiting = False
        self._wrote = False
        self.writes = 0
        self._savepoints = 0
        self._options: Mapping[str, Any] = engine.options
        # The options of the statement that runs now, where it has any of its own.
        self._now: Mapping[str, Any] | None = None
        self._autocommit = engine.autocommit
        self._level: str | None = engine.isolation_level
        self._is_level_set = False
        self._feeds: list[Any] | None = None
        self._proxy: PoolProxiedConnection | None = None
        # The root transaction that was open when the driver's connection was lost.
        self._lost: Transaction | None = None
        self.invalidated = False

    # -- facts ---------------------------------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self._entry is None

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts; they stay with the driver's connection while it is in the pool."""
        return self._open_entry().info

    @property
    def connection(self) -> PoolProxiedConnection:
        """The connection of the pool: ``.dbapi_connection`` is the driver's."""
        return drive(self.core_pool_connection())

    async def core_pool_connection(self) -> PoolProxiedConnection:
        """Do what `connection` promises."""
        entry = self._open_entry()
        if self._proxy is None:
            if self.invalidated:
                await self._core_open_anew()
            self._proxy = PoolProxiedConnection(entry, owner=self)
        return self._proxy

    def _open_entry(self) -> ConnectionPoolEntry:
        if self._entry is None:
            raise self._closed_error()
        return self._entry

    def _closed_error(self) -> Exception:
        return exc.ResourceClosedError("This Connection is closed")

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options that hold for all statements of this connection."""
        return self._options

    @property
    def options_now(self) -> Mapping[str, Any]:
        """The options of the statement that runs now."""
        return self._options if self._now is None else self._now

    def context_of(self, compiled: Any, options: Mapping[str, Any] | None) -> ExecutionContext:
        """Return the context of an execution, for its result."""
        return ExecutionContext(self, compiled, options)

    def schema_for_object(self, obj: Any) -> str | None:
        """Return the schema of a table or another item."""
        return obj.schema  # type: ignore[no-any-return]

    def check_sync(self, what: str) -> None:
        """Raise where a synchronous call would need an event loop.

        Raises: MissingGreenlet: the engine is an asynchronous one, and this is not a bridge.
        """
        if self.engine.is_async and not in_bridge():
            raise exc.SyncCallOnAsyncError(what)

    # -- errors and lost connections -----------------------------------------------------------------------------------

    def wrapped(
        self, error: Exception, sql: str | None, parameters: Any, many: bool, context: ExecutionContext | None = None
    ) -> BaseException:
        """Return what is raised for an error; a lost connection is given up."""
        cursor = None if context is None else context.cursor
        wrapped = wrap_driver_error(
            self.dialect,
            error,
            sql,
            parameters,
            self.engine.hide_parameters,
            many,
            getattr(self.driver, "raw", None),
            cursor,
        )
        if getattr(wrapped, "connection_invalidated", False) and self._may_have_committed(wrapped, error, sql):
            wrapped = self._commit_unknown(error, wrapped)
        raised: BaseException = wrapped
        is_lost, others_too = bool(getattr(wrapped, "connection_invalidated", False)), True
        if self.dispatch.handle_error:
            known = None if wrapped is error else wrapped
            facts = ExceptionContext(self.engine, self, error, known, context, sql, parameters)
            raised = ask_listeners(facts, self.dispatch.handle_error)
            is_lost, others_too = facts.is_disconnect, facts.invalidate_pool_on_disconnect
            if is_lost and not is_unknown(error) and self._may_have_committed(wrapped, error, sql):
                # A listener knows that the connection is lost, which the dialect did not.
                unknown = self._commit_unknown(error, wrapped)
                raised = unknown if raised is wrapped else raised
        if is_unknown(error) and went_along(error):
            self._end_with_unknown_outcome()
        if is_lost and not self.invalidated and self._entry is not None:
            if others_too:
                self.engine.pool.invalidate_older()
            self._lose(error)
        elif not self.invalidated:
            self._note_end(error)
        return raised

    def tell_early(self, error: exc.StatementError) -> None:
        """Tell listeners to errors of a statement that was refused before it was sent: a value is missing, or has no form.

        Raises: what a listener has given in the place of `error`.
        """
        if error.is_told or not self.dispatch.handle_error:
            return
        facts = ExceptionContext(self.engine, self, error.orig or error, error, None, error.statement, error.params)
        raised = ask_listeners(facts, self.dispatch.handle_error)
        if raised is not error:
            raise raised from error

    def _note_end(self, error: Exception) -> None:
        """Let nothing go on but by `rollback` where the database has rolled back with the error: a deadlock, a full disk.

        The next statement would be outside of any transaction: stored at once, and not undone.
        """
        root = self.get_transaction()
        if root is None or not root.sent or root.__class__ is not RootTransaction or self.driver.in_transaction():
            return
        if has_failed_to_begin(error):
            root.sent = False
        else:
            root.is_active = False
            root.ended_by = error
        self._waiting = True

    def _may_have_committed(self, wrapped: Exception, error: BaseException, sql: str | None) -> bool:
        """Return True if a COMMIT was under way when the connection was lost, or the database says that it may have been."""
        return (
            isinstance(wrapped, exc.CommitUnknown)
            or went_along(error)
            or may_have_committed(self.dialect, sql, self._autocommit)
        )

    def _commit_unknown(self, error: BaseException, wrapped: Any) -> exc.CommitUnknown:
        """Return the error that says that nobody knows what became of a COMMIT, in the place of `wrapped`."""
        note_unknown(error)
        statement, parameters = getattr(wrapped, "statement", None), getattr(wrapped, "params", None)
        unknown = self._unknown(statement, parameters, error, str(wrapped.args[0]))
        unknown.hide_parameters = self.engine.hide_parameters
        unknown.ismulti = getattr(wrapped, "ismulti", None)
        return unknown

    def _unknown(self, sql: str | None, parameters: Any, error: BaseException, first: str) -> exc.CommitUnknown:
        is_prepared = sql is not None and self.dialect.commits_prepared.match(sql) is not None
        return exc.CommitUnknown.during(sql, parameters, error, first, repr(self.engine), is_prepared)

    def _end_with_unknown_outcome(self) -> None:
        """A COMMIT went along with a statement, and nobody knows what became of it: its transaction has ended."""
        root = self.get_transaction()
        if root is not None:
            root.end(None)

    def check_interruption(self, error: BaseException, sql: str) -> None:
        """End the transaction whose COMMIT went along with a statement that was left: a cancellation, Ctrl-C.

        Raises: CommitUnknown: see `tell_unknown`.
        """
        if not went_along(error):
            return
        note_unknown(error)
        if not self.invalidated and self._entry is not None:
            self._lose(error)
        self._end_with_unknown_outcome()
        self.tell_unknown(error, sql)

    def tell_unknown(self, error: BaseException, sql: str) -> None:
        """Say that nobody knows what became of a COMMIT that was left; Ctrl-C says it by a note and goes on.

        Raises: CommitUnknown: in the place of a cancellation.
        """
        kind = type(error)
        unknown = self._unknown(sql, (), error, f"({kind.__module__}.{kind.__name__}) {error}")
        if is_cancellation(error):
            raise unknown from error
        error.add_note(unknown.args[0])

    def leave(self) -> None:
        """Leave the connection to whoever had it before; nothing is sent, and it does not go to the pool."""
        self._entry = self._transaction = self._proxy = None

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Declare the driver's connection unusable: it is closed; the next transaction opens another.

        Raises: ResourceClosedError: this connection is closed.
        """
        self._open_entry()
        if not self.invalidated:
            self._lose(exception)

    def _lose(self, error: BaseException | None) -> None:
        entry = self._open_entry()
        for feed in self._feeds or ():
            feed.abandon()
        self._feeds = None
        self._lost = self.get_transaction()
        self._proxy = None
        self.invalidated = True
        # The next statement looks at what is the matter before it is sent.
        self._waiting = True
        entry.invalidate(error)

    async def _core_open_anew(self) -> None:
        """Open the driver's connection again, after it was lost.

        Raises: PendingRollbackError: the transaction that was lost with it was not rolled back.
        """
        self.check_not_lost()
        entry = self._open_entry()
        await self.engine.pool.core_reopen(entry)
        self.driver = entry.driver
        self.invalidated = False
        self._lost = None

    def check_not_lost(self) -> None:
        """Refuse to go on with a transaction that was lost with its connection.

        Raises: PendingRollbackError.
        """
        if self._lost is not None and self._lost is self.get_transaction():
            raise self.lost_transaction()

    def lost_transaction(self) -> exc.PendingRollbackError:
        """Return the error for who goes on in a transaction that the database has ended."""
        kind = "savepoint transaction" if self.in_nested_transaction() else "transaction"
        if not self.invalidated and self._lost is None:
            error = exc.PendingRollbackError(
                f"This {kind} was rolled back by the database, with the error that came before; what is sent now would be "
                "outside of it.  Please rollback() fully before proceeding"
            )
            error.__cause__ = getattr(self.get_transaction(), "ended_by", None)
            return error
        return exc.PendingRollbackError(
            f"Can't reconnect until invalid {kind} is rolled back.  Please rollback() fully before proceeding"
        )

    def detach(self) -> None:
        """Take the driver's connection out of the pool: `close` closes it.

        Raises: ResourceClosedError: this connection is closed.
        """
        self.connection.detach()

    # -- rows that stand in the database -------------------------------------------------------------------------------

    def keep_feed(self, feed: Any) -> None:
        """Close the feed of a streamed result when the connection is closed."""
        if self._feeds is None:
            self._feeds = []
        self._feeds.append(feed)

    def forget_feed(self, feed: Any) -> None:
        """A feed was closed."""
        if self._feeds is not None and feed in self._feeds:
            self._feeds.remove(feed)

    async def _core_close_feeds(self) -> None:
        """Close the cursors that are open; a connection that can not close one is given up."""
        for feed in list(self._feeds or ()):
            try:
                await feed.core_close()
            except Exception as error:
                if not self.invalidated:
                    self.invalidate(error)
        self._feeds = None

    # -- transaction, as far as anybody may look -----------------------------------------------------------------------

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self._transaction is not None

    def in_nested_transaction(self) -> bool:
        """Return True inside a savepoint."""
        return self._transaction is not None and self._transaction.parent is not None

    @property
    def has_written(self) -> bool:
        """True if a statement of the present transaction may have written."""
        return self._wrote

    def get_transaction(self) -> Transaction | None:
        """Return the root transaction, or None."""
        level = self._transaction
        while level is not None and level.parent is not None:
            level = level.parent
        return level

    @property
    def is_ended(self) -> bool:
        """True where the database has rolled back the transaction, and the program has not: see `lost_transaction`."""
        root = self.get_transaction()
        return root is not None and not root.is_active

    def get_nested_transaction(self) -> Transaction | None:
        """Return the innermost savepoint, or None."""
        return self._transaction if isinstance(self._transaction, NestedTransaction) else None

    # -- isolation -----------------------------------------------------------------------------------------------------

    def set_isolation_level(self, level: str) -> None:
        """Set the level of the transactions to come.

        Raises: ArgumentError: the database has no such level. InvalidRequestError: a transaction has begun.
        """
        if self._transaction is not None:
            raise self.already_begun("isolation_level")
        self._autocommit = self.dialect.is_autocommit(level)
        self._level = None if self._autocommit else level.upper().replace("_", " ")

    def already_begun(self, what: str) -> exc.InvalidRequestError:
        """Return the error for who wants to alter a transaction that has begun."""
        return exc.InvalidRequestError(
            "This connection has already initialized a SQLAlchemy Transaction() object via begin() or "
            f"autobegin; {what} may not be altered unless rollback() or commit() is called first."
        )

    async def core_isolation_level(self) -> str:
        """Return the level that the database has now for this connection."""
        if self._level is not None and not (self._transaction is not None and self._transaction.sent):
            return self._level
        self._open_entry()
        if self.invalidated:
            await self._core_open_anew()
        sql, level_of = self.dialect.isolation_query
        try:
            sent = self.driver.run(sql, ())
            fetched = sent if sent.__class__ is Fetched else await sent
        except Exception as error:
            raise self.wrapped(error, sql, (), False) from error
        return str(level_of(fetched.rows[0][0]))

    @property
    def default_isolation_level(self) -> str:
        """The level that the database gives to connections without a wish."""
        return str(self.engine.default_isolation_level(self))

    def get_isolation_level(self) -> str:
        """Return the level that the database has now for this connection."""
        self.check_sync("Connection.get_isolation_level()")
        return drive(self.core_isolation_level())

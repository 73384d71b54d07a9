"""A Connection's transactions: begun with the first statement, nested, prepared in two phases, ended with the connection."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.commit_outcome import is_cancellation, is_unknown
from holdfast.engine.execution_context import ExecutionContext
from holdfast.engine.pooled_connection import PooledConnection
from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction
from holdfast.engine.two_phase import TwoPhaseTransaction, check_supported, core_end_prepared, new_xid
from holdfast.engine.watched import log_token


class TransactionalConnection(PooledConnection):
    """What a Connection does for its transaction: sends the marks at the right moment, and no sooner."""

    __slots__ = ()

    async def core_run(self, compiled: Any, sql: str, parameters: Any, many: bool = False) -> Any:
        """Send one statement; see `Connection.core_run`."""
        raise NotImplementedError

    async def core_send(self, sql: str) -> None:
        """Send a mark of a transaction: it is carried out even if the caller is cancelled meanwhile."""
        if self.dispatch.logs:
            self._log_mark(sql)
        context = None
        if self.dispatch.watched and "SAVEPOINT" in sql:
            context = ExecutionContext(self)
            context.statement, context.parameters, context.cursor = sql, (), self.driver.cursor()
            for listener in self.dispatch.before_cursor_execute:
                listener(self, context.cursor, sql, (), context, False)
        try:
            sent = self.driver.run_essential(sql)
            if sent is not None:
                await sent
        except Exception as error:
            raise self.wrapped(error, sql, (), False, context) from error
        except BaseException:
            self._note_given_up()
            raise
        if context is not None:
            for listener in self.dispatch.after_cursor_execute:
                listener(self, context.cursor, sql, (), context, False)

    def _log_mark(self, sql: str) -> None:
        self.engine.logger.info("%s%s", log_token(self), "BEGIN (implicit)" if sql.startswith("BEGIN") else sql)

    async def _begin_what_waits(self, writes: bool, first: str = "") -> None:
        """Send BEGIN and the savepoints that wait for their first use.

        Args:
            writes: the statement that comes first may write.
            first: its text, where that is a program's own: it may be a BEGIN.
        """
        if self.invalidated:
            await self._core_open_anew()
        if self.block is not None:
            self._check_block()
        transaction = self._transaction or self.start_root()
        if transaction.parent is None:
            if not transaction.sent:
                await self._begin_root(transaction, writes, first)
            elif not transaction.is_active:
                raise self.lost_transaction()
        else:
            waiting = [transaction]
            while waiting[-1].parent is not None:
                waiting.append(waiting[-1].parent)
            if not waiting[-1].is_active:
                raise self.lost_transaction()
            for level in reversed(waiting):
                if level.sent:
                    continue
                if isinstance(level, NestedTransaction):
                    await level.core_send_begin()
                else:
                    await self._begin_root(level, writes, "")
        self._waiting = False

    def _check_block(self) -> None:
        """Refuse to go on in a ``with`` block whose transaction has ended: it would be in another one, unnoticed.

        Raises: InvalidRequestError.
        """
        if self.block is not None and not self.block.is_active:
            if self.is_ended:
                raise self.lost_transaction()
            raise exc.InvalidRequestError(
                "Can't operate on closed transaction inside context manager.  Please complete the context manager before "
                "emitting further commands."
            )

    async def core_prepare_to_write(self) -> None:
        """Send what waits as if the next statement wrote: rows that are read now will be changed."""
        if self._transaction is None or self._waiting:
            await self._begin_what_waits(True)

    async def _begin_root(self, root: Transaction, writes: bool, first: str) -> None:
        """Send BEGIN, unless the driver's connection is in autocommit or shared and has one open, or a program's comes first."""
        if self._autocommit or self.driver.in_transaction():
            if self._autocommit and self._options:
                self.dialect.check_autocommit(self._options)
            return
        if first and self.dialect.programs_begin and first.lstrip()[:5].upper() == "BEGIN":
            root.sent = True
            return
        if self._level is not None:
            await self._core_set_level(self._level)
        sql = root.begin_text(self.dialect, writes, self._level)
        if self._options:
            sql += self.dialect.begin_options(self._options)
        if self.driver.takes_begin_along and not self.dispatch.executes:
            if self.dispatch.logs:
                self._log_mark(sql)
            self.driver.begin_with_next(sql)
            root.sent = True
        else:
            # A caller that is cancelled here must roll back what has begun.
            root.sent = True
            try:
                await self.core_send(sql)
            except Exception:
                root.sent = False
                raise

    async def _core_set_level(self, level: str) -> None:
        """Send what sets an isolation level, where BEGIN does not."""
        sql = self.dialect.isolation_statement(level)
        if sql is not None:
            await self.core_send(sql)
            self._is_level_set = True

    async def core_roll_back_root(self) -> None:
        """Send ROLLBACK; after mere reading nobody needs to wait for it. Nothing is sent where nothing is open.

        After some errors (a full disk) the database has rolled back by itself.
        """
        driver = self.driver
        if not driver.in_transaction():
            self._note_given_up()
            return
        if driver.rolls_back_soon and not self._wrote:
            if self.dispatch.logs:
                self._log_mark("ROLLBACK")
            try:
                driver.roll_back_soon()
            except BaseException as error:
                raised = self.wrapped(error, "ROLLBACK", (), False) if isinstance(error, Exception) else error
                self._give_up_unknown(raised)
                if raised is error:
                    raise
                raise raised from error
        else:
            await self.core_send_undo("ROLLBACK")

    async def core_send_undo(self, sql: str) -> None:
        """Send a mark that takes work back; where that fails, nobody knows what is open now: the connection is given up.

        It must not come back to the pool like that, and what should be undone must not be committed with what comes later.
        """
        try:
            await self.core_send(sql)
        except BaseException as error:
            self._give_up_unknown(error)
            raise

    def _give_up_unknown(self, error: BaseException) -> None:
        """Give the connection up after an error of a mark that takes work back.

        A driver for asyncio carries marks out also for a caller that is cancelled; Ctrl-C may come before or after.
        """
        is_unknown = isinstance(error, Exception) or not self.engine.is_async
        if is_unknown and self._entry is not None and not self.invalidated:
            self.invalidate(error)

    def outcome_of_commit(self, error: BaseException) -> bool | None:
        """Return what became of a COMMIT that `error` came out of: True: it was done; False: it was not; None: nobody knows.

        Of a cancellation the drivers promise that it comes after the COMMIT, unless the connection was given up for it.
        Whoever was interrupted otherwise (Ctrl-C) is sure of a database in this process alone.
        """
        if isinstance(error, Exception):
            return None if is_unknown(error.__cause__) else False
        if self.invalidated or self._entry is None:
            return None
        driver = self.driver
        if is_cancellation(error) or getattr(driver, "is_in_process", False):
            return not driver.in_transaction()
        self.invalidate(error)
        return None

    def is_open_after_refusal(self) -> bool:
        """Return True if the database keeps the transaction open whose COMMIT it refused; else no statement may follow.

        It would be outside of any transaction, and no ROLLBACK would undo it.
        """
        if self.invalidated or self.driver.in_transaction():
            return True
        self._waiting = True
        return False

    def _was_given_up(self) -> bool:
        """Return True if a cancellation closed the driver's connection, and the transaction with it."""
        return not self.invalidated and self.driver.is_closed()

    def _note_given_up(self) -> None:
        """Let the next transaction open another connection, where a cancellation closed this one."""
        if self.engine.is_async and self._entry is not None and self._was_given_up():
            self.invalidate()

    def start_root(self) -> RootTransaction:
        """Begin the root transaction of a connection that has none; see `core_begin`."""
        root = RootTransaction(self)
        self._transaction, self._waiting, self._wrote = root, True, False
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
        if self.block is not None:
            self._check_block()
        return self.start_root()

    async def core_begin_twophase(self, xid: Any = None) -> TwoPhaseTransaction:
        """Begin a transaction that can be prepared; BEGIN goes out with its first statement.

        Raises: InvalidRequestError: one has begun already. NotImplementedError: the database can not.
        """
        if self._entry is None:
            raise self._closed_error()
        if self._transaction is not None:
            raise exc.InvalidRequestError(
                "Cannot start a two phase transaction when a transaction is already in progress."
            )
        check_supported(self.dialect)
        root = TwoPhaseTransaction(self, new_xid() if xid is None else xid)
        self._transaction, self._waiting, self._wrote = root, True, False
        for listener in self.dispatch.begin_twophase:
            listener(self, root.xid)
        return root

    async def core_recover_twophase(self) -> list[Any]:
        """Return the identifiers of the transactions that were prepared and not yet ended."""
        check_supported(self.dialect)
        sql = self.dialect.recover_query
        fetched = await self.core_run(None, sql, ())
        return [self.dialect.recovered_xid(row) for row in fetched.rows]

    async def core_end_prepared(self, xid: Any, commit: bool, recover: bool) -> None:
        """Commit or roll back a transaction that was prepared."""
        await core_end_prepared(self, xid, commit, recover)

    async def core_send_waiting(self) -> None:
        """Send BEGIN and the savepoints that wait for their first use."""
        if self._waiting:
            await self._begin_what_waits(False)

    async def core_begin_nested(self) -> NestedTransaction:
        """Begin a savepoint; SAVEPOINT goes out with its first statement."""
        if self._entry is None:
            raise self._closed_error()
        self._check_block()
        parent = self._transaction or self.start_root()
        self._savepoints += 1
        # The name is the engine's own, never a user's text.
        nested = NestedTransaction(self, f"sa_savepoint_{self._savepoints}", parent)
        self._transaction = nested
        self._waiting = True
        return nested

    def end_transaction(self, transaction: Transaction) -> None:
        """A transaction has ended (called by the transaction)."""
        if transaction.parent is not None:
            # The next statement has to look whether it stands in the block of this savepoint.
            self._waiting = self._waiting or transaction is self.block
            level = self._transaction
            while isinstance(level, NestedTransaction):
                level.is_active = level.is_active and level is not transaction
                if level is transaction:
                    self._transaction = level.parent
                    return
                level = level.parent
        else:
            self._transaction = None
            self._waiting = self.invalidated
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
        root = self._transaction
        if root is not None and root.parent is not None:
            root = self.get_transaction()
        pool = entry.pool
        is_whole = True
        try:
            if self._feeds:
                await self._core_close_feeds()
            self._entry = None
            if root is not None:
                await root.core_rollback()
            if self._autocommit or self._is_level_set:
                is_whole = await self._core_restores(entry)
        except BaseException:
            # In an unknown state: it must not serve anybody else.
            self._entry = None
            pool.discard(entry)
            raise
        if not is_whole or (self.engine.is_async and root is not None and self._was_given_up()):
            pool.discard(entry)
        else:
            await pool.core_release(entry, root is not None)

    async def _core_restores(self, entry: Any) -> bool:
        """End what the program began by itself in autocommit, and give the connection its usual isolation level.

        Returns: False where that fails: nothing is lost by it but the connection, so nobody needs to be told.
        """
        if self.invalidated:
            return True
        try:
            if self._autocommit and self.driver.in_transaction():
                await entry.pool.core_end_transaction(entry)
            if self._is_level_set:
                await self.core_send(self.dialect.isolation_statement(None))
        except Exception:
            return False
        return True

    def __del__(self) -> None:
        entry = getattr(self, "_entry", None)
        if entry is None:
            return
        # Forgotten without close(). It goes back rolled back, as by close(), where the driver needs no waiting for that;
        # otherwise it is closed, which is a ROLLBACK too.
        if self.engine.is_async and (self._feeds or not self.driver.rolls_back_soon):
            self._entry = None
            entry.pool.discard(entry)
            return
        self._wrote = False
        with suppress(Exception):  # what fails is discarded by core_close; nobody is there to be told
            drive(self.core_close())

"""Transactions of a connection: the root, and savepoints inside it. BEGIN and SAVEPOINT go out with the first use."""

from __future__ import annotations

from typing import Any, Protocol

from holdfast import exc
from holdfast._util.drive import drive
from holdfast._util.undoing import core_undo_after


class TransactionConnection(Protocol):
    """What a transaction asks of its connection."""

    dispatch: Any
    block: Any
    invalidated: bool

    async def core_send(self, sql: str) -> None: ...

    async def core_send_undo(self, sql: str) -> None: ...

    async def core_roll_back_root(self) -> None: ...

    def check_sync(self, what: str) -> None: ...

    def check_not_lost(self) -> None: ...

    def end_transaction(self, transaction: Any) -> None: ...

    def outcome_of_commit(self, error: BaseException) -> bool | None: ...

    def is_open_after_refusal(self) -> bool: ...

    def tell_unknown(self, error: BaseException, sql: str) -> None: ...


class Transaction:
    """What root transactions and savepoints share: blocks, commit, rollback.

    Attributes:
        connection: the connection.
        parent: the transaction around it; None for a root.
        sent: its BEGIN or SAVEPOINT has gone out.
        is_active: it may be committed.
        ended_by: the error with which the database has rolled it back.
        is_committed: it has ended so, a savepoint as a part of the transaction around it; None: nobody knows (`CommitUnknown`).
        async_face: the AsyncTransaction that stands before it, weakly; set where there is one.
    """

    __slots__ = ("async_face", "connection", "ended_by", "is_active", "is_committed", "outer_block", "parent", "sent")

    def __init__(self, connection: Any, parent: Transaction | None = None) -> None:
        self.connection = connection
        self.parent = parent
        self.sent = False
        self.is_active = True
        self.ended_by: BaseException | None = None
        self.is_committed: bool | None = False

    @property
    def is_valid(self) -> bool:
        """False after the connection was lost."""
        return not self.connection.invalidated

    async def core_commit(self) -> None:
        """Make the work permanent, or part of the transaction around it."""
        raise NotImplementedError

    async def core_rollback(self) -> None:
        """Undo the work; nothing happens if the transaction has ended."""
        raise NotImplementedError

    async def core_close(self) -> None:
        """Roll back unless it has ended."""
        await self.core_rollback()

    def _check_active(self) -> None:
        if self.connection.is_ended:
            raise self.connection.lost_transaction()
        if not self.is_active:
            kind = "transaction" if self.parent is None else "nested transaction"
            raise exc.InvalidRequestError(f"This {kind} is inactive")

    def end(self, is_committed: bool | None) -> None:
        """It has ended; see `is_committed`."""
        self.is_active = False
        self.is_committed = is_committed
        self.connection.end_transaction(self)

    def commit(self) -> None:
        """Make the work permanent, or part of the transaction around it.

        Raises:
            InvalidRequestError: the transaction has ended. PendingRollbackError: the database has ended it, with an error.
            CommitUnknown: the connection broke meanwhile; the transaction has ended, nobody knows how.
        """
        self.connection.check_sync("Transaction.commit()")
        drive(self.core_commit())

    def rollback(self) -> None:
        """Undo the work."""
        self.connection.check_sync("Transaction.rollback()")
        drive(self.core_rollback())

    def close(self) -> None:
        """Roll back unless it has ended."""
        self.connection.check_sync("Transaction.close()")
        drive(self.core_close())

    async def core_leave(self, error: BaseException | None) -> None:
        """End a block: commit, or roll back after an error."""
        self.connection.block = self.outer_block
        # What the database has rolled back is told at the end of the block, if the program has passed over the error.
        if error is None and (self.is_active or self.connection.is_ended):
            try:
                await self.core_commit()
            except BaseException as cause:
                await core_undo_after(cause, self.core_rollback())
                raise
        else:
            await core_undo_after(error, self.core_rollback())

    def enter(self) -> None:
        """Begin a block: what ends the transaction inside it also ends what the connection may do there."""
        self.outer_block = self.connection.block
        self.connection.block = self

    def __enter__(self) -> Transaction:
        self.enter()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        drive(self.core_leave(error))


class RootTransaction(Transaction):
    """The outermost transaction of a connection."""

    __slots__ = ()

    def begin_text(self, dialect: Any, writes: bool, level: str | None) -> str:
        """Return the statement that begins it; see `DefaultDialect.begin_text`."""
        return dialect.begin_text(writes, level)  # type: ignore[no-any-return]

    async def core_commit(self) -> None:
        """Send COMMIT, if BEGIN was sent."""
        if not self.is_active:
            self._check_active()
        connection = self.connection
        if connection.invalidated:
            connection.check_not_lost()
        if connection.in_nested_transaction():
            await connection.core_end_savepoints()
        for listener in connection.dispatch.commit:
            listener(connection)
        # Until the database has said yes, the transaction can still be rolled back.
        if self.sent:
            if connection.invalidated:
                connection.check_not_lost()
            try:
                await connection.core_send("COMMIT")
            except BaseException as error:
                self._end_after(error, "COMMIT")
                raise
        self.is_active = False
        self.is_committed = True
        connection.end_transaction(self)

    def _end_after(self, error: BaseException, sql: str) -> None:
        """COMMIT came out with an error: the transaction has ended if it is committed nevertheless, or nobody knows.

        Where the database has rolled it back (a constraint that is looked at by COMMIT), nothing goes on but by `rollback`.

        Raises: CommitUnknown: in the place of a cancellation, where nobody knows.
        """
        outcome = self.connection.outcome_of_commit(error)
        if outcome is False:
            self.is_active = self.connection.is_open_after_refusal()
            return
        self.end(outcome)
        if outcome is None and not isinstance(error, Exception):
            self.connection.tell_unknown(error, sql)

    async def core_rollback(self) -> None:
        """Send ROLLBACK, if BEGIN was sent."""
        connection = self.connection
        self.is_active = False
        if connection.get_transaction() is not self:
            return
        try:
            for listener in connection.dispatch.rollback:
                listener(connection)
            if self.sent and not connection.invalidated:
                await connection.core_roll_back_root()
        finally:
            connection.end_transaction(self)


class NestedTransaction(Transaction):
    """A savepoint.

    Args:
        connection: the connection.
        name: the savepoint's name, made by the connection.
        parent: the transaction around it.
    """

    __slots__ = ("name",)

    def __init__(self, connection: Any, name: str, parent: Transaction) -> None:
        super().__init__(connection, parent)
        self.name = name

    async def core_send_begin(self) -> None:
        """Send SAVEPOINT."""
        for listener in self.connection.dispatch.savepoint:
            listener(self.connection, self.name)
        # A caller that is cancelled here must roll back what has begun.
        self.sent = True
        try:
            await self.connection.core_send(f"SAVEPOINT {self.name}")
        except Exception:
            self.sent = False
            raise

    async def core_commit(self) -> None:
        """Send RELEASE SAVEPOINT, if it was sent."""
        self._check_active()
        connection = self.connection
        if connection.invalidated:
            connection.check_not_lost()
        if self.sent:
            for listener in connection.dispatch.release_savepoint:
                listener(connection, self.name, None)
            await connection.core_send(f"RELEASE SAVEPOINT {self.name}")
        self.end(True)

    async def core_rollback(self) -> None:
        """Send ROLLBACK TO SAVEPOINT, if it was sent."""
        connection = self.connection
        if not self.is_active:
            return
        self.is_active = False
        try:
            if self.sent and connection.in_transaction() and not connection.invalidated and not connection.is_ended:
                for listener in connection.dispatch.rollback_savepoint:
                    listener(connection, self.name, None)
                await connection.core_send_undo(f"ROLLBACK TO SAVEPOINT {self.name}")
        finally:
            connection.end_transaction(self)

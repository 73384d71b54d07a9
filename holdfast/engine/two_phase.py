"""Two-phase transactions: prepared on several databases, then committed on all of them."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.transaction import RootTransaction


def new_xid() -> str:
    """Return a transaction identifier that no other program has."""
    from uuid import uuid4

    return f"_sa_{uuid4().hex}"


async def _core_send_step(connection: Any, step: str, xid: Any) -> None:
    """Send the statements of one step; see `DefaultDialect.two_phase_texts`."""
    for sql in connection.dialect.two_phase_texts(step, xid):
        await connection.core_send(sql)


def _last_text(connection: Any, step: str, xid: Any) -> str:
    return connection.dialect.two_phase_texts(step, xid)[-1]  # type: ignore[no-any-return]


def check_supported(dialect: Any) -> None:
    """Refuse a database that can not prepare transactions.

    Raises: NotImplementedError.
    """
    if not getattr(dialect, "two_phase", False):
        raise NotImplementedError(
            f"The database '{dialect.name}' has no two-phase transactions (PREPARE TRANSACTION); PostgreSQL and MariaDB have."
        )


class TwoPhaseTransaction(RootTransaction):
    """A root transaction that can be prepared before it is committed. Made by `Connection.begin_twophase`.

    Attributes:
        xid: its identifier.
        is_prepared: `prepare` was called.
    """

    __slots__ = ("is_prepared", "xid")

    def __init__(self, connection: Any, xid: Any) -> None:
        super().__init__(connection)
        self.xid = xid
        self.is_prepared = False

    def begin_text(self, dialect: Any, writes: bool, level: str | None) -> str:
        """Return what begins it; some databases want its identifier there."""
        return next(iter(dialect.two_phase_texts("begin", self.xid)), None) or dialect.begin_text(writes, level)

    async def core_prepare(self) -> None:
        """Send PREPARE TRANSACTION.

        Raises: InvalidRequestError: the transaction has ended.
        """
        self._check_active()
        connection = self.connection
        connection.check_not_lost()
        await connection.core_send_waiting()
        for listener in connection.dispatch.prepare_twophase:
            listener(connection, self.xid)
        await _core_send_step(connection, "prepare", self.xid)
        self.is_prepared = True

    def prepare(self) -> None:
        """Make the work ready to be committed, whatever happens to this program.

        Raises: InvalidRequestError: the transaction has ended.
        """
        self.connection.check_sync("TwoPhaseTransaction.prepare()")
        drive(self.core_prepare())

    async def core_commit(self) -> None:
        """Send COMMIT PREPARED, or COMMIT where nothing was prepared."""
        self._check_active()
        connection = self.connection
        connection.check_not_lost()
        if connection.in_nested_transaction():
            await connection.core_end_savepoints()
        for listener in connection.dispatch.commit_twophase:
            listener(connection, self.xid, self.is_prepared)
        if self.is_prepared or self.sent:
            if connection.invalidated:
                connection.check_not_lost()
            step = "commit prepared" if self.is_prepared else "commit"
            try:
                await _core_send_step(connection, step, self.xid)
            except BaseException as error:
                self._end_after(error, _last_text(connection, step, self.xid))
                raise
        self.end(True)

    async def core_rollback(self) -> None:
        """Send ROLLBACK PREPARED, or ROLLBACK where nothing was prepared."""
        connection = self.connection
        was_open = connection.get_transaction() is self
        self.is_active = False
        if not was_open:
            return
        try:
            for listener in connection.dispatch.rollback_twophase:
                listener(connection, self.xid, self.is_prepared)
            if self.is_prepared and not connection.invalidated:
                await _core_send_step(connection, "rollback prepared", self.xid)
            elif self.sent and not connection.invalidated:
                await _core_send_step(connection, "rollback", self.xid)
                await connection.core_roll_back_root()
        finally:
            connection.end_transaction(self)


async def core_end_prepared(connection: Any, xid: Any, commit: bool, recover: bool) -> None:
    """Commit or roll back a transaction that was prepared: this connection's, or one that was found again.

    Args:
        recover: it is another one than this connection's.

    Raises: InvalidRequestError: this connection has no such transaction.
    """
    check_supported(connection.dialect)
    transaction = connection.get_transaction()
    if not recover:
        if not isinstance(transaction, TwoPhaseTransaction) or transaction.xid != xid:
            raise exc.InvalidRequestError(
                f"This connection has no two-phase transaction {xid!r}; recover=True is for others"
            )
        await (transaction.core_commit() if commit else transaction.core_rollback())
        return
    if transaction is not None:
        raise exc.InvalidRequestError("A recovered transaction can not be ended while another one is in progress")
    event = "commit_twophase" if commit else "rollback_twophase"
    for listener in getattr(connection.dispatch, event):
        listener(connection, xid, True)
    await _core_send_step(connection, "commit prepared" if commit else "rollback prepared", xid)

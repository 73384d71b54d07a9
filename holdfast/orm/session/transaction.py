"""The transaction of a session as programs see it: the root or a savepoint, with its methods and its ``with`` block."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any

from holdfast._util.undoing import core_undo_after
from holdfast.orm.session.transaction_ending import EndingLevel
from holdfast.orm.session.transaction_level import (
    ACTIVE,
    AUTOBEGIN,
    BEGIN,
    BEGIN_NESTED,
    BLOCKED,
    CLOSED,
    COMMITTED,
    FAILED,
    INACTIVE,
    PREPARED,
    SUBTRANSACTION,
    Link,
    SessionTransactionOrigin,
)

__all__ = [
    "ACTIVE",
    "AUTOBEGIN",
    "BEGIN",
    "BEGIN_NESTED",
    "BLOCKED",
    "CLOSED",
    "COMMITTED",
    "FAILED",
    "INACTIVE",
    "PREPARED",
    "SUBTRANSACTION",
    "Link",
    "SessionTransaction",
    "SessionTransactionOrigin",
]


class SessionTransaction(EndingLevel):
    """One level of a session's transaction: the root, or a savepoint inside it.

    Args:
        session: the session; its transaction is this level from now on.
        parent: the level above; None for the root.
        origin: what began it.

    Attributes:
        nested: it is a savepoint.
    """

    __slots__ = ("__dict__",)

    def connection(self, bindkey: Any = None, execution_options: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """Return the Connection of this level for a mapped class, a mapper, or the session's own bind."""
        session = self.session
        bind = session.bind_for(bindkey, **kwargs)
        return session.run(self.core_connection, bind, execution_options)

    def prepare(self) -> None:
        """Flush, and send PREPARE TRANSACTION on all connections.

        Raises: InvalidRequestError: the session is not a ``twophase=True`` one, or this is a savepoint.
        """
        self._check_prepares()
        self.session.run(self.core_prepare)

    def commit(self) -> None:
        """Flush and commit this level; the session's current level is the one above afterwards."""
        self.session.run(self.core_commit)

    def rollback(self) -> None:
        """Roll back this level and all savepoints inside it."""
        self.session.run(self.core_rollback)

    def close(self) -> None:
        """Roll back this level if it is still open."""
        if self.status != CLOSED:
            self.session.run(self.core_rollback)

    def enter(self) -> SessionTransaction:
        """A ``with`` block begins: what is done in it belongs to this level."""
        self.outer_block = self.session.block
        self.session.block = self
        return self

    def __enter__(self) -> SessionTransaction:
        return self.enter()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.session.run(self.core_leave, error)

    def core_leave(self, error: BaseException | None) -> Coroutine[Any, Any, None]:
        """Return what the end of a ``with`` block does: commit, or roll back after an error."""
        return self._core_leave(error)

    async def _core_leave(self, error: BaseException | None) -> None:
        try:
            if self.status == CLOSED:
                return
            if self.status == FAILED:
                # The failure has undone what it should: what was changed since, in the block, is the outer level's.
                await core_undo_after(error, self.core_rollback(discards=False))
                return
            if error is not None:
                await core_undo_after(error, self.core_rollback())
                return
            try:
                await self.core_commit()
            except BaseException as cause:
                if self.status != CLOSED:
                    await core_undo_after(cause, self.core_rollback())
                raise
        finally:
            self._leave_block()

    def _leave_block(self) -> None:
        session, outer = self.session, self.outer_block
        session.block = outer
        current = session.transaction
        if current is not None and current.status == BLOCKED and (outer is None or outer.status != CLOSED):
            current.status = ACTIVE

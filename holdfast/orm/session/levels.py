"""The levels of a session's transaction, and the connections that statements run on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.session.binds import USUAL_GET_BIND
from holdfast.orm.session.driving import SessionDriving
from holdfast.orm.session.transaction import (
    ACTIVE,
    AUTOBEGIN,
    BLOCKED,
    CLOSED,
    SUBTRANSACTION,
    SessionTransaction,
    SessionTransactionOrigin,
)


class SessionLevels(SessionDriving):
    """Connections and levels of a session."""

    async def core_connection_for(
        self, mapper: Any = None, clause: Any = None, arguments: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the connection for a mapper or statement, in the session's transaction."""
        transaction = self.transaction or self.begin_if_needed()
        bind = self.bind
        if arguments or bind is None or self.binds or type(self).get_bind is not USUAL_GET_BIND:
            bind = self.bind_for(mapper, clause, arguments)
        elif (link := transaction.links.get(bind)) is not None and transaction.status == ACTIVE:
            return link.connection
        return await transaction.core_connection(bind)

    async def core_own_connection(
        self, arguments: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the connection of the session's transaction; see `Session.connection`."""
        transaction = self.begin_if_needed()
        return await transaction.core_connection(self.bind_for(None, None, arguments), options)

    def begin_if_needed(self) -> SessionTransaction:
        """Return the current level, beginning the root where there is none."""
        transaction = self.transaction
        if transaction is None:
            if not self.autobegin:
                raise exc.InvalidRequestError(
                    "Autobegin is disabled on this Session; please call session.begin() to start a new transaction"
                )
            transaction = self.begin_level(None, AUTOBEGIN)
        return transaction

    def begin_level(self, parent: SessionTransaction | None, origin: SessionTransactionOrigin) -> SessionTransaction:
        """Begin a level and make it the current one.

        Raises: InvalidRequestError: the transaction of a ``with`` block has ended, and the block has not.
        """
        if self.is_closed:
            raise exc.InvalidRequestError(
                "This Session has been permanently closed and is unable to handle any more transaction requests."
            )
        level = self.transaction = SessionTransaction(self, parent, origin)
        for listener in self.dispatch.after_transaction_create:
            listener(self, level)
        return level

    def end_level(self, level: SessionTransaction) -> None:
        """The level has ended: the one above is the current one."""
        parent = self.transaction = level.parent
        if level.origin is not SUBTRANSACTION:
            self.holder.epoch += 1
            if parent is not None and self.block is not None and self.block.status == CLOSED:
                # What stands behind in the block was meant for the savepoint: it is refused until the block is left.
                parent.status = BLOCKED
        for listener in self.dispatch.after_transaction_end:
            listener(self, level)

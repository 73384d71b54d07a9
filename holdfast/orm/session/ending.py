"""The transaction of a session as programs call it: begin, commit, rollback, close, connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.orm.session import lifecycle
from holdfast.orm.session.commit_values import NOT_GIVEN
from holdfast.orm.session.core import SessionCore
from holdfast.orm.session.transaction import BEGIN, SUBTRANSACTION, SessionTransaction


class SessionEnding(SessionCore):
    """The part of a Session that begins and ends its transaction."""

    close_resets_only: bool

    def begin(self, nested: bool = False, subtransactions: bool = False) -> SessionTransaction:
        """Begin the transaction; as a block it commits at the end and rolls back after an error.

        Args:
            nested: same as `begin_nested`.
            subtransactions: the form of the 1.x series: a level inside the present transaction that commits nothing by
                itself, and whose rollback demands that of the whole.

        Raises: InvalidRequestError: a transaction has begun already.
        """
        if nested:
            return self.begin_nested()
        if subtransactions:
            exc.warn_deprecated(
                "begin(subtransactions=True) is the form of the 1.x series; use begin_nested() for a part that can be taken "
                "back, or let the outermost function alone begin."
            )
            if self.transaction is not None:
                return self.begin_level(self.transaction, SUBTRANSACTION)
        if self.transaction is not None:
            raise exc.InvalidRequestError(
                "A transaction is already begun on this Session. The first statement begins one, too: end it by commit() or "
                "rollback() first, or take begin_nested() for a part that can be taken back."
            )
        return self.begin_level(None, BEGIN)

    def begin_nested(self) -> SessionTransaction:
        """Flush and begin a savepoint; as a block it is released at the end and rolled back after an error."""
        return self.run(self.core_begin_nested)

    def commit(self, synchronize_session: Any = NOT_GIVEN) -> None:
        """Flush everything and commit the whole transaction; objects then expire (`expire_on_commit`).

        Args:
            synchronize_session: what objects are afterwards, in place of expired. False: as they are. True: every object
                of the session has the values of its row. 'evaluate': those that the transaction wrote have; all others
                are as they are.
        """
        self.run(self.core_commit, synchronize_session)

    def rollback(self) -> None:
        """Roll the whole transaction back: added objects leave, deleted ones return, all others expire."""
        self.run(self.core_rollback)

    def prepare(self) -> None:
        """Flush, and prepare the transaction on all databases (``twophase=True``): the commit cannot fail any more.

        Raises: InvalidRequestError: the session is not one in two phases, or no transaction has begun.
        """
        self.run(self.core_prepare)

    def close(self) -> None:
        """Let go of all objects and give the connections back; what was not committed is rolled back.

        The session may be used again afterwards, unless it was made with ``close_resets_only=False``.
        """
        self._let_go()
        if not self.close_resets_only:
            self.is_closed = True

    def reset(self) -> None:
        """Same as `close`, but the session may always be used again."""
        self._let_go()

    def _let_go(self) -> None:
        if self.transaction is None:
            lifecycle.release_all(self)
        else:
            self.run(self.core_close)

    def invalidate(self) -> None:
        """Close, and declare the connections unusable: they are closed in place of going back to the pool."""
        self.run(self.core_close, True)

    def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the Connection of the session's transaction.

        Args:
            bind_arguments: what chooses the engine where there are several: ``mapper``, ``clause``, ``bind``.
            execution_options: of the connection, such as ``isolation_level``; where this call begins its transaction.
        """
        return self.run(self.core_own_connection, bind_arguments, execution_options)

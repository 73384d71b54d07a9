"""The core of the Session: everything that talks to a database, written once as ``async def``.

The synchronous `Session` drives these coroutines with one ``send(None)``; `AsyncSession` awaits the very same ones.
What programs override (`flush`, `get_bind`) is called through the session's class, never around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.orm.session import lifecycle
from holdfast.orm.session.commit_values import NOT_GIVEN, check_choice
from holdfast.orm.session.statements import SessionStatements
from holdfast.orm.session.transaction import BEGIN, BEGIN_NESTED, SUBTRANSACTION, SessionTransaction
from holdfast.orm.state import GONE, InstanceState


class SessionCore(SessionStatements):
    """State of a session and its coroutines; the public methods stand in `face.Session`.

    Beneath it, one upon the other: `driving`, `levels`, `flushing`, `attribute_loading`, `statements`; here the ends of
    its transactions.
    """

    async def core_commit(self, synchronize: Any = NOT_GIVEN) -> None:
        """Flush and commit the whole transaction; see `Session.commit`."""
        check_choice(synchronize)
        transaction = self.transaction or self.begin_if_needed()
        await transaction.core_commit(transaction.origin is not SUBTRANSACTION, synchronize)

    async def core_rollback(self) -> None:
        """Roll the whole transaction back."""
        # Attributes may have been set since the last one ended: that too is taken back.
        if self.transaction is None and self.holder.dirty:
            self.begin_if_needed()
        if self.transaction is not None:
            is_sub = self.transaction.origin is SUBTRANSACTION
            await self.transaction.core_rollback(not is_sub)

    async def core_begin_nested(self) -> SessionTransaction:
        """Flush and begin a savepoint."""
        transaction = self.transaction or self.begin_level(None, BEGIN)
        transaction.check_usable()
        if self.has_changes():
            await self.core_flush_through_face()
        return self.begin_level(transaction, BEGIN_NESTED)

    async def core_prepare(self) -> None:
        """Flush and send PREPARE TRANSACTION; see `Session.prepare`."""
        await self.begin_if_needed().core_prepare()

    async def core_close(self, invalidate: bool = False) -> None:
        """Let go of all objects and give the connections back, rolling back what was not committed."""
        transaction = self.transaction
        gone: Iterable[InstanceState] = ()
        if transaction is not None and (transaction.removed or transaction.parent is not None):
            gone = transaction.all_removed()
        if self.dispatch.watched:
            lifecycle.release_all(self)
        else:
            self.holder.clear()
        try:
            if transaction is not None:
                await transaction.core_close(invalidate)
        finally:
            for state in gone:
                # Their rows are there again.
                state.holder, state.flags = None, state.flags & ~GONE

"""The transaction of an AsyncSession: awaited, or as an ``async with`` block."""

from __future__ import annotations

import weakref
from collections.abc import Generator
from typing import Any

from holdfast import exc
from holdfast.orm.session.transaction import CLOSED, SessionTransaction


class AsyncSessionTransaction:
    """A transaction, or a savepoint, of an AsyncSession: awaited, or as an ``async with`` block.

    Args:
        session: the session.
        nested: begin a savepoint.
    """

    def __init__(self, session: Any, nested: bool = False) -> None:
        self.session = session
        self.nested = nested
        self.sync_transaction: SessionTransaction | None = None

    @property
    def is_active(self) -> bool:
        """True between its begin and its end."""
        return self.sync_transaction is not None and self.sync_transaction.is_active

    async def start(self) -> AsyncSessionTransaction:
        """Begin."""
        sync_session = self.session.sync_session
        self.adopt(await sync_session.core_begin_nested() if self.nested else sync_session.begin())
        return self

    def adopt(self, transaction: SessionTransaction) -> None:
        """Stand before a level of the session behind; it remembers that."""
        self.sync_transaction = transaction
        transaction.async_face = weakref.ref(self)

    def __await__(self) -> Generator[Any, None, AsyncSessionTransaction]:
        return self.start().__await__()

    async def __aenter__(self) -> AsyncSessionTransaction:
        await self.start()
        self._begun().enter()
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        await self._begun().core_leave(error)

    def _begun(self) -> SessionTransaction:
        if self.sync_transaction is None:
            raise exc.InvalidRequestError("The transaction has not begun: await it, or use it by 'async with'")
        return self.sync_transaction

    async def commit(self) -> None:
        """Flush and commit this level."""
        await self._begun().core_commit()

    async def rollback(self) -> None:
        """Roll back this level."""
        await self._begun().core_rollback()

    async def close(self) -> None:
        """Roll back this level if it is still open."""
        transaction = self._begun()
        if transaction.status != CLOSED:
            await transaction.core_rollback()

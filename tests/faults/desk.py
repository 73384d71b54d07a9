"""What a program works at: a session of either face, and the note of which commits were done."""

from __future__ import annotations

from typing import Any

from holdfast.ext.asyncio import AsyncSession
from holdfast.orm import Session
from tests.support.faces import AwaitableSession


class Desk:
    """A session, and what is known of its commits.

    Args:
        engine: of either face.
        is_async: which one.

    Attributes:
        session: its methods are awaited on both faces.
        commits: how many have returned.
        is_committing: one has begun and has not returned.
        skipped: keys of rows whose savepoint failed and was passed over.
    """

    def __init__(self, engine: Any, is_async: bool) -> None:
        self._engine = engine
        self._is_async = is_async
        self._others: list[Any] = []
        self.session = self._open()
        self.commits = 0
        self.is_committing = False
        self.skipped: list[int] = []

    def _open(self) -> Any:
        return AsyncSession(self._engine) if self._is_async else AwaitableSession(Session(self._engine))

    def another(self) -> Any:
        """Return another session on the same engine."""
        self._others.append(self._open())
        return self._others[-1]

    async def commit(self, **how: Any) -> None:
        """Commit; note whether it returned."""
        self.is_committing = True
        await self.session.commit(**how)
        self._note_commit()

    def _note_commit(self) -> None:
        self.commits += 1
        self.is_committing = False

    def nested(self) -> Any:
        """Return the block of a savepoint."""
        return self.session.begin_nested() if self._is_async else _Awaited(self.session.sync_session.begin_nested)

    def begun(self) -> Any:
        """Return the block of the whole transaction, whose end commits."""
        session = self.session
        return _Committing(self, session.begin() if self._is_async else _Awaited(session.sync_session.begin))

    async def close(self) -> None:
        """Close all sessions."""
        for session in (self.session, *self._others):
            await session.close()


class _Awaited:
    """A block of the synchronous session, entered by ``async with``."""

    def __init__(self, begin: Any) -> None:
        self._begin = begin

    async def __aenter__(self) -> None:
        self._block = self._begin()
        self._block.__enter__()

    async def __aexit__(self, *error: Any) -> Any:
        return self._block.__exit__(*error)


class _Committing:
    """A block whose end commits, which the desk notes."""

    def __init__(self, desk: Desk, block: Any) -> None:
        self._desk = desk
        self._block = block

    async def __aenter__(self) -> None:
        await self._block.__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        self._desk.is_committing = error[0] is None
        await self._block.__aexit__(*error)
        if error[0] is None:
            self._desk._note_commit()

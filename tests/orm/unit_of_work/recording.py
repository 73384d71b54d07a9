"""Records the statements that a session sends to SQLite, on either face, as text and parameters in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from holdfast import create_engine, event
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import Session
from tests.support.awaited import Loop


class Sent(list[str]):
    """The statements sent since the last look."""

    def take(self) -> list[str]:
        """Return what was sent and forget it."""
        found = list(self)
        self.clear()
        return found

    def writes(self) -> list[str]:
        """Return what was sent apart from SELECTs, and forget all."""
        return [line for line in self.take() if not line.startswith("SELECT")]


@contextmanager
def recorded(metadata: Any, face: str, **session_options: Any) -> Iterator[tuple[Session, Sent]]:
    """Give a session on a fresh database with the tables of `metadata`, and the record of what it sends.

    Args: face: "sync", or "async": what the session is asked is awaited of an AsyncSession.
    """
    if face == "sync":
        engine = create_engine("sqlite://")
        with _recorded(metadata, engine, Session(engine, **session_options)) as found:
            yield found
        engine.dispose()
        return
    with Loop() as loop:
        async_engine = create_async_engine("sqlite+aiosqlite://")
        session = loop.session(async_engine, **session_options)
        with _recorded(metadata, async_engine.sync_engine, session) as found:
            yield found
        loop.call(async_engine.dispose)


@contextmanager
def _recorded(metadata: Any, engine: Any, session: Session) -> Iterator[tuple[Session, Sent]]:
    metadata.create_all(engine)
    sent = Sent()

    def note(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        sent.append(f"{' '.join(sql.split())} {parameters!r}")

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield session, sent
    finally:
        session.close()

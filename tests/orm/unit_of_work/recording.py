"""Records the statements that a session sends to SQLite, as text and parameters in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from holdfast import create_engine, event
from holdfast.orm import Session


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
def recorded(metadata: Any, **session_options: Any) -> Iterator[tuple[Session, Sent]]:
    """Give a session on a fresh database with the tables of `metadata`, and the record of what it sends."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    sent = Sent()

    def note(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        sent.append(f"{' '.join(sql.split())} {parameters!r}")

    event.listen(engine, "before_cursor_execute", note)
    session = Session(engine, **session_options)
    try:
        yield session, sent
    finally:
        session.close()
        engine.dispose()

"""A connection for asyncio that looks like an ordinary one: for listeners, which are no coroutines.

Its methods may be used where synchronous code runs over an asynchronous connection: in listeners of the pool's events
and inside ``run_sync``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge, io


def _wait(make: Callable[[], Awaitable[Any]], what: str) -> Any:
    """Let the loop do something, and return its result.

    Raises: SyncCallOnAsyncError: there is no bridge to the loop.
    """
    if not in_bridge():
        raise exc.SyncCallOnAsyncError(what)
    return drive(io(make))


class AdaptedCursor:
    """A cursor for asyncio that looks like an ordinary one.

    Args:
        raw: the driver's cursor.
    """

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def execute(self, sql: str, parameters: Any = None) -> AdaptedCursor:
        """Execute a statement."""
        _wait(lambda: self.raw.execute(sql, parameters), "cursor.execute()")
        return self

    def executemany(self, sql: str, rows: Any) -> None:
        """Execute a statement for each row of parameters."""
        _wait(lambda: self.raw.executemany(sql, rows), "cursor.executemany()")

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return _wait(self.raw.fetchone, "cursor.fetchone()")

    def fetchmany(self, size: int = 1) -> Any:
        """Return the next rows."""
        return _wait(lambda: self.raw.fetchmany(size), "cursor.fetchmany()")

    def fetchall(self) -> Any:
        """Return all rows."""
        return _wait(self.raw.fetchall, "cursor.fetchall()")

    def close(self) -> None:
        """Close the cursor."""
        _wait(self.raw.close, "cursor.close()")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def __enter__(self) -> AdaptedCursor:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


class AdaptedConnection:
    """A connection for asyncio that looks like an ordinary one.

    Attributes:
        driver_connection: the driver's connection.
    """

    def __init__(self, driver_connection: Any) -> None:
        self.driver_connection = driver_connection

    def run_async(self, fn: Callable[[Any], Awaitable[Any]]) -> Any:
        """Call ``fn(driver_connection)`` on the loop, wait for what it returns, and return that."""
        return _wait(lambda: fn(self.driver_connection), "run_async()")

    def cursor(self, *arguments: Any, **keywords: Any) -> AdaptedCursor:
        """Return a new cursor."""
        return AdaptedCursor(self.driver_connection.cursor(*arguments, **keywords))

    def execute(self, sql: str, parameters: Any = None) -> AdaptedCursor:
        """Execute a statement on a new cursor."""
        return self.cursor().execute(sql, parameters)

    def commit(self) -> None:
        """Commit."""
        _wait(self.driver_connection.commit, "commit()")

    def rollback(self) -> None:
        """Roll back."""
        _wait(self.driver_connection.rollback, "rollback()")

    def close(self) -> None:
        """Close."""
        _wait(self.driver_connection.close, "close()")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.driver_connection, name)

    def __repr__(self) -> str:
        return f"<AdaptedConnection {self.driver_connection!r}>"

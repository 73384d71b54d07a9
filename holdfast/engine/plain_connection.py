"""A connection of any DBAPI driver, for pools that a program makes by itself: ``QueuePool(getconn)``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from holdfast.engine.driver import CursorStream, Fetched


class PlainConnection:
    """The least that a pool asks of a driver's connection, by the DBAPI alone.

    Args:
        raw: the driver's connection.
    """

    __slots__ = ("raw",)

    takes_begin_along = False
    rolls_back_soon = False

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def cursor(self) -> Any:
        """Return a new cursor."""
        return self.raw.cursor()

    def run(self, sql: str, parameters: Any) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        return self.run_on(self.raw.cursor(), sql, parameters, False)

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor and fetch all rows."""
        if many:
            cursor.executemany(sql, parameters)
        elif parameters:
            cursor.execute(sql, parameters)
        else:
            cursor.execute(sql)
        rows = [] if cursor.description is None else cursor.fetchall()
        return Fetched(rows, cursor.description, cursor.rowcount, getattr(cursor, "lastrowid", None))

    def open_stream(self, sql: str, parameters: Any, is_query: bool) -> CursorStream:
        """Execute one statement and leave its rows in the cursor."""
        cursor = self.raw.cursor()
        cursor.execute(sql, parameters) if parameters else cursor.execute(sql)
        return CursorStream(cursor)

    def run_essential(self, sql: str) -> None:
        """End the transaction, by the DBAPI's methods."""
        if sql == "COMMIT":
            self.raw.commit()
        else:
            self.raw.rollback()

    async def run_many(self, sql: str, rows: Sequence[Any]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return self.run_on(self.raw.cursor(), sql, rows, True)

    def lend(self, to_program: bool) -> None:
        """It begins transactions by itself, always."""

    async def close(self) -> None:
        """Close."""
        self.raw.close()

    def terminate(self) -> None:
        """Close."""
        self.raw.close()

    def in_transaction(self) -> bool:
        """Return True: the DBAPI does not tell, and ending one that is not there does no harm."""
        return True


def opener(creator: Callable[..., Any], dialect: Any) -> Callable[[Any], Awaitable[Any]]:
    """Return the coroutine function that opens a connection for a pool's entry.

    Args:
        creator: an engine's coroutine function, which gets the entry; or a program's function, with or without it.
        dialect: knows how a driver's connection is taken over; None: by the DBAPI alone.
    """
    if _is_coroutine_function(creator) or _is_coroutine_function(getattr(creator, "__call__", None)):  # noqa: B004
        return creator
    wants_entry = _takes_one_argument(creator)

    async def open_connection(entry: Any) -> Any:
        raw = creator(entry) if wants_entry else creator()
        if dialect is None or getattr(dialect, "driver", None) is None:
            return PlainConnection(raw)
        return dialect.link.adopt(raw)

    return open_connection


def _is_coroutine_function(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & _CO_COROUTINE)


_CO_COROUTINE = 0x80
"""The flag of `inspect.CO_COROUTINE`; to import `inspect` would cost more than the rest of making an engine."""


def _takes_one_argument(function: Callable[..., Any]) -> bool:
    """Return True for a function that can not be called without one positional argument."""
    import inspect  # here and not above: few programs bring a creator

    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [
        parameter
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        and parameter.default is parameter.empty
    ]
    return len(needed) == 1

"""Ends a connection of psycopg whose driver still waits for its socket, so that the loop does not mix it up with the next one.

A loop knows a socket by its number. Closed under a waiting driver, the number goes to the next connection while the loop holds
what the old one registered: the new one's answers are then never noticed, or the old one's clean-up takes its registration away.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import psycopg

from holdfast.engine.uninterrupted import to_the_end


class Ending:
    """How a connection of the C library ends, at once or when nobody waits for its socket any more.

    Args:
        connection: psycopg's, of which the library's is taken.
    Attributes:
        has_begun: it is of no more use.
    """

    __slots__ = ("_connection", "_work", "has_begun")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._work: asyncio.Future[Any] | None = None
        self.has_begun = False

    async def after(self, work: Awaitable[Any], hurry: Callable[[], Coroutine[Any, Any, Any]] | None = None) -> Any:
        """Await work as `to_the_end` does; the connection ends where the deadline passes."""
        self._work = future = asyncio.ensure_future(work)
        return await to_the_end(future, self.begin, hurry)

    def begin(self) -> None:
        """End the connection, without a word to the server and without waiting."""
        self.has_begun = True
        work = self._work
        if work is None or work.done() or not work.get_loop().is_running():
            self._connection.pgconn.finish()
            return
        # The driver may have closed it by itself, and be on its way to say so.
        with (
            suppress(OSError, ValueError, psycopg.Error),
            socket.socket(fileno=os.dup(self._connection.pgconn.socket)) as other,
        ):
            other.shutdown(socket.SHUT_RDWR)
        work.add_done_callback(lambda _: self._connection.pgconn.finish())

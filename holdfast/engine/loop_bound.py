"""Connections of drivers that belong to the event loop in which they were opened: what becomes of them in another one."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

from holdfast import exc
from holdfast.engine.bridge import io, local
from holdfast.engine.uninterrupted import to_the_end


class LoopBound:
    """A connection that can be used in one loop only; the pool opens another for another loop.

    Args:
        raw: the driver's connection.

    Attributes:
        was_ended: it was closed from another loop.
    """

    __slots__ = ("_loop", "raw", "was_ended")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.was_ended = False
        self._loop = asyncio.get_running_loop()

    def is_elsewhere(self) -> bool:
        """Return True if the loop that runs, or that serves this bridge's thread, is another one."""
        bridge: Any = local.bridge
        return (asyncio.get_running_loop() if bridge is None else bridge.loop) is not self._loop

    def check_loop(self) -> None:
        """Refuse to go on in another loop.

        Raises: InvalidRequestError.
        """
        if self.is_elsewhere():
            raise exc.InvalidRequestError(
                "This session or connection has a transaction that was begun in another event loop, and the connections of "
                "this driver belong to their loop. End the transaction (commit, rollback or close) in the loop that began "
                "it, and take a new session in each loop; the engine and its pool may be used in several."
            )

    async def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like; a cancelled caller gets its cancellation after they are done."""
        await io(lambda: self._essential(sql))

    async def _essential(self, sql: str) -> None:
        if sql == "ROLLBACK" and self.is_elsewhere():
            self.end()
            return
        self.check_loop()
        await to_the_end(self.execute_mark(sql), self.end)

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        await io(self._close)

    async def _close(self) -> None:
        if self.is_elsewhere():
            self.end()
        else:
            await to_the_end(self.say_good_bye(), self.end)

    def terminate(self) -> None:
        """Close at once, without waiting."""
        self.end()

    def end(self) -> None:
        """Close at once, from whichever loop or none."""
        self.was_ended = True
        if not self._loop.is_closed():
            if self._is_here():
                self.abort()
            else:
                self._loop.call_soon_threadsafe(self.abort)
            return
        # Nobody will serve the socket any more: the server is told by its end. (uvloop has closed it, and refuses.)
        with suppress(OSError, TypeError):
            self.socket().shutdown(socket.SHUT_RDWR)

    def _is_here(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:  # not in a loop's thread
            return False

    def abort(self) -> None:
        """Close the driver's connection without waiting (on its loop)."""
        raise NotImplementedError

    def fileno(self) -> int:
        """Return the number of the connection's socket."""
        return self.socket().fileno()  # type: ignore[no-any-return]

    def socket(self) -> Any:
        """Return the connection's socket."""
        return self.raw._transport.get_extra_info("socket")

    async def execute_mark(self, sql: str) -> None:
        """Execute BEGIN, COMMIT and the like (on its loop)."""
        raise NotImplementedError

    async def say_good_bye(self) -> None:
        """Close as the server expects it (on its loop)."""
        raise NotImplementedError

"""Tasks in the pool's queue and with its connections; apart from `pool.py`, so that programs without asyncio do not import it."""

from __future__ import annotations

import asyncio
import threading
import weakref
from typing import Any


def who() -> Any:
    """Return who takes a connection: the running task, weakly; outside of a loop the thread."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # a bridge's thread
        task = None
    return threading.get_ident() if task is None else weakref.ref(task)


class TaskWaiter:
    """A task in the queue.

    Attributes:
        is_lost: its loop was closed while it waited; it never goes on.
    """

    __slots__ = ("_future", "_loop", "entry", "is_lost")

    def __init__(self) -> None:
        self.entry: Any = None
        self.is_lost = False
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[None] = self._loop.create_future()

    def wake(self) -> bool:
        """Let it go on, or say False: it is lost. May be called from any thread."""
        try:
            self._loop.call_soon_threadsafe(lambda: None if self._future.done() else self._future.set_result(None))
        except RuntimeError:
            self.is_lost = True
        return not self.is_lost

    async def wait(self, timeout: float) -> bool:
        """Suspend; returns False after `timeout` seconds."""
        done, _ = await asyncio.wait([self._future], timeout=timeout)
        return bool(done)

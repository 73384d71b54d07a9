"""Tasks in the pool's queue and with its connections; apart from `pool.py`, so that programs without asyncio do not import it."""

from __future__ import annotations

import asyncio
import threading
import weakref
from typing import Any

from holdfast.engine.bridge import local


def who() -> Any:
    """Return who takes a connection: the running task, in a bridge the one that waits for it, weakly; else the thread."""
    bridge: Any = local.bridge
    if bridge is not None and bridge.caller is not None:
        return bridge.caller
    try:
        task = asyncio.current_task()
    except RuntimeError:  # a bridge's thread
        task = None
    return threading.get_ident() if task is None else weakref.ref(task)


def is_stranded(holder: Any) -> bool:
    """Return True for a task that never goes on: its event loop was closed before it came to its end.

    Args:
        holder: what `who` returned.
    """
    task = holder() if callable(holder) else None
    return task is not None and not task.done() and task.get_loop().is_closed()


class TaskWaiter:
    """A task in the queue.

    Args:
        holder: which; see `who`.

    Attributes:
        is_lost: its loop was closed while it waited; it never goes on.
    """

    __slots__ = ("_future", "_loop", "entry", "holder", "is_lost")

    def __init__(self, holder: Any) -> None:
        self.holder = holder
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

"""The bridge's lower half: where the engine suspends, and how it finds out that it runs in a bridge's thread.

`io` is the only place of the engine that suspends. In a bridge's thread (`engine/bridge_thread.py`) it hands the
awaitable to the loop and blocks until the answer is there. This file needs no asyncio, so that programs without it do
not import it.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Bridge(Protocol):
    """One outermost call of synchronous code, as `io` needs it.

    Attributes:
        caller: the task that waits for it, weakly, if there is one.
    """

    caller: Any

    def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Run an awaitable on the loop and block this thread until it is done."""
        ...


class _Local(threading.local):
    bridge: Bridge | None = None


local = _Local()
"""The bridge of the current thread; `bridge_thread` sets it."""


def in_bridge() -> bool:
    """Return True if the current thread is a bridge: synchronous calls on asynchronous sessions are legal."""
    return local.bridge is not None


async def io(make: Callable[[], Awaitable[T]]) -> T:
    """Await ``make()`` on the loop, or, inside a bridge, let the loop do it and block."""
    bridge: Any = local.bridge
    if bridge is None:
        return await make()
    return bridge.call(make)  # type: ignore[no-any-return]

"""Drives the asynchronous core synchronously: over a synchronous driver no coroutine ever suspends.

The engine and the session are written once, as ``async def``. A synchronous face calls `drive`, which starts the
coroutine with one ``send(None)`` and takes the result from `StopIteration`: about 0.3 microseconds, no greenlet,
no event loop, no second copy of the logic.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class SuspendedInSyncCall(RuntimeError):
    """A coroutine of the core waited for an event loop although it was called synchronously.

    Faces check beforehand that the driver is a synchronous one (or that a bridge is active); reaching this error
    means that such a check is missing.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} waited for an event loop inside a synchronous call")


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine`, which must not suspend, and return its result.

    Args:
        coroutine: a coroutine of the core, over a synchronous driver or inside a bridge.

    Returns: what the coroutine returns.

    Raises:
        SuspendedInSyncCall: the coroutine suspended.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    coroutine.close()
    raise SuspendedInSyncCall(coroutine.__qualname__)

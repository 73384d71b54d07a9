"""The bridge: synchronous code over an asynchronous connection, each I/O handed to the event loop.

`run_in_bridge` calls a function in a thread of its own, one per outermost call (never the loop's default executor:
callers that queue behind waiting workers deadlock). In that thread the core is driven synchronously; where it would
suspend, `bridge.io` hands the awaitable to the loop and blocks the thread until the answer is there.

Context variables go into the thread and come back. A cancelled caller waits until the function's next I/O, which
raises `asyncio.CancelledError` in it, so that its own clean-up runs before the caller goes on.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from holdfast.engine.bridge import local

T = TypeVar("T")


class _Bridge:
    """One outermost call: the loop that serves it and whether its caller was cancelled."""

    __slots__ = ("cancelled", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.cancelled = False

    def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Run an awaitable on the loop and block this thread until it is done.

        Raises: CancelledError: the caller was cancelled; raised once, so that clean-up may still do I/O.
        """
        if self.cancelled:
            self.cancelled = False
            raise asyncio.CancelledError("the task that called run_sync was cancelled")

        async def serve() -> T:
            return await make()

        return asyncio.run_coroutine_threadsafe(serve(), self.loop).result()


async def run_in_bridge(fn: Callable[..., T], *arguments: Any, **keywords: Any) -> T:
    """Call ``fn(*arguments, **keywords)`` in a bridge thread and return its result.

    Raises: what `fn` raises; CancelledError after `fn` has come to its end, if the caller was cancelled meanwhile.
    """
    loop = asyncio.get_running_loop()
    bridge = _Bridge(loop)
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def finish(result: Any, error: BaseException | None) -> None:
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    def work() -> None:
        local.bridge = bridge
        result: Any = None
        error: BaseException | None = None
        try:
            result = context.run(fn, *arguments, **keywords)
        except BaseException as raised:
            # A future refuses StopIteration; it would end the caller's coroutine.
            error = RuntimeError(repr(raised)) if isinstance(raised, StopIteration) else raised
        finally:
            local.bridge = None
        loop.call_soon_threadsafe(finish, result, error)

    threading.Thread(target=work, name="holdfast-bridge", daemon=True).start()
    was_cancelled: asyncio.CancelledError | None = None
    while not done.done():
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError as cancelled:
            if done.done():
                break
            bridge.cancelled = True
            was_cancelled = cancelled
        except BaseException:
            break
    _bring_back(context)
    if was_cancelled is not None:
        done.exception()
        raise was_cancelled
    return done.result()


def _bring_back(context: contextvars.Context) -> None:
    """Set the context variables that the function changed."""
    for variable, value in context.items():
        if variable.get(_MISSING) is not value:
            variable.set(value)


_MISSING: Any = object()

"""The bridge: synchronous code over an asynchronous connection, each I/O handed to the event loop.

`run_in_bridge` calls a function in a thread of its own, one per outermost call (never the loop's default executor:
callers that queue behind waiting workers deadlock). In that thread the core is driven synchronously; where it would
suspend, `bridge.io` hands the awaitable to the loop and blocks the thread until the answer is there.

Context variables go into the thread and come back. Where the caller is cancelled, the function's I/O under way, or its next
one, raises `asyncio.CancelledError` in it; the caller goes on after the function's own clean-up.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import inspect
import threading
import weakref
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from holdfast import exc
from holdfast.engine.bridge import local
from holdfast.engine.uninterrupted import ends_a_cancelled_call

T = TypeVar("T")


class _Bridge:
    """One outermost call.

    Args:
        loop: serves it.

    Attributes:
        caller: the task that waits for it, weakly.
    """

    __slots__ = ("_is_due", "_task", "_was_cancelled", "caller", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        task = asyncio.current_task()
        self.caller = None if task is None else weakref.ref(task)
        # What does the I/O under way; the caller was cancelled; the function is still to be told of it.
        self._task: asyncio.Task[Any] | None = None
        self._was_cancelled = False
        self._is_due = False

    def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Run an awaitable on the loop and block this thread until it is done.

        Raises: CancelledError: the caller was cancelled; raised once, so that clean-up may still do I/O.
        """
        try:
            return asyncio.run_coroutine_threadsafe(self._serve(make), self.loop).result()
        except concurrent.futures.CancelledError:
            raise asyncio.CancelledError("the task that called run_sync was cancelled") from None

    async def _serve(self, make: Callable[[], Awaitable[T]]) -> T:
        """Do the I/O (on the loop)."""
        if self._is_due:
            self._is_due = False
            raise asyncio.CancelledError
        ends_a_cancelled_call.set(self._was_cancelled)
        self._task = asyncio.current_task()
        try:
            return await make()
        finally:
            self._task = None

    def cancel(self) -> None:
        """The caller was cancelled (on the loop)."""
        self._was_cancelled = True
        if self._task is None:
            self._is_due = True
        else:
            self._task.cancel()


async def run_in_bridge(fn: Callable[..., T], *arguments: Any, **keywords: Any) -> T:
    """Call ``fn(*arguments, **keywords)`` in a bridge thread and return its result.

    Raises:
        what `fn` raises; CancelledError after `fn` has come to its end, if the caller was cancelled meanwhile.
        ArgumentError: `fn` is a coroutine function, which would not be run at all.
    """
    if inspect.iscoroutinefunction(fn):
        name = getattr(fn, "__qualname__", repr(fn))
        raise exc.ArgumentError(
            f"run_sync() calls an ordinary function in a thread of its own, and {name} is an 'async def': await it as it is, "
            "with the asynchronous session or connection."
        )
    loop = asyncio.get_running_loop()
    bridge = _Bridge(loop)
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()
    # The thread outlives the call by some instructions. It keeps nothing of the program's for so long: objects that nobody
    # else holds would leave their session now or then.
    calls = [partial(fn, *arguments, **keywords)]
    outcomes: list[tuple[Any, BaseException | None]] = []

    def finish() -> None:
        result, error = outcomes.pop()
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    def work() -> None:
        local.bridge = bridge
        try:
            outcomes.append((context.run(calls.pop()), None))
        except BaseException as raised:
            # A future refuses StopIteration; it would end the caller's coroutine.
            outcomes.append((None, RuntimeError(repr(raised)) if isinstance(raised, StopIteration) else raised))
        finally:
            local.bridge = None
        loop.call_soon_threadsafe(finish)

    threading.Thread(target=work, name="holdfast-bridge", daemon=True).start()
    was_cancelled: asyncio.CancelledError | None = None
    while not done.done():
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError as cancelled:
            was_cancelled = cancelled
            if not done.done():
                bridge.cancel()
        except GeneratorExit:
            # Its loop was closed under it: nobody serves the function's I/O any more.
            raise
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

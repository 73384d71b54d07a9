"""Awaits what must not be left half done, whoever cancels the caller meanwhile; but not for ever.

A task that was cancelled, and cleans up, waits `DEADLINE` seconds for a database that does not answer. Then it gives the
connection up, which is a ROLLBACK too, and its cancellation goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from typing import Any

DEADLINE = 5.0
"""Seconds for such work after its caller was cancelled."""

ends_a_cancelled_call: ContextVar[bool] = ContextVar("ends_a_cancelled_call", default=False)
"""Set in tasks that work for one that was cancelled."""


async def to_the_end(
    work: Awaitable[Any], give_up: Callable[[], Any], hurry: Callable[[], Coroutine[Any, Any, Any]] | None = None
) -> Any:
    """Await `work` and return its result; a cancellation goes on after it, or at the deadline.

    Args:
        give_up: ends the connection that does not answer, without waiting for anything.
        hurry: asks the database to come to an end; called once, when the caller is cancelled.
    """
    future = asyncio.ensure_future(work)
    waiting_for: list[asyncio.Future[Any]] = [future]
    loop = asyncio.get_running_loop()
    cancelled: asyncio.CancelledError | None = None
    until = loop.time() + DEADLINE if _is_cancelled() else None
    while not future.done() or (cancelled is not None and not all(each.done() for each in waiting_for)):
        try:
            await asyncio.wait(waiting_for, timeout=None if until is None else until - loop.time())
        except asyncio.CancelledError as error:
            if cancelled is None and hurry is not None:
                waiting_for.append(asyncio.ensure_future(hurry()))
            cancelled = error
            until = until or loop.time() + DEADLINE
        if until is not None and loop.time() >= until:
            for each in waiting_for[1:]:
                each.add_done_callback(_forget)
                each.cancel()
            del waiting_for[1:]
        if until is not None and loop.time() >= until and not future.done():
            give_up()
            future.add_done_callback(_forget)
            future.cancel()
            raise cancelled or asyncio.CancelledError("the database did not answer while a cancelled task cleaned up")
    result = future.result()
    if cancelled is not None:
        raise cancelled
    return result


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return (task is not None and task.cancelling() > 0) or ends_a_cancelled_call.get()


def _forget(future: asyncio.Future[Any]) -> None:
    """Take note of an outcome that nobody waits for."""
    if not future.cancelled():
        future.exception()

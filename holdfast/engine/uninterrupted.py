"""Awaits what must not be left half done, whoever cancels the caller meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def to_the_end(work: Awaitable[Any]) -> Any:
    """Await `work` and return its result; a cancellation goes on after it."""
    future = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError as error:
            cancelled = error
        except BaseException:
            break
    result = future.result()
    if cancelled is not None:
        raise cancelled
    return result

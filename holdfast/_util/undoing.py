"""Undoing because of an error: what happens where that fails too."""

from __future__ import annotations

from collections.abc import Awaitable


async def core_undo_after(cause: BaseException | None, undo: Awaitable[None]) -> None:
    """Await what undoes something because of `cause`; the caller raises that again.

    An error of the undoing is raised in its place, with the cause as its context; but Ctrl-C and cancellations go on as
    themselves, for those who wait for them: whoever undoes has given up by then what it could not undo.

    Args:
        cause: None: nothing failed before.
    """
    try:
        await undo
    except Exception:
        if cause is None or isinstance(cause, Exception):
            raise

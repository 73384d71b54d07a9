"""One thread or task at a time is inside of a session: a second one is told at once, with both places.

A session is busy while one of its methods runs. Who is inside may call it again: listeners do, and so does the function
that ``run_sync`` runs, which belongs to the task that awaits it. The price is a number and two assignments a call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from types import FrameType
from typing import Any

from holdfast import exc
from holdfast.orm.session.places import Place, is_outside


def busy(session: Any, owner: Any) -> exc.IllegalStateChangeError:
    """Return the error for a call of a session that another thread or task is inside of.

    Args:
        owner: the thread's number, or the task.
    """
    kind = "thread" if isinstance(owner, int) else "task"
    mine = _outside(sys._getframe(1))
    if isinstance(owner, int):
        other = _outside(sys._current_frames().get(owner))
    else:
        from asyncio import current_task

        other = _place_of_task(owner) or _place_of_gather(owner)
        mine = mine or _place_of_gather(current_task())
    instead = "" if kind == "thread" else " Several statements at once: 'await session.gather(statement, ...)'."
    return exc.IllegalStateChangeError(
        f"This {type(session).__name__} is in use by another {kind}: it is inside of a call at {other or 'a place unknown'}, "
        f"and {mine or 'this one'} calls it at the same time. One {kind} at a time uses a session: give each its own."
        f"{instead}"
    )


def _outside(frame: FrameType | None) -> Place | None:
    """Return the innermost place in the program, from a frame inside the library; None if a task begins there."""
    while frame is not None and not is_outside(frame.f_code):
        if frame.f_globals.get("__name__") == "asyncio.events":
            return None
        frame = frame.f_back
    return None if frame is None else Place(frame.f_code, frame.f_lasti)


def _place_of_task(task: Any) -> Place | None:
    """Return the innermost place in the program where a task waits."""
    waiting, found = task.get_coro(), None
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None)
        if frame is not None and is_outside(frame.f_code):
            found = Place(frame.f_code, frame.f_lasti)
        waiting = getattr(waiting, "cr_await", None)
    return found


def _place_of_gather(task: Any) -> Place | None:
    """Return where another task waits for one that consists of a call of the session alone: in ``asyncio.gather``."""
    from asyncio import all_tasks

    for waiting in all_tasks():
        gathering = getattr(waiting, "_fut_waiter", None)
        if waiting is not task and task in (getattr(gathering, "_children", None) or (gathering,)):
            return _place_of_task(waiting)
    return None


def guard_tasks(class_: type[Any]) -> None:
    """Let every awaited method of an asynchronous face be called by one task at a time."""
    from inspect import iscoroutinefunction  # large, and known to every program that awaits

    for name, method in list(vars(class_).items()):
        if iscoroutinefunction(method) and not name.startswith("__"):
            type.__setattr__(class_, name, _one_at_a_time(method))


def _one_at_a_time(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    from asyncio import current_task

    @wraps(method)
    async def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        session = self.sync_session
        owner, task = session.owner, current_task()
        if owner is not None:
            if owner is not task:
                raise busy(self, owner)
            return await method(self, *arguments, **keywords)
        session.owner = task
        try:
            return await method(self, *arguments, **keywords)
        finally:
            session.owner = None

    return call

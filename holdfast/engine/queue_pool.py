"""The queue pool: a bounded number of connections, handed out in the order of asking.

Who finds no connection waits in one fair queue; a thread waits on a lock, a task on a future. A time-out lists who
holds the connections, since when, and what each sent last. What is held by a task whose event loop was closed under it
is taken back when somebody has to wait.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from holdfast import exc
from holdfast.engine.bridge import in_bridge
from holdfast.engine.pool import Pool
from holdfast.engine.pooled import ConnectionPoolEntry, DetachedPool


class _Opener:
    """Who opens a connection, without having waited for the right to it."""

    __slots__ = ("holder",)

    def __init__(self, holder: Any) -> None:
        self.holder = holder


class _ThreadWaiter:
    """A thread in the queue; see `TaskWaiter`."""

    __slots__ = ("_lock", "entry", "holder")
    is_lost = False

    def __init__(self, holder: Any) -> None:
        self.holder = holder
        self.entry: ConnectionPoolEntry | None = None
        self._lock = threading.Lock()
        self._lock.acquire()

    def wake(self) -> bool:
        """Let it go on."""
        self._lock.release()
        return True

    async def wait(self, timeout: float) -> bool:
        """Block; returns False after `timeout` seconds."""
        return self._lock.acquire(timeout=timeout)


class QueuePool(Pool):
    """A bounded number of connections, handed out in the order of asking.

    Args:
        pool_size: connections kept open.
        max_overflow: more that may be open for a while; -1: without bound.
        timeout: seconds to wait for one.
        use_lifo: hand out the connection that came back last, so that unused ones age.
    """

    def __init__(
        self,
        creator: Callable[..., Any],
        pool_size: int = 5,
        max_overflow: int = 10,
        timeout: float = 30.0,
        use_lifo: bool = False,
        **keywords: Any,
    ) -> None:
        super().__init__(creator, **keywords)
        self._options.update(pool_size=pool_size, max_overflow=max_overflow, timeout=timeout, use_lifo=use_lifo)
        self._size = pool_size
        self._generation = 0
        self._limit = None if max_overflow < 0 or pool_size == 0 else pool_size + max_overflow
        self._timeout = timeout
        self._lifo = use_lifo
        self.begin_empty()

    def begin_empty(self) -> None:
        """Forget all entries, and who waits; those that are out are not kept when they come back."""
        self._idle: deque[ConnectionPoolEntry] = deque()
        self._out: set[ConnectionPoolEntry] = set()
        # Who has the right to open a connection and has not opened it yet: `_Opener`s, and waiters that were woken for it.
        self._opening: set[Any] = set()
        self._waiters: deque[Any] = deque()
        # Re-entrant: the garbage collector may run inside and give a forgotten connection back.
        self._lock = threading.RLock()
        self._generation += 1

    def entries(self) -> list[ConnectionPoolEntry]:
        """Return the entries that are idle or out."""
        return [*self._idle, *self._out]

    async def core_acquire(self) -> ConnectionPoolEntry:
        """Return an idle connection, a new one, or the next that comes back."""
        entry = opener = waiter = None
        with self._lock:
            if self._idle:
                entry = self._idle.pop() if self._lifo else self._idle.popleft()
                self._out.add(entry)
            elif self._limit is None or len(self._out) + len(self._opening) < self._limit:
                opener = _Opener(self._who())
                self._opening.add(opener)
            else:
                waiter = self._make_waiter()
                self._waiters.append(waiter)
                if self._idle:  # one came back meanwhile, from the garbage collector
                    self._give(self._idle.popleft())
        if waiter is not None:
            await self._wait(waiter)
            entry = waiter.entry
        if entry is None:
            return await self._new(opener or waiter)
        if self._is_careful or self.dispatch.checkout:
            return await self._core_hand_out(entry)
        return self._hand_out(entry)

    def _make_waiter(self) -> Any:
        if not self.is_async or in_bridge():
            return _ThreadWaiter(self._who())
        # Here and not above: a program without asyncio does not import it.
        from holdfast.engine.task_waiter import TaskWaiter

        return TaskWaiter(self._who())

    async def _new(self, opener: Any) -> ConnectionPoolEntry:
        try:
            entry = await self._new_entry()
        except BaseException:
            self._end_opening(opener)
            raise
        entry.generation = self._generation
        with self._lock:
            self._opening.discard(opener)
            self._out.add(entry)
        return await self._core_hand_out(entry) if self.dispatch.checkout else self._hand_out(entry)

    def _end_opening(self, opener: Any) -> None:
        """The right to open a connection goes to the next, unless it was taken back."""
        with self._lock:
            if opener in self._opening:
                self._opening.discard(opener)
                self._make_room()

    async def _wait(self, waiter: Any) -> None:
        """Wait until somebody hands a connection over, or the right to open one."""
        try:
            self._take_back_before(waiter)
            woken = await waiter.wait(self._timeout)
        except BaseException:
            with self._lock:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)
                elif waiter.is_lost:
                    pass
                elif waiter.entry is None:
                    self._end_opening(waiter)
                elif waiter.entry in self._out:
                    # Served and cancelled at once: the turn goes to the next.
                    self._out.discard(waiter.entry)
                    self._give(waiter.entry)
            raise
        if not woken:
            self._take_back()
        with self._lock:
            if woken or waiter not in self._waiters:
                return
            self._waiters.remove(waiter)
        overflow = self._limit - self._size if self._limit is not None else -1
        raise exc.TimeoutError(
            f"QueuePool limit of size {self._size} overflow {overflow} reached, connection timed out, "
            f"timeout {self._timeout:.2f}\n{self._holders()}"
        )

    def _take_back_before(self, waiter: Any) -> None:
        """Look for what is held in vain before waiting; behind others only where the first can not have looked well."""
        if not self.is_async:
            return
        from holdfast.engine.task_waiter import is_stranded

        with self._lock:
            first = self._waiters[0] if self._waiters else None
        if first is not None and (first is waiter or is_stranded(first.holder)):
            self._take_back()

    def _take_back(self) -> None:
        """Take back what tasks hold that never go on, as their event loop was closed; such connections are closed."""
        if not self.is_async:
            return
        from holdfast.engine.task_waiter import is_stranded

        with self._lock:
            entries = [entry for entry in self._out if is_stranded(entry.holder)]
            openers = [opener for opener in self._opening if is_stranded(opener.holder)]
            self._out.difference_update(entries)
            self._opening.difference_update(openers)
            for _ in (*entries, *openers):
                self._make_room()
        for entry in entries:
            self.logger.warning(
                "A connection is taken back and closed: the event loop of %s was closed while it held it",
                _shown_holder(entry.holder, {}),
            )
            entry.close()
            # For whoever still refers to it, it does not come back.
            entry.pool = DetachedPool(self)

    def _give(self, entry: ConnectionPoolEntry) -> None:
        """Hand a connection to the first in the queue, or lay it by (the lock is held)."""
        while self._waiters:
            waiter = self._waiters.popleft()
            waiter.entry = entry
            if waiter.wake():
                entry.holder = waiter.holder
                self._out.add(entry)
                return
        self._idle.append(entry)

    def _make_room(self) -> None:
        """A connection is gone: the first in the queue may open one (the lock is held)."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if waiter.wake():
                self._opening.add(waiter)
                return

    def _holders(self) -> str:
        """Return a line for each connection that is out."""
        now = time.monotonic()
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        lines = [
            f"  held for {now - entry.since:.1f} s by {_shown_holder(entry.holder, names)}; "
            f"last statement: {entry.last_sql or 'none'}"
            for entry in list(self._out)
        ]
        return "\n".join(["Connections that are out:", *lines])

    async def core_keep(self, entry: ConnectionPoolEntry) -> None:
        """Keep a connection that came back; what is over the size is closed."""
        entry.users = 0
        with self._lock:
            self._out.discard(entry)
            keep = entry.generation == self._generation and (
                bool(self._waiters) or not self._size or len(self._idle) < self._size
            )
            if keep:
                self._give(entry)
            else:
                self._make_room()
        if not keep:
            await self._core_close(entry)

    def forget(self, entry: ConnectionPoolEntry) -> None:
        """Make room for another."""
        with self._lock:
            self._out.discard(entry)
            self._make_room()

    async def core_dispose(self) -> None:
        """Close the idle connections; who is cancelled meanwhile leaves none of them open."""
        with self._lock:
            idle, self._idle = self._idle, deque()
            self._generation += 1
        try:
            while idle:
                await self._core_close(idle.popleft())
        except BaseException:
            for entry in idle:
                entry.close()
            raise

    def timeout(self) -> float:
        """Return the seconds that somebody waits for a connection."""
        return self._timeout

    def size(self) -> int:
        """Return the number of connections that are kept open."""
        return self._size

    def checkedin(self) -> int:
        """Return how many connections are idle."""
        return len(self._idle)

    def checkedout(self) -> int:
        """Return how many connections are out."""
        return len(self._out)

    def overflow(self) -> int:
        """Return how many connections are open beyond the size; negative while there are fewer."""
        return len(self._out) + len(self._idle) - self._size

    def status(self) -> str:
        """Return the numbers as a sentence."""
        return (
            f"Pool size: {self._size}  Connections in pool: {self.checkedin()} "
            f"Current Overflow: {self.overflow()} Current Checked out connections: {self.checkedout()}"
        )


def _shown_holder(holder: Any, names: Mapping[int | None, str]) -> str:
    """Return who holds a connection, in words."""
    if not callable(holder):
        return f"thread {names.get(holder, holder)}"
    task = holder()
    return "a task that is gone" if task is None else f"task {task.get_name()!r} ({task.get_coro().__qualname__})"


class AsyncAdaptedQueuePool(QueuePool):
    """The queue pool of an asynchronous engine; the waiting is done by tasks."""


class AssertionPool(QueuePool):
    """One connection at a time; asking for a second one is an error (for finding leaks).

    Args:
        store_traceback: the error tells where the connection was taken.
    """

    def __init__(self, creator: Callable[..., Any], store_traceback: bool = True, **keywords: Any) -> None:
        keywords.update(pool_size=1, max_overflow=0, timeout=0)
        super().__init__(creator, **keywords)
        self._options["store_traceback"] = store_traceback
        self._taken_at: list[str] | None = None

    async def core_acquire(self) -> ConnectionPoolEntry:
        """Return the connection.

        Raises: AssertionError: it is out.
        """
        if self.checkedout():
            place = "" if self._taken_at is None else f" at:\n{''.join(self._taken_at)}"
            raise AssertionError(f"connection is already checked out{place}")
        entry = await super().core_acquire()
        if self._options["store_traceback"]:
            import traceback  # here and not above: it is a heavy one

            self._taken_at = traceback.format_stack()
        return entry

    def status(self) -> str:
        """Return the name: there are no numbers."""
        return "AssertionPool"

"""Pools: connections kept open between uses, with one model for threads and for tasks.

Who finds no connection waits in one fair queue; a thread waits on a lock, a task on a future. A time-out lists who
holds the connections, since when, and what each sent last.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from holdfast import exc
from holdfast.engine.bridge import in_bridge
from holdfast.event import Dispatch, register

Connect: TypeAlias = Callable[[], Awaitable[Any]]
POOL_EVENTS = ("connect", "first_connect", "checkout", "checkin", "reset", "invalidate", "close", "close_detached")

pool_class_dispatch = Dispatch(POOL_EVENTS)


class PoolEntry:
    """A connection of a pool.

    Attributes:
        driver: the driver's connection; None once it was closed.
        born: when it was opened, in seconds of `time.monotonic`.
        since: when it was handed out.
        holder: the thread that holds it, by identifier, and the task's name on an asynchronous engine.
        last_sql: the statement sent last.
        users: connections that use it at once; more than 1 only where a pool shares (`StaticPool`).
        generation: the pool's when it was opened; `dispose` begins a new one, and older ones are not kept.
    """

    __slots__ = ("born", "driver", "generation", "holder", "info", "last_sql", "since", "users")

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.born = time.monotonic()
        self.since = 0.0
        self.holder: Any = None
        self.last_sql: str | None = None
        self.users = 0
        self.generation = 0
        self.info: dict[Any, Any] = {}


class Pool:
    """What all pools share.

    Args:
        connect: opens a connection.
        is_async: waiting is done by tasks.
        recycle: seconds after which an idle connection is opened anew; -1: never.
        pre_ping: try an idle connection before it is handed out.
    """

    def __init__(
        self, connect: Connect, *, is_async: bool = False, recycle: float = -1, pre_ping: bool = False
    ) -> None:
        self._connect = connect
        self._is_async = is_async
        self._recycle = recycle
        self._pre_ping = pre_ping
        self._connected_once = False
        self.dispatch = Dispatch(POOL_EVENTS, [pool_class_dispatch])

    async def core_acquire(self) -> PoolEntry:
        """Return a connection for use; blocks or suspends until one is free.

        Raises: TimeoutError: none came free in time.
        """
        raise NotImplementedError

    async def core_release(self, entry: PoolEntry) -> None:
        """Take a connection back, with no transaction open on it."""
        raise NotImplementedError

    def discard(self, entry: PoolEntry) -> None:
        """Close a connection that is out and must not come back: broken, or in an unknown state."""
        raise NotImplementedError

    async def core_dispose(self) -> None:
        """Close all idle connections; those that are out are closed when they come back."""
        raise NotImplementedError

    def checkedout(self) -> int:
        """Return how many connections are out."""
        raise NotImplementedError

    async def _open(self) -> PoolEntry:
        """Open a connection and tell the listeners."""
        driver = await self._connect()
        entry = PoolEntry(driver)
        if self.dispatch.connect or self.dispatch.first_connect:
            try:
                if not self._connected_once:
                    for listener in self.dispatch.first_connect:
                        listener(driver.raw, entry)
                for listener in self.dispatch.connect:
                    listener(driver.raw, entry)
            except BaseException:
                driver.terminate()
                raise
        self._connected_once = True
        return entry

    async def _checked(self, entry: PoolEntry) -> PoolEntry:
        """Return an idle connection, opened anew if it is too old or does not answer."""
        if self._recycle >= 0 and time.monotonic() - entry.born > self._recycle:
            entry.driver.terminate()
            return await self._open()
        if self._pre_ping:
            try:
                await _answer(entry.driver.run("SELECT 1", ()))
                await _answer(entry.driver.run_essential("ROLLBACK") if entry.driver.in_transaction() else None)
            except Exception:  # the driver's error, whatever it is: the connection is dead
                entry.driver.terminate()
                return await self._open()
        return entry

    def _hand_out(self, entry: PoolEntry) -> PoolEntry:
        entry.since = time.monotonic()
        entry.holder = threading.get_ident()
        entry.users += 1
        if self.dispatch.checkout:
            for listener in self.dispatch.checkout:
                listener(entry.driver.raw, entry, entry)
        return entry


async def _answer(sent: Any) -> None:
    """Wait for an answer that an asynchronous driver gives."""
    if hasattr(sent, "__await__"):
        await sent


class _ThreadWaiter:
    """A thread in the queue."""

    __slots__ = ("_lock", "entry")

    def __init__(self) -> None:
        self.entry: PoolEntry | None = None
        self._lock = threading.Lock()
        self._lock.acquire()

    def wake(self) -> None:
        """Let it go on."""
        self._lock.release()

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
        connect: Connect,
        *,
        pool_size: int = 5,
        max_overflow: int = 10,
        timeout: float = 30.0,
        use_lifo: bool = False,
        **keywords: Any,
    ) -> None:
        super().__init__(connect, **keywords)
        self._size = pool_size
        self._limit = None if max_overflow < 0 or pool_size == 0 else pool_size + max_overflow
        self._timeout = timeout
        self._lifo = use_lifo
        self._idle: deque[PoolEntry] = deque()
        self._out: set[PoolEntry] = set()
        self._opening = 0
        self._waiters: deque[Any] = deque()
        # Re-entrant: the garbage collector may run inside and give a forgotten connection back.
        self._lock = threading.RLock()
        self._generation = 0

    async def core_acquire(self) -> PoolEntry:
        """Return an idle connection, a new one, or the next that comes back."""
        entry = waiter = None
        with self._lock:
            if self._idle:
                entry = self._idle.pop() if self._lifo else self._idle.popleft()
                self._out.add(entry)
            elif self._limit is None or len(self._out) + self._opening < self._limit:
                self._opening += 1
            else:
                waiter = self._make_waiter()
                self._waiters.append(waiter)
                if self._idle:  # one came back meanwhile, from the garbage collector
                    self._give(self._idle.popleft())
        if waiter is not None:
            await self._wait(waiter)
            entry = waiter.entry
        if entry is None:
            return await self._new()
        return await self._checked_out(entry) if self._pre_ping or self._recycle >= 0 else self._hand_out(entry)

    def _make_waiter(self) -> Any:
        if not self._is_async or in_bridge():
            return _ThreadWaiter()
        # Here and not above: a program without asyncio does not import it.
        from holdfast.engine.task_waiter import TaskWaiter

        return TaskWaiter()

    async def _checked_out(self, entry: PoolEntry) -> PoolEntry:
        """Hand out a connection that was idle, tried before."""
        try:
            checked = await self._checked(entry)
        except BaseException:
            self._forget(entry)
            raise
        if checked is not entry:
            with self._lock:
                self._out.discard(entry)
                self._out.add(checked)
        return self._hand_out(checked)

    async def _new(self) -> PoolEntry:
        try:
            entry = await self._open()
        except BaseException:
            with self._lock:
                self._opening -= 1
                self._make_room()
            raise
        entry.generation = self._generation
        with self._lock:
            self._opening -= 1
            self._out.add(entry)
        return self._hand_out(entry)

    async def _wait(self, waiter: Any) -> None:
        """Wait until somebody hands a connection over, or the right to open one."""
        try:
            woken = await waiter.wait(self._timeout)
        except BaseException:
            with self._lock:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)
                elif waiter.entry is not None:
                    # Served and cancelled at once: the turn goes to the next.
                    self._out.discard(waiter.entry)
                    self._give(waiter.entry)
                else:
                    self._opening -= 1
                    self._make_room()
            raise
        with self._lock:
            if woken or waiter not in self._waiters:
                return
            self._waiters.remove(waiter)
        overflow = self._limit - self._size if self._limit is not None else -1
        raise exc.TimeoutError(
            f"QueuePool limit of size {self._size} overflow {overflow} reached, connection timed out, "
            f"timeout {self._timeout:.2f}\n{self._holders()}"
        )

    def _give(self, entry: PoolEntry) -> None:
        """Hand a connection to the first in the queue, or lay it by (the lock is held)."""
        if self._waiters:
            waiter = self._waiters.popleft()
            waiter.entry = entry
            self._out.add(entry)
            waiter.wake()
        else:
            self._idle.append(entry)

    def _make_room(self) -> None:
        """A connection is gone: the first in the queue may open one (the lock is held)."""
        if self._waiters:
            self._opening += 1
            self._waiters.popleft().wake()

    def _holders(self) -> str:
        """Return a line for each connection that is out."""
        now = time.monotonic()
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        lines = [
            f"  held for {now - entry.since:.1f} s by thread {names.get(entry.holder, entry.holder)}; "
            f"last statement: {entry.last_sql or 'none'}"
            for entry in list(self._out)
        ]
        return "\n".join(["Connections that are out:", *lines])

    async def core_release(self, entry: PoolEntry) -> None:
        """Take a connection back; what is over the size is closed."""
        if self.dispatch.checkin:
            for listener in self.dispatch.checkin:
                listener(entry.driver.raw, entry)
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
            await entry.driver.close()

    def _forget(self, entry: PoolEntry) -> None:
        with self._lock:
            self._out.discard(entry)
            self._make_room()

    def discard(self, entry: PoolEntry) -> None:
        """Close a connection that is out at once and make room for another."""
        self._forget(entry)
        entry.driver.terminate()

    async def core_dispose(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, deque()
            self._generation += 1
        for entry in idle:
            await entry.driver.close()

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


class AsyncAdaptedQueuePool(QueuePool):
    """The queue pool of an asynchronous engine; the waiting is done by tasks."""


class NullPool(Pool):
    """Opens a connection for every use and closes it afterwards."""

    def __init__(self, connect: Connect, **keywords: Any) -> None:
        super().__init__(connect, **keywords)
        self._out: set[PoolEntry] = set()

    async def core_acquire(self) -> PoolEntry:
        """Open a connection."""
        entry = await self._open()
        self._out.add(entry)
        return self._hand_out(entry)

    async def core_release(self, entry: PoolEntry) -> None:
        """Close the connection."""
        self._out.discard(entry)
        await entry.driver.close()

    def discard(self, entry: PoolEntry) -> None:
        """Close the connection at once."""
        self._out.discard(entry)
        entry.driver.terminate()

    async def core_dispose(self) -> None:
        """Nothing is idle."""

    def checkedout(self) -> int:
        """Return how many connections are out."""
        return len(self._out)

    def status(self) -> str:
        """Return the name: there are no numbers."""
        return "NullPool"


class StaticPool(Pool):
    """One connection for all: what a database in memory needs to be one database."""

    def __init__(self, connect: Connect, **keywords: Any) -> None:
        super().__init__(connect, **keywords)
        self._entries: dict[Any, PoolEntry] = {}

    def _scope(self) -> Any:
        """Return the key of the connection: one for the whole pool."""
        return None

    async def core_acquire(self) -> PoolEntry:
        """Return the connection, opened at the first use."""
        scope = self._scope()
        entry = self._entries.get(scope)
        if entry is None:
            made = await self._open()
            # Opening may suspend: the first one who is ready counts.
            entry = self._entries.setdefault(scope, made)
            if entry is not made:
                await made.driver.close()
        return self._hand_out(entry)

    async def core_release(self, entry: PoolEntry) -> None:
        """The connection stays open."""
        entry.users -= 1
        if entry not in self._entries.values() and entry.users <= 0:
            await entry.driver.close()

    def discard(self, entry: PoolEntry) -> None:
        """Close the connection; the next use opens another."""
        self._remove(entry)
        entry.driver.terminate()

    def _remove(self, entry: PoolEntry) -> None:
        for scope, present in list(self._entries.items()):
            if present is entry:
                del self._entries[scope]

    async def core_dispose(self) -> None:
        """Close the connection."""
        for entry in list(self._entries.values()):
            self._remove(entry)
            if entry.users <= 0:
                await entry.driver.close()

    def checkedout(self) -> int:
        """Return how many users the connections have."""
        return sum(entry.users for entry in self._entries.values())

    def status(self) -> str:
        """Return the name: there are no numbers."""
        return type(self).__name__


class SingletonThreadPool(StaticPool):
    """One connection per thread: SQLite in memory without asyncio."""

    def _scope(self) -> Any:
        return threading.get_ident()


class AssertionPool(QueuePool):
    """One connection at a time; asking for a second one is an error (for finding leaks)."""

    def __init__(self, connect: Connect, **keywords: Any) -> None:
        keywords.update(pool_size=1, max_overflow=0, timeout=0)
        super().__init__(connect, **keywords)


register(lambda target: isinstance(target, Pool), lambda target, name: target.dispatch)

"""Pools that queue nobody: none at all, one connection for everybody, one per thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from weakref import ref

from holdfast.engine.forks import leave_alone
from holdfast.engine.pool import Pool
from holdfast.engine.pooled import ConnectionPoolEntry


class NullPool(Pool):
    """Opens a connection for every use and closes it afterwards."""

    def __init__(self, creator: Callable[..., Any], **keywords: Any) -> None:
        super().__init__(creator, **keywords)
        self._out: set[ConnectionPoolEntry] = set()

    async def core_acquire(self) -> ConnectionPoolEntry:
        """Open a connection."""
        entry = await self._new_entry()
        self._out.add(entry)
        return await self._core_hand_out(entry) if self.dispatch.checkout else self._hand_out(entry)

    async def core_keep(self, entry: ConnectionPoolEntry) -> None:
        """Close the connection."""
        self._out.discard(entry)
        await self._core_close(entry)

    def forget(self, entry: ConnectionPoolEntry) -> None:
        """It does not come back."""
        self._out.discard(entry)

    def entries(self) -> list[ConnectionPoolEntry]:
        """Return the entries that are out."""
        return list(self._out)

    def begin_empty(self) -> None:
        """Forget the entries that are out."""
        self._out = set()

    async def core_dispose(self) -> None:
        """Nothing is idle."""

    def checkedout(self) -> int:
        """Return how many connections are out."""
        return len(self._out)


class StaticPool(Pool):
    """One connection for all: what a database in memory needs to be one database."""

    def __init__(self, creator: Callable[..., Any], **keywords: Any) -> None:
        super().__init__(creator, **keywords)
        self._entries: dict[Any, ConnectionPoolEntry] = {}

    def _scope(self) -> Any:
        """Return the key of the connection: one for the whole pool."""
        return None

    @property
    def connection(self) -> ConnectionPoolEntry | None:
        """The entry that all share, once it was used."""
        return self._entries.get(self._scope())

    async def core_acquire(self) -> ConnectionPoolEntry:
        """Return the connection, opened at the first use."""
        scope = self._scope()
        entry = self._entries.get(scope)
        if entry is None:
            made = await self._new_entry()
            # Opening may suspend: the first one who is ready counts.
            entry = self._entries.setdefault(scope, made)
            if entry is not made:
                await self._core_close(made)
        if entry.driver is None or self.dispatch.checkout or (self._is_careful and not entry.users):
            return await self._core_hand_out(entry)
        return self._hand_out(entry)

    async def core_keep(self, entry: ConnectionPoolEntry) -> None:
        """The connection stays open."""
        entry.users -= 1
        # Of a copy: without the global lock another thread may open its own meanwhile.
        if entry.users <= 0 and entry not in self.entries():
            await self._core_close(entry)

    def forget(self, entry: ConnectionPoolEntry) -> None:
        """The next use opens another."""
        for scope, present in list(self._entries.items()):
            if present is entry:
                del self._entries[scope]

    def entries(self) -> list[ConnectionPoolEntry]:
        """Return the entries."""
        return list(self._entries.values())

    def begin_empty(self) -> None:
        """Forget the entries, but for a database in memory: a forked process has its own copy of that."""
        own = {
            scope: entry for scope, entry in list(self._entries.items()) if getattr(entry.driver, "is_in_memory", False)
        }
        self._entries = own

    def leave_to_parent(self) -> None:
        """Neither use nor close the connections, but for those of databases in memory."""
        for entry in self.entries():
            if not getattr(entry.driver, "is_in_memory", False):
                leave_alone(entry)
        self.begin_empty()

    async def core_dispose(self) -> None:
        """Close the connection."""
        for entry in list(self._entries.values()):
            self.forget(entry)
            if entry.users <= 0:
                await self._core_close(entry)

    def checkedout(self) -> int:
        """Return how many users the connections have."""
        return sum(entry.users for entry in self.entries())


class _Token:
    """Lives as long as a thread."""

    __slots__ = ("__weakref__",)


class SingletonThreadPool(StaticPool):
    """One connection per thread: SQLite in memory without asyncio.

    Args:
        pool_size: connections that are kept; where threads have more, those that nobody uses are closed.
    """

    def __init__(self, creator: Callable[..., Any], pool_size: int = 5, **keywords: Any) -> None:
        super().__init__(creator, **keywords)
        self._options["pool_size"] = pool_size
        self.size = pool_size
        self._here = threading.local()

    def _scope(self) -> Any:
        """Return a reference to something that lives as long as the thread: its number may be that of a later one."""
        here = self._here
        try:
            return here.scope
        except AttributeError:
            here.token = _Token()
            here.scope = ref(here.token)
            return here.scope

    async def core_acquire(self) -> ConnectionPoolEntry:
        """Return the thread's connection."""
        if len(self._entries) >= self.size and self._scope() not in self._entries:
            await self._core_close_unused()
        return await super().core_acquire()

    async def _core_close_unused(self) -> None:
        """Close connections of threads that have ended, until there are as few as shall be."""
        for scope, entry in list(self._entries.items()):
            if len(self._entries) < self.size:
                break
            # Another thread may be closing them, too.
            if scope() is None and entry.users <= 0 and self._entries.pop(scope, None) is not None:
                await self._core_close(entry)

    def status(self) -> str:
        """Return the pool's identity and how many connections it has."""
        return f"SingletonThreadPool id:{id(self)} size: {len(self._entries)}"

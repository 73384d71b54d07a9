"""Faces of a pool's connections: what listeners get (`ConnectionPoolEntry`), what programs hold (`PoolProxiedConnection`)."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, NamedTuple

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge
from holdfast.engine.forks import leave_alone


class PoolResetState(NamedTuple):
    """What the ``reset`` event is told.

    Attributes:
        transaction_was_reset: the engine's Connection has ended the transaction already.
        terminate_only: the connection is closed at once and not used again.
        asyncio_safe: I/O may be done; False where the garbage collector found the connection.
    """

    transaction_was_reset: bool
    terminate_only: bool
    asyncio_safe: bool


class ManagesConnection:
    """What entries and proxies share: the driver's connection, and facts beside it."""

    __slots__ = ()

    dbapi_connection: Any
    """The driver's connection, as the DBAPI describes it; None after invalidation or close."""
    driver_connection: Any
    """The same as the driver made it, also where that is for asyncio."""
    info: dict[Any, Any]
    """The program's own facts, for as long as the driver's connection lives."""
    record_info: dict[Any, Any] | None
    """The program's own facts, for as long as the pool's entry lives."""

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Declare the driver's connection unusable.

        Args:
            e: why.
            soft: not now; it is opened anew before it is handed out again.
        """
        raise NotImplementedError


class ConnectionPoolEntry(ManagesConnection):
    """A connection of a pool; its driver's connection may be opened anew.

    Attributes:
        pool: whose it is; after `detach` a stand-in.
        driver: Holdfast's face of the driver's connection; None after invalidation.
        born: when it was opened, in seconds of `time.monotonic`.
        since: when it was handed out.
        holder: the thread that holds it, by identifier; of an asynchronous pool the task, as a weak reference.
        last_sql: the statement sent last.
        users: connections that use it at once; more than 1 only where a pool shares (`StaticPool`).
        generation: the pool's when it was opened; `dispose` begins a new one, and older ones are not kept.
        is_soft_invalid: it is opened anew before it is handed out again.
    """

    __slots__ = (
        "__dict__", "_record_info", "born", "driver", "generation", "holder", "info", "is_soft_invalid", "last_sql", "pool", "since",
        "users",
    )  # fmt: skip

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self.driver: Any = None
        self.born = 0.0
        self.since = 0.0
        self.holder: Any = None
        self.last_sql: str | None = None
        self.users = 0
        self.generation = 0
        self.info: dict[Any, Any] = {}
        self._record_info: dict[Any, Any] | None = None
        self.is_soft_invalid = False

    def take(self, driver: Any) -> None:
        """Hold a driver's connection that was opened just now."""
        self.driver = driver
        self.born = time.monotonic()
        self.is_soft_invalid = False
        self.info.clear()

    @property
    def dbapi_connection(self) -> Any:
        """The driver's connection, as the DBAPI describes it; None after invalidation.

        A listener may set it to None: the entry lets go of the connection without closing it.
        """
        return None if self.driver is None else dbapi_face(self.driver)

    @dbapi_connection.setter
    def dbapi_connection(self, value: None) -> None:
        leave_alone(self)
        self.driver = None

    @property
    def driver_connection(self) -> Any:
        """The driver's connection as the driver made it."""
        return None if self.driver is None else self.driver.raw

    @property
    def record_info(self) -> dict[Any, Any]:
        """The program's own facts, for as long as the entry lives."""
        if self._record_info is None:
            self._record_info = {}
        return self._record_info

    @property
    def in_use(self) -> bool:
        """True while it is handed out."""
        return self.users > 0

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Close the driver's connection at once, or, with `soft`, before the entry is handed out again."""
        if self.driver is not None:
            self.pool.invalidate_entry(self, e, soft)

    def close(self) -> None:
        """Close the driver's connection; the next use opens another."""
        driver, self.driver = self.driver, None
        if driver is not None:
            self.pool.tell_close(driver, self)
            driver.terminate()


def dbapi_face(driver: Any) -> Any:
    """Return the connection that programs get: the driver's own, or one that looks synchronous over it."""
    return getattr(driver, "adapted", None) or driver.raw


async def core_say_good_bye(driver: Any) -> None:
    """Close a driver's connection politely; one that is lost meanwhile is closed as well."""
    try:
        await driver.close()
    except Exception:  # the driver's error, whatever it is: nobody waits for an answer
        driver.terminate()


class DetachedPool:
    """Stands for the pool of an entry that has left it: coming back means being closed."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.is_async = pool.is_async

    async def core_end_transaction(self, entry: ConnectionPoolEntry) -> None:
        """End what the program left open, as the pool does."""
        await self._pool.core_end_transaction(entry)

    async def core_release(self, entry: ConnectionPoolEntry, was_reset: bool = True) -> None:
        """Close the connection."""
        driver, entry.driver = entry.driver, None
        if driver is not None:
            await self._pool.core_tell_reset(driver, None, was_reset)
            self._pool.tell("close_detached", dbapi_face(driver))
            await core_say_good_bye(driver)

    def discard(self, entry: ConnectionPoolEntry) -> None:
        """Close the connection at once."""
        driver, entry.driver = entry.driver, None
        if driver is not None:
            self._pool.tell("close_detached", dbapi_face(driver))
            driver.terminate()

    def invalidate_entry(self, entry: ConnectionPoolEntry, error: BaseException | None, soft: bool) -> None:
        """Close the connection."""
        self.discard(entry)

    def tell_close(self, driver: Any, entry: ConnectionPoolEntry) -> None:
        """Tell the listeners."""
        self._pool.tell("close_detached", dbapi_face(driver))


class PoolProxiedConnection(ManagesConnection):
    """A connection that is out of its pool, with the driver's own methods; `close` gives it back.

    Args:
        entry: what the pool handed out.
        owner: the Connection that it belongs to; None: the proxy itself gives it back.
    """

    __slots__ = ("__dict__", "__weakref__", "_entry", "_is_lent", "_owner")

    def __init__(self, entry: ConnectionPoolEntry, owner: Any = None) -> None:
        self._entry: ConnectionPoolEntry | None = entry
        self._owner = owner
        self._is_lent = False

    async def core_lend(self) -> PoolProxiedConnection:
        """Let the driver begin transactions by itself, as the DBAPI says, until `close`."""
        assert self._entry is not None
        sent = self._entry.driver.lend(True)
        if sent is not None:
            await sent
        self._is_lent = True
        return self

    # -- what it is ----------------------------------------------------------------------------------------------------

    @property
    def dbapi_connection(self) -> Any:
        """The driver's connection, as the DBAPI describes it; None after invalidation or close; see the entry's."""
        return None if self._entry is None else self._entry.dbapi_connection

    @dbapi_connection.setter
    def dbapi_connection(self, value: None) -> None:
        if self._entry is not None:
            self._entry.dbapi_connection = None

    @property
    def driver_connection(self) -> Any:
        """The driver's connection as the driver made it."""
        return None if self._entry is None else self._entry.driver_connection

    @property
    def connection(self) -> Any:
        """The driver's connection; an older name of `dbapi_connection`."""
        return self.dbapi_connection

    @property
    def is_valid(self) -> bool:
        """True while there is a driver's connection."""
        return self.dbapi_connection is not None

    @property
    def is_detached(self) -> bool:
        """True after `detach`."""
        return self._entry is not None and isinstance(self._entry.pool, DetachedPool)

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts, for as long as the driver's connection lives."""
        return self._open_entry().info

    @property
    def record_info(self) -> dict[Any, Any] | None:
        """The program's own facts, for as long as the pool's entry lives; None when detached."""
        return None if self.is_detached else self._open_entry().record_info

    def _open_entry(self) -> ConnectionPoolEntry:
        if self._entry is None:
            raise exc.InvalidRequestError("This connection is closed")
        return self._entry

    def _raw(self) -> Any:
        raw = self.dbapi_connection
        if raw is None:
            raise exc.InvalidRequestError("This connection is closed")
        return raw

    def cursor(self, *arguments: Any, **keywords: Any) -> Any:
        """Return a new cursor of the driver."""
        return self._raw().cursor(*arguments, **keywords)

    def commit(self) -> None:
        """Commit, as the driver does."""
        self._raw().commit()

    def rollback(self) -> None:
        """Roll back, as the driver does."""
        self._raw().rollback()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._raw(), name)

    # -- its end -------------------------------------------------------------------------------------------------------

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Declare the driver's connection unusable; see `ManagesConnection.invalidate`."""
        if self._owner is not None and not soft:
            self._owner.invalidate(e)
        elif self._entry is not None:
            self._entry.invalidate(e, soft)

    def detach(self) -> None:
        """Take the connection out of its pool: `close` closes it, and the pool opens another."""
        entry = self._open_entry()
        if not self.is_detached:
            entry.pool.detach_entry(entry)

    def close(self) -> None:
        """Give the connection back to its pool, rolled back."""
        if self._entry is None:
            return
        if self._owner is not None:
            self._owner.close()
            return
        if self._entry.pool.is_async and not in_bridge():
            raise exc.SyncCallOnAsyncError("PoolProxiedConnection.close()")
        drive(self.core_close())

    async def core_close(self) -> None:
        """Do what `close` promises."""
        entry, self._entry = self._entry, None
        if entry is None:
            return
        pool = entry.pool
        if entry.driver is not None and self._is_lent:
            try:
                await pool.core_end_transaction(entry)
                sent = entry.driver.lend(False)
                if sent is not None:
                    await sent
            except BaseException:
                pool.discard(entry)
                raise
        await pool.core_release(entry, False)

    def __del__(self) -> None:
        entry = getattr(self, "_entry", None)
        if entry is None or self._owner is not None:
            return
        # Forgotten without close(): it goes back rolled back, where that needs no waiting; otherwise it is closed.
        if entry.pool.is_async:
            self._entry = None
            entry.pool.discard(entry)
            return
        with suppress(Exception):  # what fails is discarded by core_close; nobody is there to be told
            drive(self.core_close())

    def __enter__(self) -> PoolProxiedConnection:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

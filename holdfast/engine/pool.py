"""Pools: connections kept open between uses, with one model for threads and for tasks; what all pools share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge
from holdfast.engine.events import POOL_EVENTS, EngineDispatch
from holdfast.engine.forks import leave_alone, watch
from holdfast.engine.logging import is_enabled, pool_logger
from holdfast.engine.plain_connection import opener
from holdfast.engine.pooled import (
    ConnectionPoolEntry,
    DetachedPool,
    PoolProxiedConnection,
    PoolResetState,
    core_say_good_bye,
    dbapi_face,
)
from holdfast.event import register, setup_lock

CHECKOUT_ATTEMPTS = 2
"""Connections that are tried in a row while ``checkout`` listeners raise DisconnectionError."""

RESETS = {"rollback": "ROLLBACK", True: "ROLLBACK", "commit": "COMMIT", None: None, "none": None, False: None}


class PoolDispatch(EngineDispatch):
    """The listeners of a pool, or of all pools of a class."""


pool_class_dispatches: dict[type, PoolDispatch] = {}
"""Listeners on the classes of pools."""


def class_dispatch(class_: type) -> PoolDispatch:
    """Return the dispatch of a class of pools; it hears its own pools and those of its subclasses."""
    found = pool_class_dispatches.get(class_)
    if found is None:
        with setup_lock:
            parents = [class_dispatch(base) for base in class_.__bases__ if issubclass(base, Pool)]
            found = pool_class_dispatches.setdefault(class_, PoolDispatch(POOL_EVENTS, parents))
    return found


class Pool:
    """What all pools share.

    Args:
        creator: a function that opens a connection of a driver; an engine gives a coroutine function.
        recycle: seconds after which an idle connection is opened anew; -1: never.
        echo: True logs what becomes of connections, ``"debug"`` each use.
        logging_name: added to the logger's name.
        reset_on_return: how a transaction ends that was left open: "rollback", "commit", or None.
        events: pairs of a function and an event's name, to listen to.
        dialect: what the database is like, if that is known.
        pre_ping: try an idle connection before it is handed out.
        is_async: waiting is done by tasks.

    Raises: ArgumentError: `reset_on_return` is something else.
    """

    def __init__(
        self,
        creator: Callable[..., Any],
        recycle: float = -1,
        echo: bool | str | None = None,
        logging_name: str | None = None,
        reset_on_return: Any = True,
        events: Iterable[tuple[Callable[..., Any], str]] | None = None,
        dialect: Any = None,
        pre_ping: bool = False,
        is_async: bool = False,
    ) -> None:
        if reset_on_return not in RESETS:
            raise exc.ArgumentError(f"Invalid value for 'reset_on_return': {reset_on_return!r}")
        self.creator = creator
        self._open_driver = opener(creator, dialect)
        self._who: Callable[[], Any] = threading.get_ident
        if is_async:
            # Here and not above: a program without asyncio does not import it.
            from holdfast.engine.task_waiter import who

            self._who = who
        self._options: dict[str, Any] = {
            "recycle": recycle,
            "echo": echo,
            "logging_name": logging_name,
            "reset_on_return": reset_on_return,
            "dialect": dialect,
            "pre_ping": pre_ping,
            "is_async": is_async,
        }
        self.is_async = is_async
        # Listeners may use a Connection: a dialect's own methods do.
        self.tells_in_bridge = False
        self.echo = echo
        self.logging_name = logging_name
        self.logger = pool_logger(type(self).__name__, echo, logging_name)
        self._logs = is_enabled(self.logger, "info")
        self._logs_uses = is_enabled(self.logger, "debug")
        self._reset_text: str | None = RESETS[reset_on_return]
        self._recycle = recycle
        self._pre_ping = pre_ping
        self._invalid_before = 0.0
        # An idle connection is looked at before it is handed out.
        self._is_loop_bound = is_async and getattr(dialect.link, "is_loop_bound", False)
        self._is_careful = pre_ping or recycle >= 0 or self._is_loop_bound
        self._connected_once = False
        self.dispatch = PoolDispatch(POOL_EVENTS, [class_dispatch(type(self))])
        for function, name in events or ():
            self.dispatch.append(name, function)
        watch(self)

    # -- what the kinds of pools do ------------------------------------------------------------------------------------

    async def core_acquire(self) -> ConnectionPoolEntry:
        """Return a connection for use; blocks or suspends until one is free.

        Raises: TimeoutError: none came free in time.
        """
        raise NotImplementedError

    async def core_keep(self, entry: ConnectionPoolEntry) -> None:
        """Keep a connection that came back, or close it."""
        raise NotImplementedError

    def forget(self, entry: ConnectionPoolEntry) -> None:
        """An entry that is out does not come back."""
        raise NotImplementedError

    async def core_dispose(self) -> None:
        """Close all idle connections; those that are out are closed when they come back."""
        raise NotImplementedError

    def entries(self) -> list[ConnectionPoolEntry]:
        """Return the entries that are idle or out, as far as the pool knows them."""
        raise NotImplementedError

    def begin_empty(self) -> None:
        """Forget all entries, and who waits: this is another process."""
        raise NotImplementedError

    def checkedout(self) -> int:
        """Return how many connections are out."""
        raise NotImplementedError

    def status(self) -> str:
        """Return the numbers, or the name, as a sentence."""
        return type(self).__name__

    # -- the face for programs -----------------------------------------------------------------------------------------

    def connect(self) -> PoolProxiedConnection:
        """Return a connection; its `close` gives it back."""
        self._check_sync("Pool.connect()")
        return drive(self.core_connect())

    async def core_connect(self) -> PoolProxiedConnection:
        """Do what `connect` promises."""
        entry = await self.core_acquire()
        try:
            return await PoolProxiedConnection(entry).core_lend()
        except BaseException:
            self.discard(entry)
            raise

    def dispose(self) -> None:
        """Close all idle connections."""
        self._check_sync("Pool.dispose()")
        drive(self.core_dispose())

    def leave_to_parent(self) -> None:
        """Neither use nor close the connections: they are those of the process that this one was forked from."""
        for entry in self.entries():
            leave_alone(entry)
        self.begin_empty()

    def open_by(self, opener: Any) -> None:
        """Open connections in another way from now on (called by the factory of engines).

        Args: opener: coroutine function of the pool's entry.
        """
        self._open_driver = opener

    def recreate(self) -> Any:
        """Return a new pool of the same kind, with the same listeners and no connections."""
        other = type(self)(self.creator, **self._options)
        other._open_driver = self._open_driver
        other.tells_in_bridge = self.tells_in_bridge
        for name in POOL_EVENTS:
            for function in self.dispatch.own(name):
                other.dispatch.append(name, function)
        return other

    def _check_sync(self, what: str) -> None:
        if self.is_async and not in_bridge():
            raise exc.SyncCallOnAsyncError(what)

    # -- opening and handing out ---------------------------------------------------------------------------------------

    async def _new_entry(self) -> ConnectionPoolEntry:
        """Return an entry with a connection."""
        entry = ConnectionPoolEntry(self)
        await self._core_open(entry)
        return entry

    async def _core_open(self, entry: ConnectionPoolEntry) -> None:
        """Open an entry's connection and tell the listeners."""
        driver = await self._open_driver(entry)
        entry.take(driver)
        if self._logs_uses:
            self.logger.debug("Created new connection %r", driver.raw)
        if self.dispatch.connect or self.dispatch.first_connect:
            try:
                if not self._connected_once:
                    self._connected_once = True
                    await self._core_tell("first_connect", driver, dbapi_face(driver), entry)
                await self._core_tell("connect", driver, dbapi_face(driver), entry)
            except BaseException:
                entry.driver = None
                driver.terminate()
                raise
        self._connected_once = True

    async def _core_hand_out(self, entry: ConnectionPoolEntry) -> ConnectionPoolEntry:
        """Hand out a connection that is looked at before, or whose listeners are told."""
        try:
            await self._core_make_usable(entry)
            self._note_use(entry)
            if self.dispatch.checkout:
                await self._core_tell_checkout(entry)
        except BaseException:
            entry.users = 0
            self.discard(entry)
            raise
        return entry

    async def _core_tell_checkout(self, entry: ConnectionPoolEntry) -> None:
        """Tell the listeners; where they say that the connection is dead, try another."""
        for _ in range(CHECKOUT_ATTEMPTS):
            proxy = PoolProxiedConnection(entry, owner=entry)
            try:
                await self._core_tell("checkout", entry.driver, dbapi_face(entry.driver), entry, proxy)
                return
            except exc.DisconnectionError as error:
                if getattr(error, "invalidate_pool", False):
                    self.invalidate_older()
                entry.invalidate(error)
                await self._core_open(entry)
        entry.close()
        raise exc.InvalidRequestError("This connection is closed")

    async def _core_make_usable(self, entry: ConnectionPoolEntry) -> None:
        """Open an entry's connection anew if it is too old, was declared unusable or does not answer."""
        if entry.driver is not None:
            if not self._is_stale(entry) and (entry.since == 0.0 or not self._pre_ping or await self._answers(entry)):
                return
            entry.close()
        await self._core_open(entry)

    async def core_reopen(self, entry: ConnectionPoolEntry) -> None:
        """Open the connection of an entry that is out, after it was lost: for listeners it came back and is taken again."""
        if self.dispatch.checkin:
            await self._core_tell("checkin", None, None, entry)
        await self._core_open(entry)
        if self.dispatch.checkout:
            try:
                await self._core_tell_checkout(entry)
            except BaseException:
                entry.close()
                raise

    def _is_stale(self, entry: ConnectionPoolEntry) -> bool:
        if entry.is_soft_invalid or entry.born < self._invalid_before:
            return True
        if self._is_loop_bound and entry.driver.is_elsewhere():
            return True
        return self._recycle >= 0 and time.monotonic() - entry.born > self._recycle

    async def _answers(self, entry: ConnectionPoolEntry) -> bool:
        """Return True if the database answers on an idle connection."""
        driver = entry.driver
        dialect = self._options["dialect"]
        try:
            if "do_ping" in getattr(dialect, "own_methods", ()):
                if not dialect.do_ping(dbapi_face(driver)):
                    raise exc.DisconnectionError("do_ping() of the dialect says that the connection is lost")
            else:
                await _answer(driver.run("SELECT 1", ()))
            await _answer(driver.run_essential("ROLLBACK") if driver.in_transaction() else None)
        except Exception as error:  # the driver's error, whatever it is: the connection is dead
            if self._logs:
                self.logger.info("Pool pre-ping on connection %r failed: %s", driver.raw, type(error).__name__)
            # A pool that a program made by itself has no engine whose listeners could be told.
            tell_dead = getattr(self.creator, "tell_dead", None)
            if tell_dead is None or tell_dead(error):
                self.invalidate_older()
            entry.invalidate(error)
            return False
        return True

    def _hand_out(self, entry: ConnectionPoolEntry) -> ConnectionPoolEntry:
        """Hand out a connection that needs no look, and of which nobody wants to know."""
        entry.since = time.monotonic()
        entry.holder = self._who()
        entry.users += 1
        if self._logs_uses:
            self.logger.debug("Connection %r checked out from pool", entry.driver.raw)
        return entry

    _note_use = _hand_out

    # -- coming back ---------------------------------------------------------------------------------------------------

    async def core_release(self, entry: ConnectionPoolEntry, was_reset: bool = True) -> None:
        """Take a connection back, with no transaction open on it.

        Args:
            was_reset: the Connection has ended a transaction just now.
        """
        if self._logs_uses and entry.driver is not None:
            self.logger.debug("Connection %r being returned to pool", entry.driver.raw)
            if was_reset:
                self.logger.debug("Connection %r reset, transaction already reset", entry.driver.raw)
        dispatch = self.dispatch
        if dispatch.reset and entry.driver is not None:
            await self.core_tell_reset(entry.driver, entry, was_reset)
        if dispatch.checkin:
            await self._core_tell("checkin", entry.driver, entry.dbapi_connection, entry)
        await self.core_keep(entry)

    async def core_tell_reset(self, driver: Any, entry: ConnectionPoolEntry | None, was_reset: bool) -> None:
        """Tell the listeners that a connection comes back."""
        await self._core_tell(
            "reset", driver, dbapi_face(driver), entry, PoolResetState(was_reset, entry is None, True)
        )

    async def core_end_transaction(self, entry: ConnectionPoolEntry) -> None:
        """End a transaction that a program left open on the driver's connection, as `reset_on_return` says."""
        driver = entry.driver
        # Without a wish it is rolled back: the connection could not serve anybody else.
        if driver.in_transaction():
            await _answer(driver.run_essential(self._reset_text or "ROLLBACK"))

    def discard(self, entry: ConnectionPoolEntry) -> None:
        """Close a connection that is out and must not come back: broken, or in an unknown state."""
        self.forget(entry)
        entry.close()

    async def _core_close(self, entry: ConnectionPoolEntry) -> None:
        """Close a connection politely."""
        driver, entry.driver = entry.driver, None
        if driver is not None:
            self.tell_close(driver, entry)
            await core_say_good_bye(driver)

    def invalidate_entry(self, entry: ConnectionPoolEntry, error: BaseException | None, soft: bool) -> None:
        """Declare an entry's connection unusable; see `ManagesConnection.invalidate`."""
        self._is_careful = True
        if self._logs:
            reason = f" (reason: {type(error).__name__}:{error})" if error is not None else ""
            kind = "Soft i" if soft else "I"
            self.logger.info("%snvalidate connection %r%s", kind, entry.driver.raw, reason)
        self.tell("soft_invalidate" if soft else "invalidate", entry.dbapi_connection, entry, error)
        if soft:
            entry.is_soft_invalid = True
        else:
            entry.close()

    def invalidate_older(self) -> None:
        """Declare all connections unusable that are open now: the server was lost."""
        self._invalid_before = time.monotonic()
        self._is_careful = True

    def detach_entry(self, entry: ConnectionPoolEntry) -> None:
        """Let a connection that is out leave the pool for good."""
        self.forget(entry)
        self.tell("detach", entry.dbapi_connection, entry)
        entry.pool = DetachedPool(self)

    # -- listeners -----------------------------------------------------------------------------------------------------

    def tell(self, name: str, *arguments: Any) -> None:
        """Call an event's listeners."""
        for listener in getattr(self.dispatch, name):
            listener(*arguments)

    def begin_anew(self) -> None:
        """Tell ``first_connect`` listeners of the next connection: the pool was emptied."""
        self._connected_once = False

    def tell_close(self, driver: Any, entry: ConnectionPoolEntry) -> None:
        """Tell that a connection is closed."""
        if self._logs_uses:
            self.logger.debug("Closing connection %r", driver.raw)
        if self.dispatch.close:
            self.tell("close", dbapi_face(driver), entry)

    async def _core_tell(self, name: str, driver: Any, *arguments: Any) -> None:
        """Call listeners that may use the driver's connection: where that is for asyncio alone, over a bridge."""
        needs_bridge = self.tells_in_bridge or getattr(driver, "adapted", None)
        if driver is None or not needs_bridge or in_bridge():
            self.tell(name, *arguments)
        elif getattr(self.dispatch, name):
            # Here and not above: a program without asyncio does not import it.
            from holdfast.engine.bridge_thread import run_in_bridge

            await run_in_bridge(self.tell, name, *arguments)


async def _answer(sent: Any) -> None:
    """Wait for an answer that an asynchronous driver gives."""
    if hasattr(sent, "__await__"):
        await sent


register(lambda target: isinstance(target, Pool), lambda target, name: target.dispatch)
register(
    lambda target: isinstance(target, type) and issubclass(target, Pool), lambda target, name: class_dispatch(target)
)

"""LISTEN: what other sessions of the server notify, on a connection of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.compiler.identifiers import quote


class Notification(NamedTuple):
    """One NOTIFY.

    Attributes:
        channel: its name.
        payload: what was sent along; "" if nothing was.
        pid: the server's process that sent it.
    """

    channel: str
    payload: str
    pid: int


class Listener:
    """Hears the channels of a synchronous engine; a block of ``with`` that is entered once.

    Args:
        engine: of PostgreSQL by psycopg. Behind a pooler in transaction mode nothing is heard.
        channels: names, as NOTIFY has them.

    Raises: ArgumentError: no channel, or the other kind of engine.
    """

    def __init__(self, engine: Any, *channels: str) -> None:
        self._engine = engine
        self._texts = _texts(engine, channels, False)
        self._connection: Any = None

    def __enter__(self) -> Listener:
        connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        try:
            _check(connection.driver)
            for text in self._texts:
                connection.exec_driver_sql(text)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return self

    def __exit__(self, *error: object) -> None:
        connection = self._connection
        # The next one who gets the driver's connection would hear them too.
        if not connection.invalidated:
            connection.exec_driver_sql("UNLISTEN *")
        connection.close()

    def get(self, timeout: float | None = None) -> Iterator[Notification]:
        """Yield notifications as they come.

        Args:
            timeout: seconds after which the iteration ends; None: never; 0: only what is there.

        Raises: ConnectionLost: nothing is heard any more; listen again, in a new block.
        """
        connection = _entered(self._connection, "with Listener")
        try:
            for told in connection.driver.notifications(timeout):
                yield Notification(*told)
        except Exception as error:
            raise connection.wrapped(error, None, (), False) from error


class AsyncListener:
    """Hears the channels of an asynchronous engine; a block of ``async with`` that is entered once.

    Args, Raises: as for `Listener`.
    """

    def __init__(self, engine: Any, *channels: str) -> None:
        self._engine = engine
        self._texts = _texts(engine, channels, True)
        self._connection: Any = None

    async def __aenter__(self) -> AsyncListener:
        connection = await self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        try:
            _check(connection.sync_connection.driver)
            for text in self._texts:
                await connection.exec_driver_sql(text)
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        return self

    async def __aexit__(self, *error: object) -> None:
        connection = self._connection
        if not connection.invalidated:
            await connection.exec_driver_sql("UNLISTEN *")
        await connection.close()

    async def get(self, timeout: float | None = None) -> AsyncIterator[Notification]:
        """Yield notifications as they come; see `Listener.get`."""
        connection = _entered(self._connection, "async with AsyncListener").sync_connection
        try:
            async for told in connection.driver.notifications(timeout):
                yield Notification(*told)
        except Exception as error:
            raise connection.wrapped(error, None, (), False) from error


def _texts(engine: Any, channels: tuple[str, ...], awaits: bool) -> list[str]:
    """Return the statements that begin to listen."""
    if hasattr(engine, "sync_engine") is not awaits:
        kinds = ("an asynchronous", "AsyncListener") if not awaits else ("a synchronous", "Listener")
        raise exc.ArgumentError(f"This is {kinds[0]} engine; use {kinds[1]}.")
    if not channels or not all(isinstance(channel, str) for channel in channels):
        raise exc.ArgumentError("A listener needs the names of channels: Listener(engine, 'orders', 'prices').")
    return [f"LISTEN {quote(channel, engine.dialect, True)}" for channel in channels]


def _entered(connection: Any, word: str) -> Any:
    """Return the connection of a block that was entered and not left.

    Raises: InvalidRequestError: it is not there.
    """
    if connection is None or connection.closed:
        raise exc.InvalidRequestError(
            f"Notifications are heard inside of the listener's block only: `{word}(engine, ...) as listener:`."
        )
    return connection


def _check(driver: Any) -> None:
    if not hasattr(driver, "notifications"):
        raise exc.InvalidRequestError(
            "Only the driver psycopg hears notifications here; write postgresql+psycopg:// in the address."
        )

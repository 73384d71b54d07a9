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
    """

    def __init__(self, engine: Any, *channels: str) -> None:
        self._engine = engine
        self._texts = [f"LISTEN {quote(channel, engine.dialect, True)}" for channel in channels]
        self._connection: Any = None

    def __enter__(self) -> Listener:
        self._connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        _check(self._connection.driver)
        for text in self._texts:
            self._connection.exec_driver_sql(text)
        return self

    def __exit__(self, *error: object) -> None:
        # The next one who gets the driver's connection would hear them too.
        self._connection.exec_driver_sql("UNLISTEN *")
        self._connection.close()

    def get(self, timeout: float | None = None) -> Iterator[Notification]:
        """Yield notifications as they come.

        Args:
            timeout: seconds after which the iteration ends; None: never; 0: only what is there.
        """
        for told in self._connection.driver.notifications(timeout):
            yield Notification(*told)


class AsyncListener:
    """Hears the channels of an asynchronous engine; a block of ``async with`` that is entered once.

    Args: as for `Listener`.
    """

    def __init__(self, engine: Any, *channels: str) -> None:
        self._engine = engine
        self._texts = [f"LISTEN {quote(channel, engine.dialect, True)}" for channel in channels]
        self._connection: Any = None

    async def __aenter__(self) -> AsyncListener:
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection = await engine.connect()
        _check(self._connection.sync_connection.driver)
        for text in self._texts:
            await self._connection.exec_driver_sql(text)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._connection.exec_driver_sql("UNLISTEN *")
        await self._connection.close()

    async def get(self, timeout: float | None = None) -> AsyncIterator[Notification]:
        """Yield notifications as they come; see `Listener.get`."""
        async for told in self._connection.sync_connection.driver.notifications(timeout):
            yield Notification(*told)


def _check(driver: Any) -> None:
    if not hasattr(driver, "notifications"):
        raise exc.InvalidRequestError(
            "Only the driver psycopg hears notifications here; write postgresql+psycopg:// in the address."
        )

"""PostgreSQL by psycopg 3, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's.

Rows of one statement come whole; a batch travels in the driver's pipeline, so it is one round trip however many rows
it has. Text that came without parameters goes as it is; with any, also none by name, ``%%`` stands for a percent sign.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads

from holdfast.engine.bridge import io
from holdfast.engine.driver import Fetched, Parameters

_IDLE = TransactionStatus.IDLE
# Statements that were seen this often are prepared by the server; the driver's own number.
_NO_PARAMETERS: tuple[Any, ...] = ()


def _given(parameters: Parameters) -> Any:
    """Return parameters as the driver wants them: None where the text has no percent signs to be read."""
    return None if parameters == _NO_PARAMETERS else parameters


def _fetched(cursor: Any) -> Fetched:
    """Return the answer on which a cursor stands."""
    description = cursor.description
    return Fetched([] if description is None else cursor.fetchall(), description, cursor.rowcount, None)


def _answers(cursor: Any) -> list[Fetched]:
    """Return all answers of a batch."""
    found = [_fetched(cursor)]
    while cursor.nextset():
        found.append(_fetched(cursor))
    return found


class PsycopgConnection:
    """One psycopg connection; single statements are answered at once, the coroutines never suspend.

    Args:
        raw: the connection, in autocommit mode.
    """

    __slots__ = ("raw",)

    takes_begin_along = False

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        return _fetched(self.raw.execute(sql, _given(parameters)))  # type: ignore[arg-type]

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like."""
        self.raw.execute(sql)  # type: ignore[arg-type]

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        cursor = self.raw.cursor()
        cursor.executemany(sql, rows)  # type: ignore[arg-type]
        return Fetched([], None, cursor.rowcount, None)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        cursor = self.raw.cursor()
        cursor.executemany(sql, rows, returning=True)  # type: ignore[arg-type]
        return _answers(cursor)

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        self.raw.close()

    def terminate(self) -> None:
        """Close."""
        self.raw.close()

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        return self.raw.pgconn.transaction_status != _IDLE


class AsyncPsycopgConnection:
    """One asynchronous psycopg connection.

    Args:
        raw: the connection, in autocommit mode.
    """

    __slots__ = ("raw",)

    takes_begin_along = False

    def __init__(self, raw: psycopg.AsyncConnection[Any]) -> None:
        self.raw = raw

    async def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows; a cancelled caller's statement is cancelled too."""
        return await io(lambda: self._run(sql, _given(parameters)))

    async def _run(self, sql: str, parameters: Any) -> Fetched:
        return await _fetched_async(await self.raw.execute(sql, parameters))  # type: ignore[arg-type]

    async def run_essential(self, sql: str) -> Fetched:
        """Execute COMMIT, ROLLBACK and the like; a cancelled caller gets its cancellation after they are done."""
        return await io(lambda: _to_the_end(self._run(sql, None)))

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return await io(lambda: self._run_many(sql, rows))

    async def _run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        cursor = self.raw.cursor()
        await cursor.executemany(sql, rows)  # type: ignore[arg-type]
        return Fetched([], None, cursor.rowcount, None)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return await io(lambda: self._run_each(sql, rows))

    async def _run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        cursor = self.raw.cursor()
        await cursor.executemany(sql, rows, returning=True)  # type: ignore[arg-type]
        found = [await _fetched_async(cursor)]
        while cursor.nextset():
            found.append(await _fetched_async(cursor))
        return found

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        await io(lambda: _to_the_end(self.raw.close()))

    def terminate(self) -> None:
        """Close the socket, without a word to the server and without the loop."""
        self.raw.pgconn.finish()

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        return self.raw.pgconn.transaction_status != _IDLE


async def _fetched_async(cursor: Any) -> Fetched:
    description = cursor.description
    return Fetched([] if description is None else await cursor.fetchall(), description, cursor.rowcount, None)


async def _to_the_end(work: Any) -> Any:
    """Await work that must not be left half done; a cancellation goes on after it."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except BaseException:
            break
    result = task.result()
    if cancelled is not None:
        raise cancelled
    return result


class PsycopgDriver:
    """Opens synchronous connections.

    Args:
        json_loads: reads JSON documents; None: `json.loads`.
    """

    module = psycopg
    is_async = False

    def __init__(self, json_loads: Callable[[str], Any] | None = None) -> None:
        self._json_loads = json_loads

    def adopt(self, raw: psycopg.Connection[Any]) -> PsycopgConnection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.autocommit = True
        _set_loaders(raw, self._json_loads)
        return PsycopgConnection(raw)

    async def connect(self, url: Any, arguments: Mapping[str, Any]) -> PsycopgConnection:
        """Open a connection."""
        return self.adopt(psycopg.connect(**connect_arguments(url, arguments)))

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return _is_lost(error)


class AsyncPsycopgDriver:
    """Opens asynchronous connections.

    Args:
        json_loads: reads JSON documents; None: `json.loads`.
    """

    module = psycopg
    is_async = True

    def __init__(self, json_loads: Callable[[str], Any] | None = None) -> None:
        self._json_loads = json_loads

    async def connect(self, url: Any, arguments: Mapping[str, Any]) -> AsyncPsycopgConnection:
        """Open a connection."""
        return await io(lambda: self._open(connect_arguments(url, arguments)))

    async def _open(self, arguments: dict[str, Any]) -> AsyncPsycopgConnection:
        raw = await psycopg.AsyncConnection.connect(**arguments, autocommit=True)
        _set_loaders(raw, self._json_loads)
        return AsyncPsycopgConnection(raw)

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return _is_lost(error)


def connect_arguments(url: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of ``psycopg.connect``: the address's parts, its query, and the program's own.

    Args:
        arguments: ``connect_args`` of the engine; they go before the address.
    """
    parts = {
        "host": url.host,
        "port": url.port,
        "dbname": url.database,
        "user": url.username,
        "password": url.password,
    }
    found: dict[str, Any] = {name: value for name, value in parts.items() if value not in (None, "")}
    for name, value in url.query.items():
        found[name] = value if isinstance(value, str) else ",".join(value)
    return {**found, **arguments}


def _set_loaders(raw: Any, json_loads: Callable[[str], Any] | None) -> None:
    """Let a connection read documents with the program's own function, if it gave one."""
    if json_loads is not None:
        set_json_loads(json_loads, raw)


def _is_lost(error: BaseException) -> bool:
    connection_errors = (psycopg.OperationalError, psycopg.InterfaceError)
    words = ("closed", "lost", "terminat", "connection failed", "could not receive", "could not send", "EOF")
    return isinstance(error, connection_errors) and any(word in str(error) for word in words)

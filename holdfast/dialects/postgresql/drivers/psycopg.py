"""PostgreSQL by psycopg 3, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's.

Rows of one statement come whole; a batch travels in the driver's pipeline, so it is one round trip however many rows
it has. Text that came without parameters goes as it is; with any, also none by name, ``%%`` stands for a percent sign.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads

from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.bridge import io
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters

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


_cursor_numbers = itertools.count(1)


def _server_cursor(raw: Any) -> Any:
    """Return a cursor of the server; outside a transaction it must be told to stay."""
    withhold = raw.pgconn.transaction_status == _IDLE
    return raw.cursor(f"holdfast_{next(_cursor_numbers)}", withhold=withhold)


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

    def cursor(self) -> psycopg.Cursor[Any]:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        if many:
            cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return _fetched(cursor.execute(sql, _given(parameters)))

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; a query's rows stay at the server."""
        cursor = _server_cursor(self.raw) if is_query else self.raw.cursor()
        return CursorStream(cursor.execute(sql, _given(parameters)))

    def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        self.raw.autocommit = not to_program

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

    __slots__ = ("adapted", "raw")

    takes_begin_along = False

    def __init__(self, raw: psycopg.AsyncConnection[Any]) -> None:
        self.raw = raw
        self.adapted = AdaptedConnection(raw)

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

    async def run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        """Execute several statements in one pipeline; the first error is the last answer."""
        return await io(lambda: self._run_group(statements))

    async def _run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        cursors: list[psycopg.AsyncCursor[Any]] = []
        failed: list[BaseException] = []
        try:
            async with self.raw.pipeline():
                for sql, parameters in statements:
                    cursors.append(await self.raw.execute(sql, _given(parameters)))  # type: ignore[arg-type]
        except psycopg.Error as error:
            failed.append(error)
        # The statement that failed, and those behind it, have no answer.
        return [*[await _fetched_async(cursor) for cursor in cursors if cursor.pgresult is not None], *failed]

    def cursor(self) -> psycopg.AsyncCursor[Any]:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    async def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        return await io(lambda: self._run_on(cursor, sql, parameters, many))

    async def _run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        if many:
            await cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return await _fetched_async(await cursor.execute(sql, _given(parameters)))

    async def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> AsyncCursorStream:
        """Execute one statement; a query's rows stay at the server."""
        cursor = _server_cursor(self.raw) if is_query else self.raw.cursor()
        return AsyncCursorStream(await io(lambda: cursor.execute(sql, _given(parameters))))

    async def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        await io(lambda: self.raw.set_autocommit(not to_program))

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        await io(lambda: _to_the_end(self.raw.close()))

    def terminate(self) -> None:
        """Close the socket, without a word to the server and without the loop."""
        self.raw.pgconn.finish()

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        return self.raw.pgconn.transaction_status != _IDLE


class AsyncCursorStream(CursorStream):
    """The rows that stand in an asynchronous cursor."""

    __slots__ = ()

    def fetch(self, count: int | None) -> Any:
        """Return what gives the next rows when it is awaited."""
        return self._fetch(count)

    async def _fetch(self, count: int | None) -> list[Any]:
        if self.description is None:
            return []
        return await io(lambda: self.raw.fetchall() if count is None else self.raw.fetchmany(count))  # type: ignore[no-any-return]

    def close(self) -> Any:
        """Return what closes the cursor when it is awaited."""
        return io(lambda: _to_the_end(self.raw.close()))


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
        module: what to use instead of psycopg.
    """

    is_async = False
    name = "psycopg"

    def __init__(self, json_loads: Callable[[str], Any] | None = None, module: Any = None) -> None:
        self._json_loads = json_loads
        self.module: Any = psycopg if module is None else module

    def adopt(self, raw: Any) -> PsycopgConnection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.autocommit = True
        _set_loaders(raw, self._json_loads)
        return PsycopgConnection(raw)

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened."""
        return ConnectArguments([], connect_arguments(url, given), {})

    async def connect(self, arguments: ConnectArguments) -> PsycopgConnection:
        """Open a connection."""
        return self.adopt(self.module.connect(*arguments.args, **arguments.keywords))

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return _is_lost(error)


class AsyncPsycopgDriver:
    """Opens asynchronous connections.

    Args:
        json_loads: reads JSON documents; None: `json.loads`.
        module: what to use instead of psycopg.
    """

    is_async = True
    name = "psycopg"

    def __init__(self, json_loads: Callable[[str], Any] | None = None, module: Any = None) -> None:
        self._json_loads = json_loads
        self.module: Any = psycopg if module is None else module

    async def adopt(self, raw: Any) -> AsyncPsycopgConnection:
        """Take over a connection that the program made, in autocommit mode."""
        await io(lambda: raw.set_autocommit(True))
        _set_loaders(raw, self._json_loads)
        return AsyncPsycopgConnection(raw)

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened."""
        return ConnectArguments([], {**connect_arguments(url, given), "autocommit": True}, {})

    async def connect(self, arguments: ConnectArguments) -> AsyncPsycopgConnection:
        """Open a connection."""
        return await io(lambda: self._open(arguments))

    async def _open(self, arguments: ConnectArguments) -> AsyncPsycopgConnection:
        raw = await self.module.AsyncConnection.connect(*arguments.args, **arguments.keywords)
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


_LOST_WORDS = ("closed", "lost", "terminat", "connection failed", "could not receive", "could not send", "EOF")
_DOWN_WORDS = ("starting up", "shutting down", "terminat", "recovery")


def _is_lost(error: BaseException) -> bool:
    if not isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return False
    text = str(error)
    # A server that answers FATAL is there: the name, the password or the database is wrong.
    return any(word in text for word in (_DOWN_WORDS if "FATAL:" in text else _LOST_WORDS))

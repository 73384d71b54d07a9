"""PostgreSQL by psycopg 3, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's.

Marks travel with a statement where that saves time (`travelling`). Rows of one statement come whole; a batch travels in the driver's pipeline, so it is one round trip however many rows
it has. Text that came without parameters goes as it is; with any, also none by name, ``%%`` stands for a percent sign.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.json import set_json_loads

from holdfast.dialects.postgresql.drivers.address import address_parts
from holdfast.dialects.postgresql.drivers.batches import CAN_KEEP, AsyncKeepingCursor, KeepingCursor
from holdfast.dialects.postgresql.drivers.travelling import NEVER, TravellingMarks, mark_uncertain
from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.bridge import io
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters

_IDLE, _IN_TRANSACTION = TransactionStatus.IDLE, TransactionStatus.INTRANS
_DONE = ExecStatus.COMMAND_OK
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


class PsycopgConnection(TravellingMarks):
    """One psycopg connection; single statements are answered at once, the coroutines never suspend.

    Args:
        raw: the connection, in autocommit mode.
        pipeline: "always", "never" or "auto": whether marks of transactions travel with statements.
    """

    __slots__ = ("raw",)

    rolls_back_soon = True

    def __init__(self, raw: psycopg.Connection[Any], pipeline: str = NEVER) -> None:
        super().__init__(pipeline)
        self.raw: Any = raw

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        if self._has_marks:
            return _fetched(self._with_marks(lambda: self.raw.execute(sql, _given(parameters))))
        return _fetched(self.raw.execute(sql, _given(parameters)))

    def _with_marks(self, execute: Callable[[], Any]) -> Any:
        """Execute between the marks that wait, in one round trip, and return the cursor."""
        begin, commit = self.take_marks()
        try:
            with self.raw.pipeline():
                if begin is not None:
                    self.raw.execute(begin)
                cursor = execute()
                if commit:
                    self.raw.execute("COMMIT")
        except psycopg.Error as error:
            if commit:
                mark_uncertain(error)
            raise
        if commit:
            self.committed_along()
        return cursor

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like."""
        if self._has_marks:
            if not self.settles(sql):
                self._with_marks(lambda: self.raw.execute(sql))
        elif self._samples:
            start = time.perf_counter()
            self.raw.execute(sql)
            self.note_trip(start)
        else:
            self.raw.execute(sql)

    def roll_back_soon(self) -> None:
        """Roll back what has only read, past the driver: it would drop its prepared statements, which is one more trip."""
        if not (self._has_marks and self.settles("ROLLBACK")):
            pgconn = self.raw.pgconn
            if pgconn.transaction_status != _IN_TRANSACTION or pgconn.exec_(b"ROLLBACK").status != _DONE:
                self.raw.execute("ROLLBACK")

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return Fetched([], None, self._execute_many(sql, rows, False).rowcount, None)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return _answers(self._execute_many(sql, rows, True))

    def _execute_many(self, sql: str, rows: Sequence[Parameters], returning: bool) -> Any:
        cursor = KeepingCursor(self.raw) if returning and CAN_KEEP else self.raw.cursor()
        returning = returning and not CAN_KEEP
        if self._has_marks:
            self._with_marks(lambda: cursor.executemany(sql, rows, returning=returning))
        else:
            cursor.executemany(sql, rows, returning=returning)
        return cursor

    def _send_begin(self) -> None:
        """Send what waits by itself: what follows can not take it along."""
        begin, _ = self.take_marks()
        if begin is not None:
            self.raw.execute(begin)

    def cursor(self) -> psycopg.Cursor[Any]:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        self._send_begin()
        if many:
            cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return _fetched(cursor.execute(sql, _given(parameters)))

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; a query's rows stay at the server."""
        self._send_begin()
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
        return self._begin is not None or self.raw.pgconn.transaction_status != _IDLE


class AsyncPsycopgConnection(TravellingMarks):
    """One asynchronous psycopg connection.

    Args:
        raw: the connection, in autocommit mode.
        pipeline: "always", "never" or "auto": whether marks of transactions travel with statements.
    """

    __slots__ = ("adapted", "raw")

    def __init__(self, raw: psycopg.AsyncConnection[Any], pipeline: str = NEVER) -> None:
        super().__init__(pipeline)
        self.raw: Any = raw
        self.adapted = AdaptedConnection(raw)

    async def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows; a cancelled caller's statement is cancelled too."""
        return await io(lambda: self._run(sql, _given(parameters)))

    async def _run(self, sql: str, parameters: Any) -> Fetched:
        if self._has_marks:
            return await _fetched_async(await self._with_marks(lambda: self.raw.execute(sql, parameters)))
        return await _fetched_async(await self.raw.execute(sql, parameters))

    async def _with_marks(self, execute: Callable[[], Any]) -> Any:
        """Execute between the marks that wait, in one round trip, and return the cursor."""
        begin, commit = self.take_marks()
        try:
            async with self.raw.pipeline():
                if begin is not None:
                    await self.raw.execute(begin)
                cursor = await execute()
                if commit:
                    await self.raw.execute("COMMIT")
        except psycopg.Error as error:
            if commit:
                mark_uncertain(error)
            raise
        if commit:
            self.committed_along()
        return cursor

    async def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like; a cancelled caller gets its cancellation after they are done."""
        if self._has_marks and self.settles(sql):
            return
        await io(lambda: _to_the_end(self._run_essential(sql)))

    async def _run_essential(self, sql: str) -> None:
        if self._has_marks:
            await self._with_marks(lambda: self.raw.execute(sql))
        elif self._samples:
            start = time.perf_counter()
            await self.raw.execute(sql)
            self.note_trip(start)
        else:
            await self.raw.execute(sql)

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return await io(lambda: self._run_many(sql, rows))

    async def _run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        return Fetched([], None, (await self._execute_many(sql, rows, False)).rowcount, None)

    async def _execute_many(self, sql: str, rows: Sequence[Parameters], returning: bool) -> Any:
        cursor = AsyncKeepingCursor(self.raw) if returning and CAN_KEEP else self.raw.cursor()
        returning = returning and not CAN_KEEP
        if self._has_marks:
            await self._with_marks(lambda: cursor.executemany(sql, rows, returning=returning))
        else:
            await cursor.executemany(sql, rows, returning=returning)
        return cursor

    async def _send_begin(self) -> None:
        """Send what waits by itself: what follows can not take it along."""
        begin, _ = self.take_marks()
        if begin is not None:
            await self.raw.execute(begin)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return await io(lambda: self._run_each(sql, rows))

    async def _run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        cursor = await self._execute_many(sql, rows, True)
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
        await self._send_begin()
        if many:
            await cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return await _fetched_async(await cursor.execute(sql, _given(parameters)))

    async def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> AsyncCursorStream:
        """Execute one statement; a query's rows stay at the server."""
        await io(self._send_begin)
        cursor = _server_cursor(self.raw) if is_query else self.raw.cursor()
        try:
            return AsyncCursorStream(await io(lambda: cursor.execute(sql, _given(parameters))))
        except asyncio.CancelledError:
            with contextlib.suppress(psycopg.Error):
                await _to_the_end(cursor.close())
            raise

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
        return self._begin is not None or self.raw.pgconn.transaction_status != _IDLE


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


def _close_unused(connecting: asyncio.Future[psycopg.AsyncConnection[Any]]) -> None:
    """Close a connection that was opened for a task that was cancelled meanwhile."""
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().pgconn.finish()


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

    def _made(self, raw: Any, settings: Mapping[str, Any]) -> PsycopgConnection:
        _set_loaders(raw, self._json_loads)
        return PsycopgConnection(raw, settings["pipeline"])

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened."""
        return connect_arguments(url, given)

    async def connect(self, arguments: ConnectArguments) -> PsycopgConnection:
        """Open a connection."""
        raw = self.module.connect(*arguments.args, **arguments.keywords)
        return self._made(raw, arguments.settings)

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
        return connect_arguments(url, given)

    async def connect(self, arguments: ConnectArguments) -> AsyncPsycopgConnection:
        """Open a connection."""
        return await io(lambda: self._open(arguments))

    async def _open(self, arguments: ConnectArguments) -> AsyncPsycopgConnection:
        connecting = asyncio.ensure_future(self.module.AsyncConnection.connect(*arguments.args, **arguments.keywords))
        try:
            raw = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # What comes of it must be closed; who was cancelled need not wait for that.
            connecting.add_done_callback(_close_unused)
            raise
        _set_loaders(raw, self._json_loads)
        return AsyncPsycopgConnection(raw, arguments.settings["pipeline"])

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return _is_lost(error)


def connect_arguments(url: Any, given: Mapping[str, Any]) -> ConnectArguments:
    """Return how a connection is opened: the address's parts, its query, and the program's own keywords.

    Args:
        given: ``connect_args`` of the engine; they go before the address.
    """
    settings, keywords = address_parts(url, given)
    return ConnectArguments([], {**keywords, "autocommit": True}, settings)


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

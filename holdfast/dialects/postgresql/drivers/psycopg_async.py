"""PostgreSQL by psycopg 3 on asyncio; see `psycopg` beside it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from holdfast.dialects.postgresql.drivers.address import version_numbers
from holdfast.dialects.postgresql.drivers.batches import CAN_KEEP, AsyncKeepingCursor
from holdfast.dialects.postgresql.drivers.given_up import Ending
from holdfast.dialects.postgresql.drivers.psycopg import (
    FAILED,
    IDLE,
    connect_arguments,
    given_parameters,
    is_lost,
    server_cursor,
    set_loaders,
)
from holdfast.dialects.postgresql.drivers.travelling import KEEPS, NEVER, WOULD_ROLL_BACK, TravellingMarks
from holdfast.engine import uninterrupted
from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.bridge import io
from holdfast.engine.commit_outcome import note_commit_along
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters

T = TypeVar("T")

NOT_IN_TRANSACTION = (IDLE, TransactionStatus.UNKNOWN)
"""What the C library says of an idle connection, and of one that was closed."""


class AsyncPsycopgConnection(TravellingMarks):
    """One asynchronous psycopg connection.

    Args:
        raw: the connection, in autocommit mode.
        pipeline: "always", "never" or "auto": whether marks of transactions travel with statements.
        is_pooled: a pooler gives the server's session to others between transactions: nothing may be left in it.
    """

    __slots__ = ("_ending", "_is_pooled", "adapted", "raw")

    def __init__(self, raw: psycopg.AsyncConnection[Any], pipeline: str = NEVER, is_pooled: bool = False) -> None:
        super().__init__(pipeline)
        self._is_pooled = is_pooled
        if is_pooled:
            raw.prepare_threshold = None
        self.raw: Any = raw
        self._ending = Ending(raw)
        self.adapted = AdaptedConnection(raw)

    async def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows; a cancelled caller's statement is cancelled too."""
        return await io(lambda: self._settled(self._run(sql, given_parameters(parameters))))

    async def _settled(self, work: Coroutine[Any, Any, T]) -> T:
        """Await work; a connection on which an answer is still under way afterwards is closed.

        A cancelled caller's statement is cancelled by the driver, which waits for the answer to that; but not in the middle
        of a pipeline, and not for a caller that is cancelled once more meanwhile. The next statement would get what is left
        for its own answer.
        """
        try:
            return await work
        except asyncio.CancelledError:
            connection = self.raw.pgconn
            if connection.transaction_status == TransactionStatus.ACTIVE or connection.pipeline_status:
                connection.finish()
            raise

    async def _run(self, sql: str, parameters: Any) -> Fetched:
        if self._has_marks:
            return await _fetched_async(await self._with_marks(lambda: self.raw.execute(sql, parameters)))
        return await _fetched_async(await self.raw.execute(sql, parameters))

    async def _with_marks(self, execute: Callable[[], Any]) -> Any:
        """Execute between the marks that wait, in one round trip, and return the cursor."""
        begin, commit = self.take_marks()
        if commit:
            return await self._with_commit(begin, execute)
        async with self.raw.pipeline():
            if begin is not None:
                await self.raw.execute(begin)
            return await execute()

    async def _with_commit(self, begin: str | None, execute: Callable[[], Any]) -> Any:
        """Execute with COMMIT behind it: a cancelled caller's statement is cancelled at the server, and its answer waited for.

        So that it is known whether the COMMIT was done; if it was, the cancellation is raised when it is asked for.
        """
        work = asyncio.ensure_future(self._pipelined(begin, execute))
        was_cancelled = False

        async def hurry() -> None:
            nonlocal was_cancelled
            was_cancelled = True
            with contextlib.suppress(psycopg.Error):  # the server may be gone, or done
                await self.raw.cancel_safe(timeout=uninterrupted.DEADLINE)

        try:
            cursor = await self._ending.after(work, hurry)
        except psycopg.Error as error:
            if was_cancelled and not is_lost(error):
                raise asyncio.CancelledError from error
            note_commit_along(error)
            raise
        except asyncio.CancelledError as cancelled:
            if not work.done() or work.cancelled():
                note_commit_along(cancelled)
                raise
            self.committed_along(cancelled)
            return work.result()
        self.committed_along()
        return cursor

    async def _pipelined(self, begin: str | None, execute: Callable[[], Any]) -> Any:
        async with self.raw.pipeline():
            if begin is not None:
                await self.raw.execute(begin)
            cursor = await execute()
            await self.raw.execute("COMMIT")
        return cursor

    async def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like; a cancelled caller gets its cancellation after they are done."""
        if self._has_marks and self.settles(sql):
            return
        await io(lambda: self._ending.after(self._run_essential(sql)))

    async def _run_essential(self, sql: str) -> None:
        if sql.startswith(KEEPS) and self.raw.pgconn.transaction_status == FAILED:
            raise psycopg.errors.InFailedSqlTransaction(WOULD_ROLL_BACK)
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
        return await io(lambda: self._settled(self._run_many(sql, rows)))

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
        return await io(lambda: self._settled(self._run_each(sql, rows)))

    async def _run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        cursor = await self._execute_many(sql, rows, True)
        found = [await _fetched_async(cursor)]
        while cursor.nextset():
            found.append(await _fetched_async(cursor))
        return found

    async def run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        """Execute several statements in one pipeline; the first error is the last answer."""
        return await io(lambda: self._settled(self._run_group(statements)))

    async def _run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        cursors: list[psycopg.AsyncCursor[Any]] = []
        failed: list[BaseException] = []
        begin, _ = self.take_marks()
        try:
            async with self.raw.pipeline():
                if begin is not None:
                    await self.raw.execute(begin)
                for sql, parameters in statements:
                    cursors.append(await self.raw.execute(sql, given_parameters(parameters)))
        except psycopg.Error as error:
            failed.append(error)
        # The statement that failed, and those behind it, have no answer.
        return [*[await _fetched_async(cursor) for cursor in cursors if cursor.pgresult is not None], *failed]

    async def copy_in(self, sql: str, rows: Iterable[Any]) -> int:
        """Send rows by COPY; returns their number."""
        return await io(lambda: self._settled(self._copy_in(sql, rows)))

    async def _copy_in(self, sql: str, rows: Iterable[Any]) -> int:
        await self._send_begin()
        cursor = self.raw.cursor()
        async with cursor.copy(sql) as copy:
            for row in rows:
                await copy.write_row(row)
        return cursor.rowcount  # type: ignore[no-any-return]

    async def copy_out(self, sql: str, write: Callable[[bytes], Any]) -> int:
        """Hand what COPY gives to `write`; returns the number of rows."""
        return await io(lambda: self._settled(self._copy_out(sql, write)))

    async def _copy_out(self, sql: str, write: Callable[[bytes], Any]) -> int:
        await self._send_begin()
        cursor = self.raw.cursor()
        async with cursor.copy(sql) as copy:
            async for piece in copy:
                write(bytes(piece))
        return cursor.rowcount  # type: ignore[no-any-return]

    async def notifications(self, timeout: float | None) -> AsyncIterator[tuple[str, str, int]]:
        """Yield channel, payload and sender of what was notified, for `timeout` seconds; None: for ever."""
        async for notify in self.raw.notifies(timeout=timeout):
            yield notify.channel, notify.payload, notify.pid

    def cursor(self) -> psycopg.AsyncCursor[Any]:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    async def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        return await io(lambda: self._settled(self._run_on(cursor, sql, parameters, many)))

    async def _run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        await self._send_begin()
        if many:
            await cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return await _fetched_async(await cursor.execute(sql, given_parameters(parameters)))

    async def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> AsyncCursorStream:
        """Execute one statement; a query's rows stay at the server."""
        await io(self._send_begin)
        cursor = server_cursor(self.raw) if is_query and self._may_hold() else self.raw.cursor()
        try:
            return AsyncCursorStream(await io(lambda: cursor.execute(sql, given_parameters(parameters))), self._ending)
        except asyncio.CancelledError:
            with contextlib.suppress(psycopg.Error):
                await self._ending.after(cursor.close())
            raise

    def _may_hold(self) -> bool:
        """Return True if the session stays the same as long as a cursor of the server lives."""
        return not self._is_pooled or self.raw.pgconn.transaction_status != IDLE

    async def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        await io(lambda: self.raw.set_autocommit(not to_program))

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        await io(lambda: self._ending.after(self.raw.close()))

    def terminate(self) -> None:
        """Close the socket, without a word to the server and without the loop."""
        self._ending.begin()

    def fileno(self) -> int:
        """Return the number of the connection's socket."""
        return self.raw.fileno()  # type: ignore[no-any-return]

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        if self._ending.has_begun:
            return False
        return self._begin is not None or self.raw.pgconn.transaction_status not in NOT_IN_TRANSACTION

    def is_closed(self) -> bool:
        """Return True after its end."""
        return self._ending.has_begun or bool(self.raw.closed)


class AsyncCursorStream(CursorStream):
    """The rows that stand in an asynchronous cursor."""

    __slots__ = ("_ending",)

    def __init__(self, raw: Any, ending: Ending) -> None:
        super().__init__(raw)
        self._ending = ending

    def fetch(self, count: int | None) -> Any:
        """Return what gives the next rows when it is awaited."""
        return self._fetch(count)

    async def _fetch(self, count: int | None) -> list[Any]:
        if self.description is None:
            return []
        return await io(lambda: self.raw.fetchall() if count is None else self.raw.fetchmany(count))  # type: ignore[no-any-return]

    def close(self) -> Any:
        """Return what closes the cursor when it is awaited."""
        return io(lambda: self._ending.after(self.raw.close()))


async def _fetched_async(cursor: Any) -> Fetched:
    description = cursor.description
    return Fetched([] if description is None else await cursor.fetchall(), description, cursor.rowcount, None)


def _close_unused(connecting: asyncio.Future[psycopg.AsyncConnection[Any]]) -> None:
    """Close a connection that was opened for a task that was cancelled meanwhile."""
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().pgconn.finish()


class AsyncPsycopgDriver:
    """Opens asynchronous connections.

    Args:
        json_loads: reads JSON documents; None: `json.loads`.
        module: what to use instead of psycopg.
        native_inet: addresses of networks are read as objects of `ipaddress`, otherwise as strings.
    """

    is_async = True
    name = "psycopg"

    def __init__(
        self, json_loads: Callable[[str], Any] | None = None, module: Any = None, native_inet: bool = True
    ) -> None:
        self._json_loads = json_loads
        self._native_inet = native_inet
        self.module: Any = psycopg if module is None else module

    async def adopt(self, raw: Any) -> AsyncPsycopgConnection:
        """Take over a connection that the program made, in autocommit mode."""
        await io(lambda: raw.set_autocommit(True))
        set_loaders(raw, self._json_loads, self._native_inet)
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
        set_loaders(raw, self._json_loads, self._native_inet)
        settings = arguments.settings
        return AsyncPsycopgConnection(raw, settings["pipeline"], settings["pooler"] == "transaction")

    @staticmethod
    def version_of(connection: AsyncPsycopgConnection) -> tuple[int, ...]:
        """Return the server's version."""
        return version_numbers(connection.raw.info.server_version)

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return is_lost(error)

"""PostgreSQL by psycopg 3 on asyncio; see `psycopg` beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from holdfast.dialects.postgresql.drivers.address import version_numbers
from holdfast.dialects.postgresql.drivers.exchange import Statement, Steps, total
from holdfast.dialects.postgresql.drivers.given_up import Ending
from holdfast.dialects.postgresql.drivers.psycopg import connect_arguments, is_lost, server_cursor, set_loaders
from holdfast.dialects.postgresql.drivers.speaking import IDLE, ONCE, given_parameters
from holdfast.dialects.postgresql.drivers.travelling import NEVER, WOULD_ROLL_BACK
from holdfast.dialects.postgresql.drivers.waiting import AsyncSpeaking
from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.bridge import in_bridge, io
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters

NOT_IN_TRANSACTION = (IDLE, TransactionStatus.UNKNOWN)
"""What the C library says of an idle connection, and of one that was closed."""


class AsyncPsycopgConnection(AsyncSpeaking):
    """One asynchronous psycopg connection.

    Args:
        raw: the connection, in autocommit mode.
        pipeline: "always" or "never": whether marks of transactions travel with statements.
        is_pooled: a pooler gives the server's session to others between transactions: nothing may be left in it.
    """

    __slots__ = ("_adapted",)

    def __init__(self, raw: psycopg.AsyncConnection[Any], pipeline: str = NEVER, is_pooled: bool = False) -> None:
        super().__init__(raw, pipeline, is_pooled)
        self._adapted = AdaptedConnection(raw)

    @property
    def adapted(self) -> AdaptedConnection:
        """What looks like an ordinary connection, for programs."""
        self._hand_out()
        return self._adapted

    def run(self, sql: str, parameters: Parameters) -> Fetched | Awaitable[Fetched]:
        """Execute one statement and fetch all of its rows: at once where the answer comes quickly.

        A cancelled caller's statement is cancelled too.
        """
        text, values = self._exchanged(sql, parameters)
        if text is None:
            return io(lambda: self._settled(self._run_by_driver(sql, given_parameters(parameters))))
        if in_bridge():
            return io(lambda: self._run_on_loop((text, (values,))))
        is_answered, found, commit = self._ask(((text, (values,)),))
        return self._exchanges.fetched(found)[0] if is_answered else self._fetched_later(found, commit)

    async def _run_on_loop(self, statement: Statement) -> Fetched:
        return self._exchanges.fetched(await self._exchange((statement,)))[0]

    async def _fetched_later(self, steps: Steps, commit: bool) -> Fetched:
        return self._exchanges.fetched(await self._wait(steps, commit))[0]

    async def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like; a cancelled caller gets its cancellation after they are done."""
        if self._refuses(sql):
            raise psycopg.errors.InFailedSqlTransaction(WOULD_ROLL_BACK)
        if self._has_marks and self.settles(sql):
            return
        text = self._mark(sql)
        if text is None:
            await io(lambda: self._ending.after(self._send_by_driver(sql)))
        else:
            await io(lambda: self._exchange(((text, ONCE),), essential=True))

    async def _send_by_driver(self, sql: str) -> None:
        await self._let_driver_send()
        await self._raw.execute(sql)

    @property
    def rolls_back_soon(self) -> bool:
        """True if the transaction can be rolled back without waiting."""
        return self._begin is not None or self._leaves_rollback()

    def roll_back_soon(self) -> None:
        """Roll back what has only read, without waiting for the answer: it is read ahead of the next one."""
        if not (self._has_marks and self.settles("ROLLBACK")):
            self._exchanges.send_and_leave("ROLLBACK")

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        text, values = self._exchanged_rows(sql, rows)
        if text is None:
            cursor = await io(lambda: self._settled(self._execute_many(sql, rows, False)))
            return Fetched([], None, cursor.rowcount, None)
        return Fetched([], None, total(await io(lambda: self._exchange(((text, values),)))), None)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        text, values = self._exchanged_rows(sql, rows)
        if text is None:
            return await io(lambda: self._settled(self._run_each_by_driver(sql, rows)))
        return self._exchanges.fetched(await io(lambda: self._exchange(((text, values),))))

    async def _run_by_driver(self, sql: str, parameters: Any) -> Fetched:
        await self._let_driver_alter()
        return await _fetched_async(await self._raw.execute(sql, parameters))

    async def _execute_many(self, sql: str, rows: Sequence[Parameters], returning: bool) -> Any:
        await self._let_driver_alter()
        cursor = self._raw.cursor()
        await cursor.executemany(sql, rows, returning=returning)
        return cursor

    async def _run_each_by_driver(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        cursor = await self._execute_many(sql, rows, True)
        found = [await _fetched_async(cursor)]
        while cursor.nextset():
            found.append(await _fetched_async(cursor))
        return found

    async def run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        """Execute several statements in one round trip; the first error is the last answer."""
        together = self._together(statements)
        if together is None:
            return await io(lambda: self._one_by_one(statements))
        answers, error = await io(lambda: self._exchange(together, partly=True))
        return [*self._exchanges.fetched(answers), *([] if error is None else [error])]

    async def _one_by_one(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        answers: list[Fetched | BaseException] = []
        try:
            for sql, parameters in statements:
                sent = self.run(sql, parameters)
                answers.append(sent if isinstance(sent, Fetched) else await sent)
        except psycopg.Error as error:
            answers.append(error)
        return answers

    async def copy_in(self, sql: str, rows: Iterable[Any]) -> int:
        """Send rows by COPY; returns their number."""
        return await io(lambda: self._settled(self._copy_in(sql, rows)))

    async def _copy_in(self, sql: str, rows: Iterable[Any]) -> int:
        await self._let_driver_send()
        cursor = self._raw.cursor()
        async with cursor.copy(sql) as copy:
            for row in rows:
                await copy.write_row(row)
        return cursor.rowcount  # type: ignore[no-any-return]

    async def copy_out(self, sql: str, write: Callable[[bytes], Any]) -> int:
        """Hand what COPY gives to `write`; returns the number of rows."""
        return await io(lambda: self._settled(self._copy_out(sql, write)))

    async def _copy_out(self, sql: str, write: Callable[[bytes], Any]) -> int:
        await self._let_driver_send()
        cursor = self._raw.cursor()
        async with cursor.copy(sql) as copy:
            async for piece in copy:
                write(bytes(piece))
        return cursor.rowcount  # type: ignore[no-any-return]

    async def notifications(self, timeout: float | None) -> AsyncIterator[tuple[str, str, int]]:
        """Yield channel, payload and sender of what was notified, for `timeout` seconds; None: for ever."""
        await io(self._settle_by_loop)
        async for notify in self._raw.notifies(timeout=timeout):
            yield notify.channel, notify.payload, notify.pid

    def cursor(self) -> psycopg.AsyncCursor[Any]:
        """Return a new cursor, for listeners."""
        return self._raw.cursor()

    async def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        return await io(lambda: self._settled(self._run_on(cursor, sql, parameters, many)))

    async def _run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        await self._let_driver_alter()
        if many:
            await cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return await _fetched_async(await cursor.execute(sql, given_parameters(parameters)))

    async def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> AsyncCursorStream:
        """Execute one statement; a query's rows stay at the server."""
        await io(self._let_driver_send)
        cursor = server_cursor(self._raw) if is_query and self._may_hold() else self._raw.cursor()
        try:
            return AsyncCursorStream(await io(lambda: cursor.execute(sql, given_parameters(parameters))), self._ending)
        except asyncio.CancelledError:
            with contextlib.suppress(psycopg.Error):
                await self._ending.after(cursor.close())
            raise

    async def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        await io(self._settle_by_loop)
        await io(lambda: self._raw.set_autocommit(not to_program))

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        await io(lambda: self._ending.after(self._raw.close()))

    def terminate(self) -> None:
        """Close the socket, without a word to the server and without the loop."""
        self._ending.begin()

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        if self._ending.has_begun or self._exchanges.owed:
            return False
        return self._begin is not None or self._raw.pgconn.transaction_status not in NOT_IN_TRANSACTION

    def is_closed(self) -> bool:
        """Return True after its end."""
        return self._ending.has_begun or bool(self._raw.closed)


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
        return version_numbers(connection._raw.info.server_version)

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return is_lost(error)

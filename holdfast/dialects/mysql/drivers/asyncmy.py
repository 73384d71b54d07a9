"""MySQL and MariaDB by asyncmy, on asyncio without threads: BEGIN, COMMIT and SAVEPOINT are the engine's.

The driver closes a connection whose answer nobody waited for. The server does not notice that before it has done its work:
so a cancelled caller's statement is ended there by another connection.
"""

from __future__ import annotations

import asyncio
import datetime
import decimal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

import asyncmy
from asyncmy.cursors import SSCursor

from holdfast.dialects.mysql.drivers.common import (
    DEADLOCK,
    MARKS,
    connect_arguments,
    has_late_marks,
    introduce,
    with_password_in_utf8,
)
from holdfast.dialects.mysql.drivers.login import telling_what_is_missing
from holdfast.dialects.mysql.no_parameters import NO_PARAMETERS
from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.bridge import io
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters
from holdfast.engine.loop_bound import LoopBound
from holdfast.engine.uninterrupted import to_the_end

WRITTEN = frozenset(
    (type(None), bool, int, float, str, bytes, bytearray, decimal.Decimal, datetime.date, datetime.datetime, datetime.time,
     datetime.timedelta)
)  # fmt: skip
"""Classes of values that the driver writes."""


def _written(value: Any) -> Any:
    """Return a value of a subclass as one of the class that the driver knows."""
    if type(value) in WRITTEN or isinstance(value, (str, bytes, bytearray)):
        return value
    for known in (int, float, decimal.Decimal):
        if isinstance(value, known):
            return known(value)
    return str(value)


SSL = {
    "ssl_ca": "ca", "ssl_capath": "capath", "ssl_cert": "cert", "ssl_key": "key", "ssl_cipher": "cipher",
    "ssl_verify_identity": "check_hostname", "ssl_verify_cert": "verify_mode",
}  # fmt: skip
"""The names of other drivers -> in the driver's ``ssl``."""


def _with_ssl(keywords: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of ``connect`` with the words for encryption where this driver has them."""
    if keywords.pop("ssl_disabled", False):
        return {name: value for name, value in keywords.items() if name not in SSL}
    words = {SSL[name]: keywords.pop(name) for name in list(keywords) if name in SSL}
    if words:
        keywords["ssl"] = {**words, **keywords.get("ssl", {})}
    return keywords


def _parameters(given: Any) -> Any:
    """Return the parameters of one execution as the driver takes them."""
    if given is NO_PARAMETERS:
        return None
    if WRITTEN.issuperset(map(type, given)):
        return given
    return tuple(map(_written, given))


class AsyncmyConnection(LoopBound):
    """One asyncmy connection.

    Args:
        raw: the connection, in autocommit mode.
        open_other: opens another connection of the driver to the same server; None: it is not known how.
    """

    __slots__ = ("_begun", "_has_lost_transaction", "_open_other", "_stream", "adapted")

    takes_begin_along = False
    rolls_back_soon = False

    def __init__(self, raw: Any, open_other: Callable[[], Any] | None = None) -> None:
        super().__init__(raw)
        self._open_other = open_other
        self._begun = False
        # The server rolls back the loser of a deadlock, but does not say so in its status.
        self._has_lost_transaction = False
        self._stream: AsyncmyStream | None = None
        self.adapted = AdaptedConnection(raw)

    async def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows; a cancelled caller's statement is ended at the server."""
        return await io(lambda: self._settled(self._run_on(self.raw.cursor(), sql, parameters, False)))

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters; the driver sends an INSERT for many rows at once."""
        return await io(lambda: self._settled(self._run_on(self.raw.cursor(), sql, rows, True)))

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return await io(lambda: self._settled(self._run_each(sql, rows)))

    async def _run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        return [await self._run_on(self.raw.cursor(), sql, row, False) for row in rows]

    async def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        return await io(lambda: self._settled(self._run_on(cursor, sql, parameters, many)))

    async def _run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        await self._prepare(sql)
        try:
            if many:
                if has_late_marks(sql):
                    counts = [await cursor.execute(sql, _parameters(row)) for row in parameters]
                    return Fetched([], None, sum(counts), cursor.lastrowid or None)
                await cursor.executemany(sql, list(map(_parameters, parameters)))
                return Fetched([], None, cursor.rowcount, cursor.lastrowid or None)
            await cursor.execute(sql, _parameters(parameters))
        except asyncmy.Error as error:
            self._note(error)
            raise
        description = cursor.description
        rows = [] if description is None else list(await cursor.fetchall())
        return Fetched(rows, description, cursor.rowcount, cursor.lastrowid or None)

    async def _prepare(self, sql: str) -> None:
        """Do what must be done before a statement goes out."""
        self.check_loop()
        if self._stream is not None:
            stream, self._stream = self._stream, None
            await stream.keep()
        if sql in MARKS:
            self._begun = sql == "BEGIN"
        elif self._begun and not self._is_open_there():
            await self.raw.cursor().execute("BEGIN")
            self._has_lost_transaction = False
        if sql == "BEGIN":
            self._has_lost_transaction = False

    def _note(self, error: Exception) -> None:
        """Take note of what an error did to the transaction: one that the server has ended with it does not go on."""
        self._has_lost_transaction = bool(error.args) and error.args[0] == DEADLOCK
        if not self._is_open_there():
            self._begun = False

    async def _settled(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Await work; a cancelled caller's connection is ended, at the server too."""
        try:
            return await work
        except asyncio.CancelledError:
            self.end()
            if self._open_other is not None:
                with suppress(Exception):  # the server may be gone; then nobody has to be told
                    await to_the_end(self._kill(self._open_other, self.raw.thread_id()), lambda: None)
            raise

    @staticmethod
    async def _kill(open_other: Callable[[], Any], number: int) -> None:
        other = await open_other()
        try:
            await other.cursor().execute("KILL %s", (number,))
        finally:
            other.close()

    async def execute_mark(self, sql: str) -> None:
        await self._run_on(self.raw.cursor(), sql, NO_PARAMETERS, False)

    def cursor(self) -> Any:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    async def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; a query's rows come as they are fetched."""
        return await io(lambda: self._settled(self._open_stream(sql, parameters, is_query)))  # type: ignore[no-any-return]

    async def _open_stream(self, sql: str, parameters: Any, is_query: bool) -> CursorStream:
        await self._prepare(sql)
        cursor = self.raw.cursor(SSCursor if is_query else None)
        try:
            await cursor.execute(sql, _parameters(parameters))
        except asyncmy.Error as error:
            self._note(error)
            raise
        stream = AsyncmyStream(cursor, self)
        if is_query:
            self._stream = stream
        return stream

    async def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        self._begun = False
        await io(lambda: self.raw.autocommit(not to_program))

    async def say_good_bye(self) -> None:
        await self.raw.ensure_closed()

    def abort(self) -> None:
        self.raw.close()

    def in_transaction(self) -> bool:
        """Return True if a transaction is open, or goes on with the next statement after a change of the schema."""
        return self._is_open_there() or (self._begun and not self.is_closed())

    def _is_open_there(self) -> bool:
        """Return True if the server has an open transaction."""
        return not self._has_lost_transaction and not self.is_closed() and bool(self.raw.get_transaction_status())

    def is_closed(self) -> bool:
        """Return True after its end."""
        return self.was_ended or not self.raw.connected


class AsyncmyStream(CursorStream):
    """Rows that come as they are fetched; what is left is kept here before another statement goes out.

    Args:
        raw: a cursor, after its execution.
        connection: whose rows they are.
    """

    __slots__ = ("_connection", "_kept")

    def __init__(self, raw: Any, connection: AsyncmyConnection) -> None:
        super().__init__(raw)
        self._connection = connection
        self._kept: list[Any] | None = None

    def fetch(self, count: int | None) -> Any:
        """Return what gives the next rows when it is awaited."""
        return io(lambda: self._connection._settled(self._fetch(count)))

    async def _fetch(self, count: int | None) -> list[Any]:
        if self._kept is None:
            if self.description is None:
                return []
            return list(await (self.raw.fetchall() if count is None else self.raw.fetchmany(count)))
        taken = self._kept if count is None else self._kept[:count]
        self._kept = self._kept[len(taken) :]
        return taken

    async def keep(self) -> None:
        """Take the rows that are left out of the connection."""
        if self._kept is None and self.description is not None:
            self._kept = list(await self.raw.fetchall())

    def close(self) -> Any:
        """Return what closes the cursor when it is awaited; rows that are left are read and dropped."""
        return io(lambda: to_the_end(self._close(), self._connection.end))

    async def _close(self) -> None:
        self._kept = []
        with suppress(Exception):  # the connection may be lost
            await self.raw.close()


class AsyncmyDriver:
    """Opens connections.

    Args:
        module: what to use instead of asyncmy.
    Attributes:
        meet: is told the server's version by each new connection.
    """

    is_async = True
    is_loop_bound = True
    name = "asyncmy"

    def __init__(self, module: Any = None) -> None:
        self.module: Any = asyncmy if module is None else module
        self.meet: Callable[[str], None] | None = None

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened: ``asyncmy.connect``'s arguments."""
        return ConnectArguments([], _with_ssl(with_password_in_utf8(connect_arguments(url, given))), {})

    async def connect(self, arguments: ConnectArguments) -> AsyncmyConnection:
        """Open a connection."""
        return await io(lambda: self._open(arguments))

    async def _open(self, arguments: ConnectArguments) -> AsyncmyConnection:
        async def open_raw() -> Any:
            with telling_what_is_missing(self.module):
                return await self.module.connect(*arguments.args, **arguments.keywords)

        return self._adopted(await open_raw(), open_raw)

    async def adopt(self, raw: Any) -> AsyncmyConnection:
        """Take over a connection that the program made, in autocommit mode."""
        await io(lambda: raw.autocommit(True))
        return self._adopted(raw)

    def _adopted(self, raw: Any, open_other: Callable[[], Any] | None = None) -> AsyncmyConnection:
        introduce(raw, self.meet)
        return AsyncmyConnection(raw, open_other)

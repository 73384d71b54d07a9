"""PostgreSQL by asyncpg: BEGIN, COMMIT and SAVEPOINT are the engine's.

The driver knows parameters by number and statements that were prepared, nothing of the DBAPI: texts are rewritten once, and
statements are kept with their connection. It is strict about the classes of values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg

from holdfast.dialects.postgresql.drivers.address import address_parts
from holdfast.dialects.postgresql.drivers.asyncpg_codecs import codec_of
from holdfast.dialects.postgresql.drivers.asyncpg_values import ErrorFamily, Text, learn_types, set_codecs
from holdfast.dialects.postgresql.drivers.travelling import KEEPS, WOULD_ROLL_BACK
from holdfast.engine.adapted import AdaptedConnection, AdaptedCursor
from holdfast.engine.bridge import io
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters
from holdfast.engine.loop_bound import LoopBound

KEPT = 200
"""Prepared statements that a connection keeps."""


def _count(status: str | None) -> int:
    """Return the rows of a status such as ``INSERT 0 3``, or -1."""
    last = (status or "").rpartition(" ")[2]
    return int(last) if last.isdigit() else -1


class AsyncpgCursor:
    """A cursor as listeners know it; holds the rows of its last statement."""

    def __init__(self, connection: AsyncpgConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid = None

    async def execute(self, sql: str, parameters: Any = None) -> None:
        """Execute a statement."""
        fetched = await self._connection.fetch(sql, () if parameters is None else parameters)
        self._rows, self.description, self.rowcount = list(fetched.rows), fetched.description, fetched.rowcount

    async def executemany(self, sql: str, rows: Any) -> None:
        """Execute a statement for each row of parameters."""
        self.rowcount = (await self._connection.fetch_many(sql, rows)).rowcount

    async def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._rows.pop(0) if self._rows else None

    async def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next rows."""
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    async def fetchall(self) -> list[Any]:
        """Return all rows."""
        taken, self._rows = self._rows, []
        return taken

    async def close(self) -> None:
        """Forget the rows."""
        self._rows = []


class AdaptedAsyncpg(AdaptedConnection):
    """An asyncpg connection that looks like an ordinary one, for listeners."""

    def __init__(self, connection: AsyncpgConnection) -> None:
        super().__init__(connection.raw)
        self._connection = connection

    def cursor(self, *arguments: Any, **keywords: Any) -> AdaptedCursor:
        """Return a new cursor."""
        return AdaptedCursor(AsyncpgCursor(self._connection))


class AsyncpgConnection(LoopBound):
    """One asyncpg connection.

    Args:
        raw: the connection.
        is_pooled: a pooler gives the server's session to others between transactions: no statement is kept.
    """

    __slots__ = ("_is_pooled", "_kept", "_learned", "adapted")

    takes_begin_along = False
    rolls_back_soon = False

    def __init__(self, raw: Any, is_pooled: bool = False) -> None:
        super().__init__(raw)
        self._is_pooled = is_pooled
        self._kept: dict[str, Any] = {}
        self._learned: set[tuple[str, str]] = set()
        self.adapted = AdaptedAsyncpg(self)

    async def _prepared(self, sql: str) -> Any:
        self.check_loop()
        if self._is_pooled:
            return await self._prepare(sql, name="")
        found = self._kept.pop(sql, None)
        if found is None:
            found = await self._prepare(sql)
        self._kept[sql] = found
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return found

    async def _prepare(self, sql: str, **keywords: Any) -> Any:
        """Prepare a statement, once more after the driver learned of a type that its answer has."""
        found = await self.raw.prepare(sql, **keywords)
        if await learn_types(self.raw, found.get_attributes(), self._learned):
            found = await self.raw.prepare(sql, **keywords)
        return found

    async def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        return await io(lambda: self.fetch(sql, parameters))

    async def fetch(self, sql: str, parameters: Any) -> Fetched:
        """Do what `run` promises, on the loop."""
        text = Text.of(sql, parameters)
        try:
            statement = await self._prepared(text.sql)
            records = await statement.fetch(*text.values(parameters))
        except asyncpg.PostgresError:
            # A statement may have been prepared for a schema that was changed since.
            self._kept.clear()
            raise
        columns = statement.get_attributes()
        description = [(column.name,) for column in columns] if columns else None
        return Fetched(list(map(tuple, records)), description, _count(statement.get_statusmsg()), None)

    async def execute_mark(self, sql: str) -> None:
        # The driver does not tell beforehand that the transaction has failed.
        if await self.raw.execute(sql) == "ROLLBACK" and sql.startswith(KEEPS):
            raise asyncpg.InFailedSQLTransactionError(WOULD_ROLL_BACK)

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return await io(lambda: self.fetch_many(sql, rows))

    async def fetch_many(self, sql: str, rows: Sequence[Any]) -> Fetched:
        """Do what `run_many` promises, on the loop: rows are counted by RETURNING, the driver does not tell them."""
        counted = sql if "RETURNING" in sql else f"{sql} RETURNING 1"
        if sql.lstrip()[:6].upper() not in ("INSERT", "UPDATE", "DELETE"):
            return Fetched([], None, sum([max(0, (await self.fetch(sql, row)).rowcount) for row in rows]), None)
        return Fetched([], None, len(await self._batch(counted, rows)), None)

    async def _batch(self, sql: str, rows: Sequence[Any]) -> list[Any]:
        """Return the rows of all executions, sent together."""
        text = Text.of(sql, rows[0])
        statement = await self._prepared(text.sql)
        return await statement.fetchmany([text.values(row) for row in rows])  # type: ignore[no-any-return]

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return await io(lambda: self._run_each(sql, rows))

    async def _run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        if sql.startswith("INSERT") and "ON CONFLICT" not in sql:
            # One row each: the answers need not be told apart.
            records = await self._batch(sql, rows)
            if len(records) == len(rows):
                names = list(records[0].keys())
                description = [(name,) for name in names]
                return [Fetched([tuple(record)], description, 1, None) for record in records]
        return [await self.fetch(sql, row) for row in rows]

    def cursor(self) -> AsyncpgCursor:
        """Return a new cursor, for listeners."""
        return AsyncpgCursor(self)

    async def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        return await (self.run_many(sql, parameters) if many else self.run(sql, parameters))

    async def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> Any:
        """Execute one statement; a query's rows stay at the server as long as its transaction."""
        if not is_query or not self.raw.is_in_transaction():
            return WholeStream(await self.run(sql, parameters))
        return await io(lambda: self._open_cursor(sql, parameters))

    async def _open_cursor(self, sql: str, parameters: Any) -> AsyncpgStream:
        text = Text.of(sql, parameters)
        statement = await self._prepared(text.sql)
        cursor = await statement.cursor(*text.values(parameters))
        return AsyncpgStream(cursor, [(column.name,) for column in statement.get_attributes()])

    async def lend(self, to_program: bool) -> None:
        """Do nothing: the driver never begins a transaction by itself."""

    async def say_good_bye(self) -> None:
        await self.raw.close()

    def abort(self) -> None:
        self.raw.terminate()

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        return not self.is_closed() and self.raw.is_in_transaction()

    def is_closed(self) -> bool:
        """Return True after its end."""
        return self.was_ended or bool(self.raw.is_closed())


class AsyncpgStream(CursorStream):
    """The rows of a cursor of the server."""

    __slots__ = ()

    def __init__(self, raw: Any, description: Any) -> None:
        self.raw, self.description, self.rowcount, self.lastrowid = raw, description, -1, None

    def fetch(self, count: int | None) -> Any:
        """Return what gives the next rows when it is awaited."""
        return self._fetch(count)

    async def _fetch(self, count: int | None) -> list[Any]:
        found: list[Any] = []
        wanted = 1000 if count is None else count
        while True:
            records = await io(lambda: self.raw.fetch(wanted))
            found += map(tuple, records)
            if count is not None or len(records) < wanted:
                return found

    def close(self) -> Any:
        """Return what closes the cursor when it is awaited: the transaction's end does."""
        return _nothing()


class WholeStream(AsyncpgStream):
    """Rows that came whole."""

    __slots__ = ("_rows",)

    def __init__(self, fetched: Fetched) -> None:
        super().__init__(None, fetched.description)
        self._rows, self.rowcount = fetched.rows, fetched.rowcount

    async def _fetch(self, count: int | None) -> list[Any]:
        taken = self._rows if count is None else self._rows[:count]
        self._rows = self._rows[len(taken) :]
        return taken


async def _nothing() -> None:
    return None


class AsyncpgDriver:
    """Opens connections.

    Args:
        json_loads: reads JSON documents; None: `json.loads`.
        module: what to use instead of asyncpg.
        native_inet: addresses of networks are read as objects of `ipaddress`, otherwise as strings.
    """

    is_async = True
    is_loop_bound = True
    name = "asyncpg"
    codec_of = staticmethod(codec_of)

    def __init__(
        self, json_loads: Callable[[str], Any] | None = None, module: Any = None, native_inet: bool = True
    ) -> None:
        self._json_loads = json_loads
        self._native_inet = native_inet
        self._connect = (asyncpg if module is None else module).connect
        self.module: Any = ErrorFamily

    async def adopt(self, raw: Any) -> AsyncpgConnection:
        """Take over a connection that the program made."""
        await io(lambda: set_codecs(raw, self._json_loads, self._native_inet))
        return AsyncpgConnection(raw)

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened: libpq's names are given in the driver's words."""
        settings, keywords = address_parts(url, given)
        if "," in str(keywords.get("host", "")):
            keywords["host"] = keywords["host"].split(",")
            keywords["port"] = [int(port) for port in keywords["port"].split(",")]
        if "dbname" in keywords:
            keywords["database"] = keywords.pop("dbname")
        if "sslmode" in keywords:
            keywords["ssl"] = keywords.pop("sslmode")
        if "connect_timeout" in keywords:
            keywords["timeout"] = float(keywords.pop("connect_timeout"))
        # Statements are kept here.
        keywords.setdefault("statement_cache_size", 0)
        return ConnectArguments([], keywords, settings)

    async def connect(self, arguments: ConnectArguments) -> AsyncpgConnection:
        """Open a connection."""
        return await io(lambda: self._open(arguments))

    async def _open(self, arguments: ConnectArguments) -> AsyncpgConnection:
        raw = await self._connect(*arguments.args, **arguments.keywords)
        try:
            await set_codecs(raw, self._json_loads, self._native_inet)
        except BaseException:
            raw.terminate()
            raise
        return AsyncpgConnection(raw, arguments.settings["pooler"] == "transaction")

    @staticmethod
    def version_of(connection: AsyncpgConnection) -> tuple[int, ...]:
        """Return the server's version."""
        return tuple(connection.raw.get_server_version()[:2])

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return isinstance(error, OSError) or (isinstance(error, asyncpg.InterfaceError) and "closed" in str(error))

"""PostgreSQL by psycopg 3, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's.

Marks travel with a statement where that saves time (`travelling`). Rows of one statement come whole; a batch travels in the driver's pipeline, so it is one round trip however many rows
it has. Text that came without parameters goes as it is; with any, also none by name, ``%%`` stands for a percent sign.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextLoader

from holdfast.dialects.postgresql.drivers.address import address_parts, is_lost_text, version_numbers
from holdfast.dialects.postgresql.drivers.batches import CAN_KEEP, KeepingCursor
from holdfast.dialects.postgresql.drivers.travelling import KEEPS, NEVER, WOULD_ROLL_BACK, TravellingMarks
from holdfast.engine.commit_outcome import note_commit_along
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters

IDLE, FAILED, _IN_TRANSACTION = TransactionStatus.IDLE, TransactionStatus.INERROR, TransactionStatus.INTRANS
_DONE = ExecStatus.COMMAND_OK
_NO_PARAMETERS: tuple[Any, ...] = ()


def given_parameters(parameters: Parameters) -> Any:
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


def server_cursor(raw: Any) -> Any:
    """Return a cursor of the server; outside a transaction it must be told to stay."""
    withhold = raw.pgconn.transaction_status == IDLE
    return raw.cursor(f"holdfast_{next(_cursor_numbers)}", withhold=withhold)


class PsycopgConnection(TravellingMarks):
    """One psycopg connection; single statements are answered at once, the coroutines never suspend.

    Args:
        raw: the connection, in autocommit mode.
        pipeline: "always", "never" or "auto": whether marks of transactions travel with statements.
        is_pooled: a pooler gives the server's session to others between transactions: nothing may be left in it.
    """

    __slots__ = ("_is_pooled", "raw")

    rolls_back_soon = True

    def __init__(self, raw: psycopg.Connection[Any], pipeline: str = NEVER, is_pooled: bool = False) -> None:
        super().__init__(pipeline)
        self._is_pooled = is_pooled
        if is_pooled:
            raw.prepare_threshold = None
        self.raw: Any = raw

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        if self._has_marks:
            return _fetched(self._with_marks(lambda: self.raw.execute(sql, given_parameters(parameters))))
        return _fetched(self.raw.execute(sql, given_parameters(parameters)))

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
        except BaseException as error:
            if commit:
                note_commit_along(error)
            raise
        if commit:
            self.committed_along()
        return cursor

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like."""
        if sql.startswith(KEEPS) and self.raw.pgconn.transaction_status == FAILED:
            raise psycopg.errors.InFailedSqlTransaction(WOULD_ROLL_BACK)
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

    async def run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        """Execute several statements in one pipeline; the first error is the last answer."""
        cursors: list[Any] = []
        failed: list[BaseException] = []
        begin, _ = self.take_marks()
        try:
            with self.raw.pipeline():
                if begin is not None:
                    self.raw.execute(begin)
                for sql, parameters in statements:
                    cursors.append(self.raw.execute(sql, given_parameters(parameters)))
        except psycopg.Error as error:
            failed.append(error)
        # The statement that failed, and those behind it, have no answer.
        return [*[_fetched(cursor) for cursor in cursors if cursor.pgresult is not None], *failed]

    def _send_begin(self) -> None:
        """Send what waits by itself: what follows can not take it along."""
        begin, _ = self.take_marks()
        if begin is not None:
            self.raw.execute(begin)

    async def copy_in(self, sql: str, rows: Iterable[Any]) -> int:
        """Send rows by COPY; returns their number."""
        self._send_begin()
        cursor = self.raw.cursor()
        with cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount  # type: ignore[no-any-return]

    async def copy_out(self, sql: str, write: Callable[[bytes], Any]) -> int:
        """Hand what COPY gives to `write`; returns the number of rows."""
        self._send_begin()
        cursor = self.raw.cursor()
        with cursor.copy(sql) as copy:
            for piece in copy:
                write(bytes(piece))
        return cursor.rowcount  # type: ignore[no-any-return]

    def notifications(self, timeout: float | None) -> Iterator[tuple[str, str, int]]:
        """Yield channel, payload and sender of what was notified, for `timeout` seconds; None: for ever."""
        for notify in self.raw.notifies(timeout=timeout):
            yield notify.channel, notify.payload, notify.pid

    def cursor(self) -> psycopg.Cursor[Any]:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        self._send_begin()
        if many:
            cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return _fetched(cursor.execute(sql, given_parameters(parameters)))

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; a query's rows stay at the server."""
        self._send_begin()
        cursor = server_cursor(self.raw) if is_query and self._may_hold() else self.raw.cursor()
        return CursorStream(cursor.execute(sql, given_parameters(parameters)))

    def _may_hold(self) -> bool:
        """Return True if the session stays the same as long as a cursor of the server lives."""
        return not self._is_pooled or self.raw.pgconn.transaction_status != IDLE

    def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        self.raw.autocommit = not to_program

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        self.raw.close()

    def terminate(self) -> None:
        """Close."""
        self.raw.close()

    def fileno(self) -> int:
        """Return the number of the connection's socket."""
        return self.raw.fileno()  # type: ignore[no-any-return]

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        return self._begin is not None or self.raw.pgconn.transaction_status != IDLE


class PsycopgDriver:
    """Opens synchronous connections.

    Args:
        json_loads: reads JSON documents; None: `json.loads`.
        module: what to use instead of psycopg.
        native_inet: addresses of networks are read as objects of `ipaddress`, otherwise as strings.
    """

    is_async = False
    name = "psycopg"

    def __init__(
        self, json_loads: Callable[[str], Any] | None = None, module: Any = None, native_inet: bool = True
    ) -> None:
        self._json_loads = json_loads
        self._native_inet = native_inet
        self.module: Any = psycopg if module is None else module

    def adopt(self, raw: Any) -> PsycopgConnection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.autocommit = True
        set_loaders(raw, self._json_loads, self._native_inet)
        return PsycopgConnection(raw)

    def _made(self, raw: Any, settings: Mapping[str, Any]) -> PsycopgConnection:
        set_loaders(raw, self._json_loads, self._native_inet)
        return PsycopgConnection(raw, settings["pipeline"], settings["pooler"] == "transaction")

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened."""
        return connect_arguments(url, given)

    async def connect(self, arguments: ConnectArguments) -> PsycopgConnection:
        """Open a connection."""
        raw = self.module.connect(*arguments.args, **arguments.keywords)
        return self._made(raw, arguments.settings)

    @staticmethod
    def version_of(connection: PsycopgConnection) -> tuple[int, ...]:
        """Return the server's version."""
        return version_numbers(connection.raw.info.server_version)

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        return is_lost(error)


def connect_arguments(url: Any, given: Mapping[str, Any]) -> ConnectArguments:
    """Return how a connection is opened: the address's parts, its query, and the program's own keywords.

    Args:
        given: ``connect_args`` of the engine; they go before the address.
    """
    settings, keywords = address_parts(url, given)
    return ConnectArguments([], {**keywords, "autocommit": True}, settings)


def set_loaders(raw: Any, json_loads: Callable[[str], Any] | None, native_inet: bool) -> None:
    """Let a connection read documents with the program's own function, if it gave one, and addresses as it wants them."""
    if json_loads is not None:
        set_json_loads(json_loads, raw)
    if not native_inet:
        for name in ("inet", "cidr"):
            raw.adapters.register_loader(name, TextLoader)


def is_lost(error: BaseException) -> bool:
    """Return True for an error of the driver that means that the server is gone."""
    return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) and is_lost_text(str(error))

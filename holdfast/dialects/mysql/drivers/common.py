"""What the synchronous drivers of MySQL have in common, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's.

The server ends a transaction by itself before it changes a schema, and after a deadlock; what the program sends then
goes into a new one, as it would without autocommit.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from holdfast.dialects.mysql.no_parameters import NO_PARAMETERS
from holdfast.engine.driver import CursorStream, Fetched, Parameters

MARKS = frozenset(("BEGIN", "COMMIT", "ROLLBACK"))
DEADLOCK = 1213


LATE_MARK = re.compile(r"ON DUPLICATE KEY UPDATE.*%[s(]", re.DOTALL)


def introduce(raw: Any, meet: Callable[[str], None] | None) -> None:
    """Tell whoever wants to meet the server its version; a connection to one that is refused is closed."""
    if meet is None:
        return
    try:
        meet(raw.get_server_info())
    except BaseException:
        raw.close()
        raise


def has_late_marks(sql: str) -> bool:
    """Return True for an INSERT with parameters behind its rows, which no driver's ``executemany`` can write as one."""
    return LATE_MARK.search(sql) is not None


class MySQLConnection:
    """One connection; answers at once. A driver's own class says how it tells of transactions.

    Args:
        raw: the driver's connection, in autocommit mode.
        kill: () -> None: ends the statement that runs, by another connection.
    """

    __slots__ = ("_begun", "_kill", "_killer", "_stream", "raw")

    error_class: type[Exception]
    """Of the driver's exceptions."""
    streaming_cursor: Any
    """The driver's class of cursors that leave rows at the server."""

    takes_begin_along = False
    rolls_back_soon = False

    def __init__(self, raw: Any, kill: Callable[[], None] | None = None) -> None:
        self.raw = raw
        self._kill = kill
        self._killer: threading.Thread | None = None
        self._begun = False
        self._stream: BufferingStream | None = None

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        return self.run_on(self.raw.cursor(), sql, parameters, False)

    fetch = run

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        self._prepare(sql)
        try:
            if many:
                if has_late_marks(sql):
                    count = sum([cursor.execute(sql, row) for row in parameters])
                    return Fetched([], None, count, cursor.lastrowid or None)
                cursor.executemany(sql, parameters)
                return Fetched([], None, cursor.rowcount, cursor.lastrowid or None)
            cursor.execute(sql, None if parameters is NO_PARAMETERS else parameters)
        except self.error_class as error:
            self._note_error(error)
            raise
        description = cursor.description
        # The driver gives a tuple where there are no rows.
        rows = [] if description is None else list(cursor.fetchall())
        return Fetched(rows, description, cursor.rowcount, cursor.lastrowid or None)

    def _prepare(self, sql: str) -> None:
        """Do what must be done before a statement goes out."""
        if self._killer is not None:
            self._await_killer()
        if self._stream is not None:
            self._stream.keep()
            self._stream = None
        if sql in MARKS:
            self._begun = sql == "BEGIN"
        elif self._begun and not self.is_open_there():
            self.raw.cursor().execute("BEGIN")

    def _note_error(self, error: BaseException) -> None:
        """Take note of what an error did to the transaction: one that the server has ended with it does not go on."""
        self._note(error)
        if not self.is_open_there():
            self._begun = False

    def _note(self, error: BaseException) -> None:
        """Take note of an error of which the server's status does not tell all."""

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like."""
        self.run(sql, NO_PARAMETERS)

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return self.fetch_many(sql, rows)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return self.fetch_each(sql, rows)

    def fetch_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Do what `run_many` promises, without a coroutine; the driver sends an INSERT for many rows at once."""
        return self.run_on(self.raw.cursor(), sql, rows, True)

    def fetch_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Do what `run_each` promises, without a coroutine."""
        return [self.run(sql, parameters) for parameters in rows]

    def cursor(self) -> Any:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; a query's rows come as they are fetched."""
        self._prepare(sql)
        cursor = self.raw.cursor(self.streaming_cursor) if is_query else self.raw.cursor()
        try:
            cursor.execute(sql, None if parameters is NO_PARAMETERS else parameters)
        except self.error_class as error:
            self._note_error(error)
            raise
        if not is_query:
            return CursorStream(cursor)
        self._stream = stream = BufferingStream(cursor)
        return stream

    def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        self._begun = False
        self.raw.autocommit(not to_program)

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        self.terminate()

    def terminate(self) -> None:
        """Close; a KILL that is under way is waited for, so that no thread stays."""
        with suppress(self.error_class, OSError):
            self.raw.close()
        if self._killer is not None:
            self._killer.join()

    def interrupt(self) -> None:
        """End the statement that runs in another thread, by another connection; nobody waits for it."""
        if self._kill is not None and self._killer is None:
            killer = threading.Thread(target=self._kill, name="holdfast-kill", daemon=True)
            killer.start()
            # Only now: the thread at work waits for what it finds here, and one that has not started can not be waited for.
            self._killer = killer

    def _await_killer(self) -> None:
        """Wait for the end of a KILL, which otherwise might hit the next statement."""
        killer, self._killer = self._killer, None
        if killer is not None:
            killer.join()
            # A KILL that came after the statement's end is kept for the next one: here it is.
            with suppress(self.error_class):
                self.raw.cursor().execute("DO 0")

    def in_transaction(self) -> bool:
        """Return True if a transaction is open, or goes on with the next statement after a change of the schema.

        Such a one is to be ended, too: the BEGIN that comes before the next statement must not meet another user's.
        """
        return self.is_open_there() or (self._begun and not self.is_closed())

    def is_open_there(self) -> bool:
        """Return True if the server has an open transaction."""
        raise NotImplementedError

    def is_closed(self) -> bool:
        """Return True after its end."""
        raise NotImplementedError


class BufferingStream(CursorStream):
    """Rows that come as they are fetched; what is left is kept here before another statement goes out.

    Args:
        raw: an unbuffered cursor, after its execution.
    """

    __slots__ = ("_kept",)

    def __init__(self, raw: Any) -> None:
        super().__init__(raw)
        self._kept: list[Any] | None = None

    def fetch(self, count: int | None) -> list[Any]:
        """Return the next rows."""
        if self._kept is None:
            return list(super().fetch(count))
        taken = self._kept if count is None else self._kept[:count]
        self._kept = self._kept[len(taken) :]
        return list(taken)

    def keep(self) -> None:
        """Take the rows that are left out of the connection."""
        if self._kept is None and self.description is not None:
            self._kept = list(self.raw.fetchall())

    def close(self) -> None:
        """Close the cursor; rows that are left are read and dropped."""
        self._kept = []
        with suppress(Exception):  # the connection may be lost
            self.raw.close()


_NUMBERS = frozenset("connect_timeout read_timeout write_timeout client_flag max_allowed_packet".split())
_SWITCHES = frozenset(
    "use_unicode local_infile binary_prefix ssl_disabled ssl_verify_cert ssl_verify_identity compress".split()
)


FOUND_ROWS = 2
"""The client's wish that rows which an UPDATE matched count, whether they had the new values before or not."""


def connect_arguments(url: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of the driver's ``connect``: the address's parts, its query, and the program's own.

    Args:
        arguments: ``connect_args`` of the engine; they go before the address.
    """
    parts = {
        "host": url.host,
        "port": url.port,
        "database": url.database,
        "user": url.username,
        "password": url.password,
    }
    found: dict[str, Any] = {name: value for name, value in parts.items() if value not in (None, "")}
    for name, value in url.query.items():
        text = value if isinstance(value, str) else value[-1]
        found[name] = int(text) if name in _NUMBERS else _is_true(text) if name in _SWITCHES else text
    found.update(arguments)
    found["client_flag"] = found.get("client_flag", 0) | FOUND_ROWS
    found["autocommit"] = True
    return found


def with_password_in_utf8(keywords: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords for a driver that would write the password's characters in Latin 1; the server has UTF-8."""
    password = keywords.get("password")
    if isinstance(password, str) and not password.isascii():
        keywords["password"] = password.encode()
    return keywords


def _is_true(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on")

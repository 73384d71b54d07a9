"""PostgreSQL by psycopg 3, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's.

What Holdfast itself says goes by the C library (`exchange`): a statement or a batch with the marks around it is one round trip.
What only the driver can send (schema changes, COPY, cursors, several statements in one text) it sends. Text that came without
parameters goes as it is; with any, also none by name, ``%%`` stands for a percent sign.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextLoader

from holdfast.dialects.postgresql.drivers.address import address_parts, is_lost_text, version_numbers
from holdfast.dialects.postgresql.drivers.exchange import Spoken, Statement, Steps, total
from holdfast.dialects.postgresql.drivers.speaking import (
    IDLE,
    NO_PIPELINE,
    ONCE,
    Speaking,
    given_parameters,
)
from holdfast.dialects.postgresql.drivers.travelling import WOULD_ROLL_BACK
from holdfast.engine.commit_outcome import note_commit_along
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters


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


class PsycopgConnection(Speaking):
    """One psycopg connection; single statements are answered at once, the coroutines never suspend."""

    __slots__ = ()

    rolls_back_soon = True

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        text, values = self._exchanged(sql, parameters)
        if text is None:
            self._let_driver_alter()
            return _fetched(self._raw.execute(sql, given_parameters(parameters)))
        return self._exchanges.fetched(self._exchange((text, (values,))))[0]

    def _exchange(self, statement: Statement) -> Any:
        """Send a statement between the marks that wait; returns the answers to its rows."""
        statements = (statement,)
        spoken = self._spoken(statements)
        begin, commit = self.take_marks()
        try:
            answers = self._send(spoken, begin, commit, self._exchanges.answers(statements))
        except BaseException as error:
            if commit:
                note_commit_along(error)
            raise
        if commit:
            self.committed_along()
        return answers

    def _send(self, spoken: list[Spoken], begin: str | None, commit: bool, steps: Steps) -> Any:
        """Send what was made ready and wait for the answers, by steps of the exchange."""
        try:
            self._exchanges.send(spoken, begin, commit)
            return self._raw.wait(steps)
        except BaseException:
            self._close_if_unread()
            raise

    def _close_if_unread(self) -> None:
        """Close the connection if an answer is still under way: the next statement would get it for its own."""
        if self._raw.pgconn.pipeline_status != NO_PIPELINE:
            self._raw.pgconn.finish()

    def _settle(self) -> None:
        if self._exchanges.owed and not self._raw.closed:
            try:
                self._raw.wait(self._exchanges.settle())
            except BaseException as error:
                self._close_if_unread()
                # Who uses it is told that it is closed.
                if not isinstance(error, psycopg.Error):
                    raise

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like."""
        if self._refuses(sql):
            raise psycopg.errors.InFailedSqlTransaction(WOULD_ROLL_BACK)
        if self._has_marks and self.settles(sql):
            return
        text = self._mark(sql)
        if text is None:
            self._let_driver_send()
            self._raw.execute(sql)
        else:
            self._exchange((text, ONCE))

    def roll_back_soon(self) -> None:
        """Roll back what has only read, without waiting for the answer: it is read ahead of the next one."""
        if self._has_marks and self.settles("ROLLBACK"):
            return
        if self._leaves_rollback():
            self._exchanges.send_and_leave("ROLLBACK")
        else:
            self.run_essential("ROLLBACK")

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        text, values = self._exchanged_rows(sql, rows)
        if text is None:
            return Fetched([], None, self._execute_many(sql, rows, False).rowcount, None)
        return Fetched([], None, total(self._exchange((text, values))), None)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        text, values = self._exchanged_rows(sql, rows)
        if text is None:
            return _answers(self._execute_many(sql, rows, True))
        return self._exchanges.fetched(self._exchange((text, values)))

    def _execute_many(self, sql: str, rows: Sequence[Parameters], returning: bool) -> Any:
        self._let_driver_alter()
        cursor = self._raw.cursor()
        cursor.executemany(sql, rows, returning=returning)
        return cursor

    async def run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        """Execute several statements in one round trip; the first error is the last answer."""
        together = self._together(statements)
        if together is None:
            return self._one_by_one(statements)
        spoken = self._spoken(together)
        begin, _ = self.take_marks()
        answers, error = self._send(spoken, begin, False, self._exchanges.answers_and_error())
        return [*self._exchanges.fetched(answers), *([] if error is None else [error])]

    def _one_by_one(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        answers: list[Fetched | BaseException] = []
        try:
            for sql, parameters in statements:
                answers.append(self.run(sql, parameters))
        except psycopg.Error as error:
            answers.append(error)
        return answers

    def _let_driver_send(self) -> None:
        """Let the driver itself send what comes next: BEGIN goes ahead of it, since nothing goes along."""
        self._settle()
        begin, _ = self.take_marks()
        if begin is not None:
            self._raw.execute(begin)

    def _let_driver_alter(self) -> None:
        """Let the driver itself send what may be a change of the schema."""
        self._let_driver_send()
        self.note_altered()

    async def copy_in(self, sql: str, rows: Iterable[Any]) -> int:
        """Send rows by COPY; returns their number."""
        self._let_driver_send()
        cursor = self._raw.cursor()
        with cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount  # type: ignore[no-any-return]

    async def copy_out(self, sql: str, write: Callable[[bytes], Any]) -> int:
        """Hand what COPY gives to `write`; returns the number of rows."""
        self._let_driver_send()
        cursor = self._raw.cursor()
        with cursor.copy(sql) as copy:
            for piece in copy:
                write(bytes(piece))
        return cursor.rowcount  # type: ignore[no-any-return]

    def notifications(self, timeout: float | None) -> Iterator[tuple[str, str, int]]:
        """Yield channel, payload and sender of what was notified, for `timeout` seconds; None: for ever."""
        self._settle()
        for notify in self._raw.notifies(timeout=timeout):
            yield notify.channel, notify.payload, notify.pid

    def cursor(self) -> psycopg.Cursor[Any]:
        """Return a new cursor, for listeners."""
        self._settle()
        return self._raw.cursor()

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        self._let_driver_alter()
        if many:
            cursor.executemany(sql, parameters)
            return Fetched([], None, cursor.rowcount, None)
        return _fetched(cursor.execute(sql, given_parameters(parameters)))

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; a query's rows stay at the server."""
        self._let_driver_send()
        cursor = server_cursor(self._raw) if is_query and self._may_hold() else self._raw.cursor()
        return CursorStream(cursor.execute(sql, given_parameters(parameters)))

    def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        self._settle()
        self._raw.autocommit = not to_program

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        self._raw.close()

    def terminate(self) -> None:
        """Close."""
        self._raw.close()

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        if self._exchanges.owed:
            return False
        return self._begin is not None or self._raw.pgconn.transaction_status != IDLE


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
        return version_numbers(connection._raw.info.server_version)

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

"""Exchanges with the server through the C library: what belongs together is sent together and answered in one trip.

psycopg turns values and rows, connects, and waits; in between, its cursors send one statement at a time. Here BEGIN, a
statement or a batch, and COMMIT go out as one pipeline, and a ROLLBACK is left without waiting for its answer. Sending never
blocks; `answers` is a generator in psycopg's form, which says what of the socket it waits for: ``wait`` of either connection
runs it, so nothing here is written twice for asyncio.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus, TransactionStatus

from holdfast._util.collector import SMALL_BATCH, held
from holdfast.dialects.postgresql.drivers.prepared import Key, Prepared
from holdfast.dialects.postgresql.drivers.texts import Text
from holdfast.engine.driver import Fetched

Steps = Generator[int, int, Any]
"""Yields what of the socket it waits for, and is sent what of it is ready, 0 now and then."""
Statement = tuple[Text, Sequence[list[Any]]]
"""A text, and the values of each row that it is executed for."""
Identity = tuple[Text, bytes | None]
"""A text, and the name that it is prepared by."""
Spoken = tuple[Identity, Any, Any, Any, bool]
"""What of, its values, their types and formats, and whether it is yet to be prepared."""
Answer = tuple[Any, Identity]
"""The library's result, and what of."""

READ_OR_WRITE = EVENT_READ | EVENT_WRITE
_ROWS, _FAILED, _SYNC = ExecStatus.TUPLES_OK, ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_SYNC
_UNKNOWN = (None, None, None, None, None)
_OFF, _GOOD, _ABORTED = PipelineStatus.OFF, ConnStatus.OK, TransactionStatus.INERROR

_OLD_PLAN = "RevalidateCachedQuery"
"""Where the server refuses a prepared statement whose columns have got other types meanwhile."""

IS_SUPPORTED = psycopg.Pipeline.is_supported()


class Exchanges:
    """What one connection sends and is answered.

    Args:
        connection: psycopg's.
    Attributes:
        owed: the last answer was not waited for; it comes before the next one's.
    """

    __slots__ = (
        "_connection",
        "_descriptions",
        "_keys",
        "_library",
        "_marks",
        "_prepared",
        "_sent",
        "_styles",
        "_transformer",
        "owed",
    )

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._library = connection.pgconn
        # What turns values and rows, and how the server writes dates, which it looked at when it was made.
        self._transformer: Any = None
        self._styles: tuple[Any, ...] = ()
        self._prepared = Prepared(connection)
        # Of prepared statements, by name: the server lets their columns not change.
        self._descriptions: dict[bytes, Any] = {}
        # Of the exchange under way: what was sent, None for marks, the prepared statements, and the marks.
        self._sent: list[Identity | None] = []
        self._keys: dict[Key, bytes] = {}
        self._marks: tuple[str | None, bool] = None, False
        self.owed = False

    def can_speak(self) -> bool:
        """Return True if the connection is as the driver makes it: a program's own cursors and codes are the driver's business."""
        return (
            IS_SUPPORTED
            and self._connection.cursor_factory in (psycopg.Cursor, psycopg.AsyncCursor)
            and self._library.parameter_status(b"client_encoding") == b"UTF8"
        )

    def forget_adapters(self) -> None:
        """Look the driver's adapters up anew: the program may have changed them."""
        self._transformer = None

    def _adapters(self) -> Any:
        """Return what turns values and rows: kept, as long as the server writes dates as it did."""
        status = self._library.parameter_status
        styles = status(b"DateStyle"), status(b"TimeZone"), status(b"IntervalStyle")
        if self._transformer is None or styles != self._styles:
            self._transformer, self._styles = Transformer(self._connection), styles
        return self._transformer

    def forget_prepared(self) -> None:
        """Use no statement that was prepared before: the schema may have changed."""
        self._prepared.forget_all()
        self._descriptions.clear()

    def spoken(self, statements: Sequence[Statement]) -> list[Spoken]:
        """Return statements as they are sent, each for its rows of values; nothing is sent.

        Raises: psycopg.Error: a value can not be sent.
        """
        self._keys = {}
        try:
            return [each for text, rows in statements for each in self._spoken(text, rows)]
        except BaseException:
            self._forget_sent()
            raise

    def send(self, spoken: list[Spoken], begin: str | None = None, commit: bool = False) -> None:
        """Send what `spoken` gave, with the marks that go ahead of it and behind it."""
        self._marks = begin, commit
        try:
            self._sent = self._send(spoken, begin, commit)
        except psycopg.OperationalError as error:
            self._forget_sent()
            if self._library.status != _GOOD:
                raise _lost([], self._library) from error
            raise

    def _send(self, spoken: list[Spoken], begin: str | None, commit: bool) -> list[Identity | None]:
        """Send what was prepared to be sent; returns what each answer will be of, None: a mark."""
        library = self._library
        sent: list[Identity | None] = []
        library.enter_pipeline_mode()
        if begin is not None:
            library.send_query_params(begin.encode(), None)
            sent.append(None)
        if self._prepared.dropped and (begin is not None or library.transaction_status != _ABORTED):
            # A transaction that failed would refuse it.
            for name in self._prepared.take_dropped():
                self._descriptions.pop(name, None)
                library.send_close_prepared(name)
                sent.append(None)
        for identity, values, types, formats, is_new in spoken:
            text, name = identity
            if is_new:
                library.send_prepare(name, text.sql, types)
                sent.append(None)
            if name is None:
                library.send_query_params(text.sql, values, types, formats)
            else:
                library.send_query_prepared(name, values, formats)
            sent.append(identity)
        if commit:
            library.send_query_params(b"COMMIT", None)
            sent.append(None)
        library.pipeline_sync()
        library.flush()
        return sent

    def _spoken(self, text: Text, rows: Sequence[list[Any]]) -> Iterator[Spoken]:
        """Yield what is to be said of each row."""
        transformer = self._adapters()
        dump, formats = transformer.dump_sequence, text.formats
        types: Any = None
        identity: Identity | None = None
        for row in rows:
            is_new = False
            if not formats:
                values, found = None, ()
            else:
                values, found = dump(row, formats), transformer.types
            if identity is None or types != found:
                types = found
                name, is_new = self._name((text, types), len(rows))
                identity = (text, name)
            yield identity, values, types or None, transformer.formats if formats else None, is_new

    def _name(self, key: Key, times: int) -> tuple[bytes | None, bool]:
        """Return the name of a prepared statement, None: it is none, and whether it is yet to be prepared."""
        if key[0].is_mark:
            return None, False
        name, is_new = self._prepared.known(key), False
        if name is None:
            name = self._prepared.wanted(key, times)
            is_new = name is not None
        if name is not None:
            self._keys[key] = name
        return name, is_new

    def send_and_leave(self, sql: str) -> None:
        """Send a mark whose answer nobody waits for."""
        self._library.enter_pipeline_mode()
        self._library.send_query_params(sql.encode(), None)
        self._library.pipeline_sync()
        self._library.flush()
        self.owed = True

    def settle(self) -> Steps:
        """Read the answer that is owed, and leave the connection as the driver knows it."""
        if self.owed:
            yield from self._results()
        if self._library.pipeline_status != _OFF:
            self._library.exit_pipeline_mode()

    def answers(self, statements: Sequence[Statement]) -> Steps:
        """Return what the server answers to each row that was sent, with its statement.

        Args:
            statements: what was sent.

        Raises: psycopg.Error: the first error among the answers.
        """
        begin, commit = self._marks
        found, error = yield from self.answers_and_error()
        if error is not None and begin is not None and error.diag.source_function == _OLD_PLAN:
            # Nothing else was done in this transaction: it begins anew, and the statement is planned anew.
            self.send_and_leave("ROLLBACK")
            self.send(self.spoken(statements), begin, commit)
            found, error = yield from self.answers_and_error()
        if error is not None:
            raise error
        return found

    def answers_and_error(self) -> Steps:
        """Return the answers up to the first error, and that, or None."""
        try:
            if self.owed:
                yield from self._results()
            results = yield from self._results()
        except psycopg.Error:
            self._forget_sent()
            raise
        self._library.exit_pipeline_mode()
        found: list[Answer] = []
        for result, identity in zip(results, self._sent, strict=True):
            if result.status == _FAILED:
                self._forget_sent()
                return found, psycopg.errors.error_from_result(result)
            if identity is not None:
                found.append((result, identity))
        return found, None

    def _forget_sent(self) -> None:
        """Use what was under way no more: it may be the reason of an error, or may never have got to the server."""
        for key in self._keys:
            self._prepared.forget(key)

    def _results(self) -> Generator[int, int, list[Any]]:
        """Return what the server answers up to the end of one exchange."""
        library = self._library
        while library.flush():
            if (yield READ_OR_WRITE) & EVENT_READ:
                library.consume_input()
        found: list[Any] = []
        while True:
            while library.is_busy():
                if (yield EVENT_READ) & EVENT_READ:
                    library.consume_input()
            result = library.get_result()
            if result is None:
                if library.status != _GOOD:
                    raise _lost(found, library)
            elif result.status == _SYNC:
                self.owed = False
                self._hand_out_notifications()
                return found
            else:
                found.append(result)

    def _hand_out_notifications(self) -> None:
        """Give what was notified meanwhile to the driver's handlers."""
        library = self._library
        while (notification := library.notifies()) is not None:
            if library.notify_handler is not None:
                library.notify_handler(notification)

    def fetched(self, answers: Sequence[Answer]) -> list[Fetched]:
        """Return the answers with their rows turned into Python's values."""
        transformer = self._adapters()
        fetched = []
        last: Identity | None = None
        description = None
        for result, identity in answers:
            is_next = identity is not last
            if is_next:
                last, description = identity, self._described(result, identity[1])
            if description is None:
                fetched.append(Fetched([], None, _count(result), None))
                continue
            transformer.set_pgresult(result, set_loaders=is_next)
            count = result.ntuples
            load = transformer.load_rows
            rows = load(0, count, tuple) if count <= SMALL_BATCH else held(count, load, 0, count, tuple)
            fetched.append(Fetched(rows, description, count, None))
        if description is not None:
            transformer.set_pgresult(None)
        return fetched

    def _described(self, result: Any, name: bytes | None) -> Any:
        """Return the columns as the DBAPI describes them, None where there are none."""
        description = None if name is None else self._descriptions.get(name)
        if description is None and result.status == _ROWS:
            places = range(result.nfields)
            description = [(result.fname(place).decode(), result.ftype(place), *_UNKNOWN) for place in places]
            if name is not None:
                self._descriptions[name] = description
        return description


def resumed(steps: Steps, wanted: int) -> Steps:
    """Go on with steps of which the first was taken elsewhere."""
    try:
        while True:
            wanted = steps.send((yield wanted))
    except StopIteration as stop:
        return stop.value


def _count(result: Any) -> int:
    """Return how many rows a statement changed, -1 where it says nothing about that."""
    count = result.command_tuples
    return -1 if count is None else int(count)


def total(answers: Sequence[Answer]) -> int:
    """Return how many rows the statements of a batch changed."""
    return sum(result.command_tuples or 0 for result, _ in answers)


def _lost(found: list[Any], library: Any) -> psycopg.Error:
    """Return the error of a connection that has ended: what the server said last, or else the library."""
    for result in found:
        if result.status == _FAILED:
            return psycopg.errors.error_from_result(result)
    return psycopg.OperationalError(library.get_error_message())

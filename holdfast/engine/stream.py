"""Rows that still stand in the database: a cursor that stays open, read in chunks while its result is read.

A `Feed` is what a streamed result reads instead of a list. It lets go of its cursor by itself after the last row, when
its result is closed, and when its connection is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from holdfast import exc
from holdfast._util.drive import drive

FIRST_CHUNK = 5
"""Rows of the first chunk where the program did not say; each chunk after it is `GROWTH` times as large."""
GROWTH = 5
MAX_ROW_BUFFER = 1000


class StreamSettings(NamedTuple):
    """How a statement is streamed.

    Attributes:
        yield_per: rows per chunk and per partition; None: chunks grow.
        max_row_buffer: rows of the largest chunk.
    """

    yield_per: int | None
    max_row_buffer: int

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> StreamSettings | None:
        """Return what execution options say; None where the rows come whole."""
        yield_per = options.get("yield_per")
        if yield_per:
            if not isinstance(yield_per, int):
                raise TypeError(f"yield_per is a number of rows, not {yield_per!r}")
            return cls(yield_per, options.get("max_row_buffer", yield_per))
        if options.get("stream_results"):
            return cls(None, options.get("max_row_buffer", MAX_ROW_BUFFER))
        return None


class Feed:
    """The rows of one open cursor.

    Args:
        connection: gets to know the errors, and closes the feed when it is closed.
        cursor: the driver's stream (`driver.RowStream`).
        make: turns the driver's rows into the result's elements; may be ``async def``.
        settings: sizes of the chunks.
    """

    __slots__ = ("_buffer", "_connection", "_cursor", "_make", "_next", "_settings", "closed", "sql")

    def __init__(
        self, connection: Any, cursor: Any, sql: str, make: Callable[[list[Any]], Any], settings: StreamSettings
    ) -> None:
        self._connection = connection
        self._cursor: Any = cursor
        self._make = make
        self._settings = settings
        self._buffer: list[Any] = []
        self._next = settings.yield_per or min(FIRST_CHUNK, settings.max_row_buffer)
        self.sql = sql
        self.closed = False

    @property
    def cursor(self) -> Any:
        """The driver's stream; None after the last row."""
        return self._cursor

    @property
    def rows_per_chunk(self) -> int | None:
        """What ``yield_per`` said; None: chunks grow."""
        return self._settings.yield_per

    def yield_per(self, count: int) -> None:
        """Fetch so many rows at a time from now on."""
        self._settings = StreamSettings(count, count)
        self._next = count

    async def core_portion(self, count: int | None) -> list[Any]:
        """Return the next `count` elements, fewer only at the end; None: all.

        Raises: ResourceClosedError: the feed was closed before its end.
        """
        if self.closed:
            raise exc.ResourceClosedError("This result object is closed.")
        while self._cursor is not None and (count is None or len(self._buffer) < count):
            await self._fill(count)
        if count is None or len(self._buffer) <= count:
            taken, self._buffer = self._buffer, []
        else:
            taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def portion(self, count: int | None) -> list[Any]:
        """Do what `core_portion` promises, on a synchronous driver or in a bridge."""
        if count is not None and len(self._buffer) > count and not self.closed:
            taken, self._buffer = self._buffer[:count], self._buffer[count:]
            return taken
        return drive(self.core_portion(count))

    async def _fill(self, count: int | None) -> None:
        """Fetch a chunk; lets go of the cursor after the last one."""
        size = None if count is None else max(self._next, count - len(self._buffer))
        try:
            sent = self._cursor.fetch(size)
            rows = await sent if hasattr(sent, "__await__") else sent
        except Exception as error:
            raised = self._connection.wrapped(error, self.sql, (), False)
            with suppress(Exception):  # of a connection that is lost, or whose transaction is aborted
                await self.core_release()
            raise raised from error
        if self._settings.yield_per is None:
            self._next = min(self._next * GROWTH, self._settings.max_row_buffer)
        if size is None or len(rows) < size:
            await self.core_release()
        made = self._make(rows)
        if hasattr(made, "__await__"):
            made = await made
        self._buffer = [*self._buffer, *made] if self._buffer else made

    async def core_release(self) -> None:
        """Close the cursor: after the last row (what is in the buffer can still be read)."""
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        self._connection.forget_feed(self)
        try:
            sent = cursor.close()
            if sent is not None:
                await sent
        except Exception as error:
            raise self._connection.wrapped(error, self.sql, (), False) from error

    async def core_close(self) -> None:
        """Give up what was not read."""
        self.closed = True
        self._buffer = []
        await self.core_release()

    def abandon(self) -> None:
        """Let go without a word to the driver: its connection is gone."""
        self.closed = True
        self._buffer = []
        self._cursor = None

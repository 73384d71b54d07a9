"""What the engine asks of a driver: a few coroutines that send SQL and bring whole answers.

Batches are ``async def`` also for synchronous drivers, whose coroutines never suspend; a single statement is answered
at once by a synchronous driver, since a coroutine would cost a third of a small answer. One call is one hop: execute
and fetch together, a batch together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]


class Fetched:
    """The answer to one statement.

    Attributes:
        rows: all rows, as the driver's tuples; empty where the statement returns none.
        description: the DBAPI's column description, or None where the statement returns no rows.
        rowcount: rows matched or changed; -1 where the driver does not know.
        lastrowid: the key that the database generated for the last row, where the driver tells it.
    """

    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, rows: list[Any], description: Any, rowcount: int, lastrowid: Any) -> None:
        self.rows = rows
        self.description = description
        self.rowcount = rowcount
        self.lastrowid = lastrowid


class RowStream(Protocol):
    """The rows of one statement, as the program takes them."""

    raw: Any
    """The driver's cursor."""
    description: Any
    """The DBAPI's column description, or None where the statement returns no rows."""
    rowcount: int
    lastrowid: Any

    def fetch(self, count: int | None) -> Any:
        """Return the next `count` rows, None: all; at once, or what is to be awaited."""
        ...

    def close(self) -> Any:
        """Close the cursor; returns None, at once, or what is to be awaited."""
        ...


class CursorStream:
    """The rows that stand in a DBAPI cursor.

    Args:
        raw: the cursor, after its execution.
    """

    __slots__ = ("description", "lastrowid", "raw", "rowcount")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.description = raw.description
        self.rowcount: int = raw.rowcount
        self.lastrowid = getattr(raw, "lastrowid", None)

    def fetch(self, count: int | None) -> list[Any]:
        """Return the next rows."""
        if self.description is None:
            return []
        return self.raw.fetchall() if count is None else self.raw.fetchmany(count)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the cursor."""
        self.raw.close()


class ConnectArguments(NamedTuple):
    """How a connection is opened.

    Attributes:
        args, keywords: of the driver's ``connect``.
        settings: of Holdfast, for the time after it.
    """

    args: list[Any]
    keywords: dict[str, Any]
    settings: dict[str, Any]


class DriverConnection(Protocol):
    """One connection of a driver."""

    raw: Any
    """The driver's own connection object."""

    def run(self, sql: str, parameters: Parameters) -> Fetched | Awaitable[Fetched]:
        """Execute one statement and fetch all of its rows; a synchronous driver does it at once."""
        ...

    def run_essential(self, sql: str) -> Any:
        """Execute COMMIT, ROLLBACK and the like; returns None, at once, or what is to be awaited."""
        ...

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters; `rowcount` is the sum."""
        ...

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters, in one hop, and bring each answer."""
        ...

    def cursor(self) -> Any:
        """Return a new cursor of the driver, for listeners."""
        ...

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched | Awaitable[Fetched]:
        """Do what `run`, or with `many` `run_many`, promises on a cursor of `cursor`."""
        ...

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> RowStream | Awaitable[RowStream]:
        """Execute one statement and leave its rows in the database, as far as the driver can.

        Args:
            is_query: a SELECT, of which the server can keep a cursor.
        """
        ...

    def lend(self, to_program: bool) -> Any:
        """Let the driver's connection begin transactions by itself, as the DBAPI says, or end that.

        Returns: None, at once, or what is to be awaited.
        """
        ...

    async def close(self) -> None:
        """Close politely."""
        ...

    def terminate(self) -> None:
        """Close at once, without waiting and without I/O through an event loop."""
        ...

    def in_transaction(self) -> bool:
        """Return True if the database has an open transaction."""
        ...

    def fileno(self) -> int:
        """Return the number of the connection's socket; -1: the database is not at the other end of one."""
        ...

    def is_closed(self) -> bool:
        """Return True if the connection was closed, by a cancelled caller for one; asked of asynchronous drivers."""
        ...

    # Where each call is a hop, or a round trip. `begin_with_next(sql)` lets a statement go ahead of the next one;
    # `commit_with_next()` lets COMMIT go behind it, and `run_essential("COMMIT")` then tells what became of it.
    # A connection that has neither, or not at the moment, says so here.
    takes_begin_along: bool
    # `roll_back_soon()` rolls back without waiting.
    rolls_back_soon: bool

    # Where COMMIT may go along: `has_committed()` returns True if it did and was done, and nobody asked for it yet.
    # A connection whose database lives in this process, so that `in_transaction` is always true to it, has
    # ``is_in_process = True``.


class Driver(Protocol):
    """A driver: makes connections and knows its exceptions.

    Attributes:
        module: the DBAPI module, whose ``Error`` classes are wrapped.
        is_async: its connections need an event loop.

    One whose connections belong to the loop that opened them says so by ``is_loop_bound = True``; they are `LoopBound`.
    """

    module: Any
    is_async: bool

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened.

        Args:
            given: ``connect_args`` of the engine; they go before the address.
        """
        ...

    async def connect(self, arguments: ConnectArguments) -> DriverConnection:
        """Open a connection."""
        ...

    def adopt(self, raw: Any) -> DriverConnection | Awaitable[DriverConnection]:
        """Take over a connection that the program made."""
        ...

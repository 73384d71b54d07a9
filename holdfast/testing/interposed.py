"""A layer between an engine and its driver, through which every I/O passes: recording and faults are built on it.

The layer wraps what opens connections (`Dialect.link`) and the connections that a pool has already, so it works with each
dialect, each driver and both faces, and nothing of it is there when the block has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from holdfast._util.drive import drive
from holdfast.engine.driver import ConnectArguments, Fetched, Parameters


class IO(StrEnum):
    """What is done with a driver."""

    CONNECT = "connect"
    STATEMENT = "statement"
    BATCH = "batch"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    RELEASE = "release"
    ROLLBACK_TO = "rollback to"
    STREAM = "stream"
    FETCH = "fetch"
    CLOSE_STREAM = "close stream"
    COPY = "copy"
    CLOSE = "close"


class Operation(NamedTuple):
    """One I/O.

    Attributes:
        kind: what is done.
        sql: the text that is sent; "" where there is none.
        parameters: of one execution, or of several where `kind` is `IO.BATCH`.
        begin: the BEGIN that goes ahead of it in the same trip, or None.
        commits: COMMIT goes behind it in the same trip.
        driver: the driver's connection; None while it is being opened.
        link: the driver.
        arguments: how a connection is opened.
    """

    kind: IO
    sql: str
    parameters: Any
    begin: str | None
    commits: bool
    driver: Any
    link: Any
    arguments: ConnectArguments | None = None

    def __str__(self) -> str:
        marks = [self.begin or "", self.sql or f"({self.kind})", "COMMIT" if self.commits else ""]
        return "; ".join(mark for mark in marks if mark)


class Layer(Protocol):
    """What looks on, or interferes."""

    async def core_pass(self, operation: Operation, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Do an operation by ``await proceed()``, and return its result; or something else."""
        ...


@contextmanager
def interposed(engine: Any, layer: Layer) -> Iterator[None]:
    """Let every I/O of an engine pass a layer, for a block. Connections that are out of the pool are left as they are.

    Args:
        engine: an Engine or AsyncEngine.
    """
    engine = getattr(engine, "sync_engine", engine)
    dialect, inner = engine.dialect, engine.dialect.link
    dialect.link = link = InterposedDriver(inner, layer)
    for entry in engine.pool.entries():
        if entry.driver is not None:
            entry.driver = InterposedConnection(entry.driver, link)
    try:
        yield
    finally:
        dialect.link = inner
        link.layer = None
        for entry in engine.pool.entries():
            if getattr(entry.driver, "interposed_by", None) is link:
                entry.driver = entry.driver.inner


async def core_outcome(sent: Any) -> Any:
    """Return what a call of a driver gave, after waiting for it where it is to be awaited."""
    return await sent if hasattr(sent, "__await__") else sent


def kind_of(sql: str) -> IO:
    """Return what a statement that the engine sends by itself is."""
    if sql.startswith("ROLLBACK TO"):
        return IO.ROLLBACK_TO
    word = sql.partition(" ")[0].lower()
    return IO(word) if word in _MARKS else IO.STATEMENT


_MARKS = frozenset((IO.BEGIN, IO.COMMIT, IO.ROLLBACK, IO.SAVEPOINT, IO.RELEASE))


class InterposedDriver:
    """A driver whose connections pass a layer.

    Args:
        inner: the driver.
        layer: None after the block's end: everything goes straight through.
    """

    def __init__(self, inner: Any, layer: Layer | None) -> None:
        self.inner = inner
        self.layer = layer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def connect(self, arguments: ConnectArguments) -> Any:
        """Open a connection."""
        operation = Operation(IO.CONNECT, "", (), None, False, None, self.inner, arguments)
        opened = await self.core_pass(operation, lambda: self.inner.connect(arguments))
        return InterposedConnection(opened, self)

    def adopt(self, raw: Any) -> Any:
        """Take over a connection that the program made."""
        adopting = self._core_adopt(raw)
        return adopting if self.inner.is_async else drive(adopting)

    async def _core_adopt(self, raw: Any) -> InterposedConnection:
        return InterposedConnection(await core_outcome(self.inner.adopt(raw)), self)

    async def core_pass(self, operation: Operation, send: Callable[[], Any]) -> Any:
        """Do an operation by ``send()``, past the layer."""

        async def core_proceed() -> Any:
            return await core_outcome(send())

        layer = self.layer
        return await (core_proceed() if layer is None else layer.core_pass(operation, core_proceed))


class InterposedConnection:
    """A driver's connection whose I/O passes a layer; everything else is the connection's own.

    Args:
        inner: the connection.
        interposed_by: knows the layer.
    """

    def __init__(self, inner: Any, interposed_by: InterposedDriver) -> None:
        self.inner = inner
        self.interposed_by = interposed_by
        # What travels with the next statement, and what has travelled.
        self._begin: str | None = None
        self._commits = False
        self._is_committed = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        # What not every driver has.
        if name == "run_group":
            return lambda statements: self._core_pass(
                IO.BATCH,
                "; ".join(sql for sql, _ in statements),
                [row for _, row in statements],
                lambda: found(statements),
            )
        if name in ("copy_in", "copy_out"):
            return lambda sql, other_end: self._core_pass(IO.COPY, sql, (), lambda: found(sql, other_end))
        return found

    async def _core_pass(self, kind: IO, sql: str, parameters: Any, send: Callable[[], Any]) -> Any:
        begin, commits = self._begin, self._commits
        self._begin, self._commits, self._is_committed = None, False, False
        link = self.interposed_by
        operation = Operation(kind, sql, parameters, begin, commits, self.inner, link.inner)
        result = await link.core_pass(operation, send)
        self._is_committed = commits
        return result

    def _pass(self, kind: IO, sql: str, parameters: Any, send: Callable[[], Any]) -> Any:
        """Do an operation: at once with a synchronous driver, otherwise return what is to be awaited."""
        passing = self._core_pass(kind, sql, parameters, send)
        return passing if self.interposed_by.inner.is_async else drive(passing)

    def run(self, sql: str, parameters: Parameters) -> Any:
        """Execute one statement and fetch all of its rows."""
        return self._pass(IO.STATEMENT, sql, parameters, lambda: self.inner.run(sql, parameters))

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Any:
        """Execute on a cursor and fetch all rows."""
        kind = IO.BATCH if many else IO.STATEMENT
        return self._pass(kind, sql, parameters, lambda: self.inner.run_on(cursor, sql, parameters, many))

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return await self._core_pass(IO.BATCH, sql, rows, lambda: self.inner.run_many(sql, rows))  # type: ignore[no-any-return]

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return await self._core_pass(IO.BATCH, sql, rows, lambda: self.inner.run_each(sql, rows))  # type: ignore[no-any-return]

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> Any:
        """Execute one statement and leave its rows in the database."""
        opening = self._core_open_stream(sql, parameters, is_query)
        return opening if self.interposed_by.inner.is_async else drive(opening)

    async def _core_open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> InterposedStream:
        stream = await self._core_pass(
            IO.STREAM, sql, parameters, lambda: self.inner.open_stream(sql, parameters, is_query)
        )
        return InterposedStream(stream, self._pass)

    # -- the marks of transactions -------------------------------------------------------------------------------------

    def begin_with_next(self, sql: str) -> None:
        """Let `sql` go ahead of the next statement."""
        self._begin, self._is_committed = sql, False
        self.inner.begin_with_next(sql)

    def commit_with_next(self) -> None:
        """Let COMMIT go behind the next statement."""
        self._commits = True
        self.inner.commit_with_next()

    def run_essential(self, sql: str) -> Any:
        """Execute COMMIT, ROLLBACK and the like; what has gone along already, or undoes what was never sent, is no I/O."""
        if (sql == "COMMIT" and self._is_committed) or (sql == "ROLLBACK" and self._begin is not None):
            self._begin, self._commits, self._is_committed = None, False, False
            return self.inner.run_essential(sql)
        return self._pass(kind_of(sql), sql, (), lambda: self.inner.run_essential(sql))

    def roll_back_soon(self) -> None:
        """Roll back without waiting; for a driver that waits for nothing there is no I/O to be seen."""
        begun = self._begin is None
        self._begin, self._commits, self._is_committed = None, False, False
        if begun and not self.interposed_by.inner.is_async:
            self._pass(IO.ROLLBACK, "ROLLBACK", (), self.inner.roll_back_soon)
        else:
            self.inner.roll_back_soon()

    async def close(self) -> None:
        """Close politely."""
        await self._core_pass(IO.CLOSE, "", (), self.inner.close)


class InterposedStream:
    """The rows of one statement, whose fetching passes a layer.

    Args:
        inner: the driver's stream.
        send: does an operation; see `InterposedConnection`.
    """

    def __init__(self, inner: Any, send: Callable[[IO, str, Any, Callable[[], Any]], Any]) -> None:
        self.inner = inner
        self._send = send

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def fetch(self, count: int | None) -> Any:
        """Return the next rows, at once or to be awaited."""
        return self._send(IO.FETCH, "", (), lambda: self.inner.fetch(count))

    def close(self) -> Any:
        """Close the cursor, at once or to be awaited."""
        return self._send(IO.CLOSE_STREAM, "", (), self.inner.close)

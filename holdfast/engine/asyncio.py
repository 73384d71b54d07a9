"""The asynchronous faces of engine, connection and transaction: they await the core, and hold no logic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from holdfast import exc
from holdfast.engine.bridge import in_bridge
from holdfast.engine.bridge_thread import run_in_bridge
from holdfast.engine.connection import NO_OPTIONS, Connection
from holdfast.engine.engine import Engine
from holdfast.engine.result import CursorResult, ScalarResult
from holdfast.engine.transaction import Transaction

T = TypeVar("T")
P = ParamSpec("P")


class AsyncTransaction:
    """A transaction or savepoint of an AsyncConnection: awaited, or as an ``async with`` block."""

    def __init__(self, connection: AsyncConnection, nested: bool = False) -> None:
        self.connection = connection
        self.nested = nested
        self.sync_transaction: Transaction | None = None

    async def start(self) -> AsyncTransaction:
        """Begin."""
        sync = self.connection.sync_connection_or_raise()
        self.sync_transaction = await (sync.core_begin_nested() if self.nested else sync.core_begin())
        return self

    def __await__(self) -> Generator[Any, None, AsyncTransaction]:
        return self.start().__await__()

    async def __aenter__(self) -> AsyncTransaction:
        return await self.start()

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        await self._begun().core_leave(error)

    def _begun(self) -> Transaction:
        if self.sync_transaction is None:
            raise exc.InvalidRequestError("The transaction has not begun: await it, or use it by 'async with'")
        return self.sync_transaction

    @property
    def is_active(self) -> bool:
        """True between its begin and its end."""
        return self.sync_transaction is not None and self.sync_transaction.is_active

    async def commit(self) -> None:
        """Make the work permanent."""
        await self._begun().core_commit()

    async def rollback(self) -> None:
        """Undo the work."""
        await self._begun().core_rollback()

    async def close(self) -> None:
        """Roll back unless it has ended."""
        await self._begun().core_close()


class AsyncConnection:
    """A connection whose methods are awaited; made by `AsyncEngine.connect`, started by ``async with`` or ``await``."""

    def __init__(self, engine: AsyncEngine, sync_connection: Connection | None = None) -> None:
        self.engine = engine
        self.sync_engine = engine.sync_engine
        self.sync_connection = sync_connection

    async def start(self) -> AsyncConnection:
        """Take the connection from the pool."""
        if self.sync_connection is not None:
            raise exc.InvalidRequestError("connection is already started")
        self.sync_connection = await self.sync_engine.core_connect()
        return self

    def __await__(self) -> Generator[Any, None, AsyncConnection]:
        return self.start().__await__()

    async def __aenter__(self) -> AsyncConnection:
        return await self.start()

    async def __aexit__(self, *error: Any) -> None:
        await self.close()

    def sync_connection_or_raise(self) -> Connection:
        """Return the connection behind this one.

        Raises: InvalidRequestError: it was not started.
        """
        if self.sync_connection is None:
            raise exc.InvalidRequestError(
                "AsyncConnection context has not been started and object has not been awaited."
            )
        return self.sync_connection

    async def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] = NO_OPTIONS
    ) -> CursorResult[Any]:
        """Run a statement and return its buffered rows."""
        return await self.sync_connection_or_raise().core_execute(statement, parameters, execution_options)

    async def scalar(self, statement: Any, parameters: Any = None, **keywords: Any) -> Any:
        """Run a statement and return the first column of the first row, or None."""
        return (await self.execute(statement, parameters, **keywords)).scalar()

    async def scalars(self, statement: Any, parameters: Any = None, **keywords: Any) -> ScalarResult[Any]:
        """Run a statement and return the first column."""
        return (await self.execute(statement, parameters, **keywords)).scalars()

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> CursorResult[Any]:
        """Run a text exactly as the driver takes it."""
        return await self.sync_connection_or_raise().core_exec_driver_sql(statement, parameters)

    def begin(self) -> AsyncTransaction:
        """Begin a transaction, as an ``async with`` block or awaited."""
        return AsyncTransaction(self)

    def begin_nested(self) -> AsyncTransaction:
        """Begin a savepoint, as an ``async with`` block or awaited."""
        return AsyncTransaction(self, nested=True)

    async def commit(self) -> None:
        """Commit the transaction."""
        await self.sync_connection_or_raise().core_commit()

    async def rollback(self) -> None:
        """Roll the transaction back."""
        await self.sync_connection_or_raise().core_rollback()

    async def close(self) -> None:
        """Roll back what is open and give the connection to the pool."""
        await self.sync_connection_or_raise().core_close()

    aclose = close

    async def run_sync(
        self, fn: Callable[Concatenate[Connection, P], T], *arguments: P.args, **keywords: P.kwargs
    ) -> T:
        """Call ``fn(sync_connection, ...)``, whose synchronous I/O is handed to the loop."""
        connection = self.sync_connection_or_raise()
        if in_bridge():
            return fn(connection, *arguments, **keywords)
        return await run_in_bridge(fn, connection, *arguments, **keywords)

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self.sync_connection_or_raise().in_transaction()

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self.sync_connection_or_raise().closed

    @property
    def dialect(self) -> Any:
        """What the database is like."""
        return self.sync_engine.dialect


class AsyncEngine:
    """An engine whose connections are awaited; made by `create_async_engine`.

    Args:
        sync_engine: the engine behind it; listeners are put there.
    """

    def __init__(self, sync_engine: Engine) -> None:
        if not sync_engine.dialect.is_async:
            raise exc.InvalidRequestError(
                "The asyncio extension requires an async driver to be used. The loaded driver is not async; write "
                "sqlite+aiosqlite:// for SQLite."
            )
        self.sync_engine = sync_engine

    @property
    def dialect(self) -> Any:
        """What the database is like."""
        return self.sync_engine.dialect

    @property
    def pool(self) -> Any:
        """Its connections."""
        return self.sync_engine.pool

    @property
    def url(self) -> Any:
        """Its address."""
        return self.sync_engine.url

    @property
    def echo(self) -> Any:
        """Whether SQL is printed."""
        return self.sync_engine.echo

    def connect(self) -> AsyncConnection:
        """Return a connection that is started by ``async with`` or ``await``."""
        return AsyncConnection(self)

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A block with a connection and a transaction: commits at the end, rolls back after an error."""
        return self._begin()

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[AsyncConnection]:
        async with self.connect() as connection, connection.begin():
            yield connection

    def execution_options(self, **options: Any) -> AsyncEngine:
        """Return an engine over the same pool whose connections have these options."""
        return AsyncEngine(self.sync_engine.execution_options(**options))

    async def dispose(self, close: bool = True) -> None:
        """Close the idle connections; no thread of a driver stays."""
        await self.sync_engine.core_dispose()

    def __repr__(self) -> str:
        return f"AsyncEngine({self.url!r})"

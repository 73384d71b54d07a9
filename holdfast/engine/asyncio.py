"""The asynchronous faces of engine, connection and transaction: they await the core, and hold no logic."""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from holdfast import event, exc
from holdfast.engine.async_result import AsyncResult, AsyncScalarResult, StreamStart, whole_result
from holdfast.engine.bridge import in_bridge
from holdfast.engine.bridge_thread import run_in_bridge
from holdfast.engine.connection import NO_OPTIONS, Connection
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.engine import Engine
from holdfast.engine.pooled import PoolProxiedConnection
from holdfast.engine.result import ScalarResult
from holdfast.engine.transaction import Transaction
from holdfast.inspection import register_inspector

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
        self.adopt(await (sync.core_begin_nested() if self.nested else sync.core_begin()))
        return self

    def adopt(self, transaction: Transaction) -> None:
        """Stand before a transaction, which remembers that."""
        self.sync_transaction = transaction
        transaction.async_face = weakref.ref(self)

    def __await__(self) -> Generator[Any, None, AsyncTransaction]:
        return self.start().__await__()

    async def __aenter__(self) -> AsyncTransaction:
        await self.start()
        self._begun().enter()
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        await self._begun().core_leave(error)

    def _begun(self) -> Transaction:
        if self.sync_transaction is None:
            raise exc.AsyncContextNotStarted("The transaction has not begun: await it, or use it by 'async with'")
        return self.sync_transaction

    @property
    def is_valid(self) -> bool:
        """False after the connection was lost."""
        return self._begun().is_valid

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
            raise exc.AsyncContextAlreadyStarted("connection is already started")
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
            raise exc.AsyncContextNotStarted(
                "AsyncConnection context has not been started and object has not been awaited."
            )
        return self.sync_connection

    async def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a statement and return its rows, fetched whole.

        Raises: AsyncMethodRequired: options ask for a streamed result; `stream` gives one.
        """
        connection = self.sync_connection_or_raise()
        result = await connection.core_execute(statement, parameters, execution_options or NO_OPTIONS)
        return await whole_result(result, "AsyncConnection", "execute")  # type: ignore[no-any-return]

    async def scalar(self, statement: Any, parameters: Any = None, **keywords: Any) -> Any:
        """Run a statement and return the first column of the first row, or None."""
        return (await self.execute(statement, parameters, **keywords)).scalar()

    async def scalars(self, statement: Any, parameters: Any = None, **keywords: Any) -> ScalarResult[Any]:
        """Run a statement and return the first column."""
        return (await self.execute(statement, parameters, **keywords)).scalars()

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a text exactly as the driver takes it."""
        connection = self.sync_connection_or_raise()
        result = await connection.core_exec_driver_sql(statement, parameters, execution_options)
        return await whole_result(result, "AsyncConnection", "exec_driver_sql")  # type: ignore[no-any-return]

    def stream(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> StreamStart[AsyncResult[Any]]:
        """Run a statement and leave its rows in the database: awaited, or as an ``async with`` block.

        Args:
            execution_options: ``yield_per`` says how many rows are fetched at a time.
        """
        options = {**(execution_options or {}), "stream_results": True}

        async def start() -> AsyncResult[Any]:
            return AsyncResult(await self.sync_connection_or_raise().core_execute(statement, parameters, options))

        return StreamStart(start)

    def stream_scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> StreamStart[AsyncScalarResult[Any]]:
        """Run a statement and leave its rows in the database; gives the first column. See `stream`."""

        async def start() -> AsyncScalarResult[Any]:
            return (await self.stream(statement, parameters, execution_options=execution_options)).scalars()

        return StreamStart(start)

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

    # -- transactions --------------------------------------------------------------------------------------------------

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self.sync_connection_or_raise().in_transaction()

    def in_nested_transaction(self) -> bool:
        """Return True inside a savepoint."""
        return self.sync_connection_or_raise().in_nested_transaction()

    def get_transaction(self) -> AsyncTransaction | None:
        """Return the root transaction, the same object as long as somebody holds it; or None."""
        return self._face_of(self.sync_connection_or_raise().get_transaction(), nested=False)

    def get_nested_transaction(self) -> AsyncTransaction | None:
        """Return the innermost savepoint, or None."""
        return self._face_of(self.sync_connection_or_raise().get_nested_transaction(), nested=True)

    def _face_of(self, transaction: Transaction | None, nested: bool) -> AsyncTransaction | None:
        if transaction is None:
            return None
        known = getattr(transaction, "async_face", None)
        face: AsyncTransaction | None = None if known is None else known()
        if face is None:
            face = AsyncTransaction(self, nested)
            face.adopt(transaction)
        return face

    # -- facts ---------------------------------------------------------------------------------------------------------

    async def execution_options(self, **opt: Any) -> AsyncConnection:
        """Set options for all statements of this connection, and return it; see `Connection.execution_options`."""
        self.sync_connection_or_raise().execution_options(**opt)
        return self

    async def get_isolation_level(self) -> str:
        """Return the level that the database has now for this connection."""
        return await self.sync_connection_or_raise().core_isolation_level()

    @property
    def default_isolation_level(self) -> str:
        """The level that the database gives to connections without a wish."""
        return self.sync_connection_or_raise().default_isolation_level

    async def get_raw_connection(self) -> PoolProxiedConnection:
        """Return the connection of the pool: ``.driver_connection`` is the driver's."""
        return await self.sync_connection_or_raise().core_pool_connection()

    @property
    def connection(self) -> Any:
        """Not available.

        Raises: InvalidRequestError: always.
        """
        raise exc.InvalidRequestError(
            "AsyncConnection.connection accessor is not implemented as the attribute may need to reconnect on an "
            "invalidated connection.  Use the get_raw_connection() method."
        )

    async def invalidate(self, exception: BaseException | None = None) -> None:
        """Declare the driver's connection unusable; the next transaction opens another."""
        self.sync_connection_or_raise().invalidate(exception)

    @property
    def invalidated(self) -> bool:
        """True after the driver's connection was lost."""
        return self.sync_connection_or_raise().invalidated

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts; they stay with the driver's connection while it is in the pool."""
        return self.sync_connection_or_raise().info

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self.sync_connection_or_raise().closed

    @property
    def dialect(self) -> Any:
        """What the database is like."""
        return self.sync_connection_or_raise().dialect


class AsyncEngine:
    """An engine whose connections are awaited; made by `create_async_engine`.

    Args:
        sync_engine: the engine behind it; listeners are put there.
    """

    def __init__(self, sync_engine: Engine) -> None:
        if not sync_engine.dialect.is_async:
            raise exc.InvalidRequestError(
                "The asyncio extension requires an async driver to be used. The loaded "
                f"{sync_engine.driver!r} is not async; make the engine with create_async_engine(url), for SQLite with "
                "sqlite+aiosqlite://."
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

    @echo.setter
    def echo(self, value: Any) -> None:
        self.sync_engine.echo = value

    @property
    def engine(self) -> AsyncEngine:
        """This engine."""
        return self

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.sync_engine.name

    @property
    def driver(self) -> str:
        """The name of the driver."""
        return self.sync_engine.driver

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

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options of its connections."""
        return self.sync_engine.get_execution_options()

    def update_execution_options(self, **options: Any) -> None:
        """Set options of this engine's connections to come."""
        self.sync_engine.update_execution_options(**options)

    def clear_compiled_cache(self) -> None:
        """Forget the compiled forms of statements."""
        self.sync_engine.clear_compiled_cache()

    async def raw_connection(self) -> PoolProxiedConnection:
        """Return a driver's connection from the pool; see `Engine.raw_connection`."""
        return await self.sync_engine.pool.core_connect()

    async def dispose(self, close: bool = True) -> None:
        """Close the idle connections; no thread of a driver stays."""
        await self.sync_engine.core_dispose(close)

    def __repr__(self) -> str:
        return f"AsyncEngine({self.url!r})"


def _listens_not(target: Any, name: str) -> NoReturn:
    raise NotImplementedError(
        f"asynchronous events are not implemented at this time.  Apply synchronous listeners to the AsyncEngine.sync_engine "
        f"or AsyncConnection.sync_connection attributes: event.listen(engine.sync_engine, {name!r}, ...)."
    )


def _inspect_engine(engine: AsyncEngine) -> NoReturn:
    raise exc.NoInspectionAvailable(
        "Inspection on an AsyncEngine is currently not supported. Please obtain a connection then use ``conn.run_sync`` to "
        "pass a callable where it's possible to call ``inspect`` on the passed connection."
    )


def _inspect_connection(connection: AsyncConnection) -> NoReturn:
    raise exc.NoInspectionAvailable(
        "Inspection on an AsyncConnection is currently not supported. Please use ``run_sync`` to pass a callable where it's "
        "possible to call ``inspect`` on the passed connection."
    )


event.register(lambda target: isinstance(target, (AsyncEngine, AsyncConnection)), _listens_not)
register_inspector(AsyncEngine, _inspect_engine)
register_inspector(AsyncConnection, _inspect_connection)

"""`AsyncStatelessSession`: the awaited face of `StatelessSession`, over the same coroutines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from holdfast.engine.async_result import AsyncResult, AsyncScalarResult, StreamStart, whole_result
from holdfast.engine.result import Result, ScalarResult
from holdfast.orm.session.async_transaction import AsyncSessionTransaction
from holdfast.orm.session.asyncio import AsyncSession
from holdfast.orm.session.execute_state import NOTHING
from holdfast.orm.session.guard import guard_tasks
from holdfast.orm.session.stateless import Stateless

T = TypeVar("T")


class AsyncStatelessSession(Stateless):
    """Mapped objects without an identity map, awaited: for reading and writing many rows in constant memory.

    Args:
        bind: the AsyncEngine or AsyncConnection.
        kw: see `StatelessSession`.
    """

    def __init__(self, bind: Any = None, **kw: Any) -> None:
        self._behind = AsyncSession(bind, autoflush=False, expire_on_commit=False, **kw)
        self._session = self.sync_session = self._behind.sync_session

    # -- writing -----------------------------------------------------------------------------------------------------

    async def insert(self, instance: object) -> None:
        """Insert an object's row now; see `StatelessSession.insert`."""
        await self._core_write("insert", (instance,))

    async def insert_all(self, instances: Iterable[object]) -> None:
        """Insert several rows now, in as few statements as they need."""
        await self._core_write("insert", instances)

    async def update(self, instance: object) -> None:
        """Update an object's row now; see `StatelessSession.update`."""
        await self._core_write("update", (instance,))

    async def update_all(self, instances: Iterable[object]) -> None:
        """Update several rows now."""
        await self._core_write("update", instances)

    async def delete(self, instance: object) -> None:
        """Delete an object's row now."""
        await self._core_write("delete", (instance,))

    async def delete_all(self, instances: Iterable[object]) -> None:
        """Delete several rows now."""
        await self._core_write("delete", instances)

    # -- reading -----------------------------------------------------------------------------------------------------

    async def get(
        self, entity: type[T], ident: Any, *, options: Sequence[Any] | None = None, with_for_update: Any = None
    ) -> T | None:
        """Return the object of a primary key, read from its row each time; None if there is none."""
        return await self._core_get(entity, ident, options or (), with_for_update)  # type: ignore[no-any-return]

    async def execute(
        self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING
    ) -> Result[Any]:
        """Run a statement and return its rows, fetched whole; `stream` lets objects come and go."""
        result = await self._core_result(statement, params, execution_options)
        return await whole_result(result, "AsyncStatelessSession", "execute")  # type: ignore[no-any-return]

    async def scalars(
        self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING
    ) -> ScalarResult[Any]:
        """Run a statement and return the first element of each row."""
        return (await self.execute(statement, params, execution_options=execution_options)).scalars()

    async def scalar(
        self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING
    ) -> Any:
        """Run a statement and return the first element of the first row; None if there is no row."""
        return (await self.scalars(statement, params, execution_options=execution_options)).first()

    def stream(
        self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING
    ) -> StreamStart[AsyncResult[Any]]:
        """Run a statement and leave its rows in the database: awaited, or as an ``async with`` block.

        Args:
            execution_options: ``yield_per`` says how many rows are fetched and loaded at a time.
        """
        options = {**execution_options, "stream_results": True}

        async def start() -> AsyncResult[Any]:
            return AsyncResult(await self._core_result(statement, params, options))

        return StreamStart(start)

    def stream_scalars(
        self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING
    ) -> StreamStart[AsyncScalarResult[Any]]:
        """Run a statement and leave its rows in the database; gives the first element of each. See `stream`."""

        async def start() -> AsyncScalarResult[Any]:
            return (await self.stream(statement, params, execution_options=execution_options)).scalars()

        return StreamStart(start)

    # -- transaction -------------------------------------------------------------------------------------------------

    def begin(self) -> AsyncSessionTransaction:
        """Begin the transaction, as an ``async with`` block or awaited."""
        return self._behind.begin()

    def begin_nested(self) -> AsyncSessionTransaction:
        """Begin a savepoint, as an ``async with`` block or awaited."""
        return self._behind.begin_nested()

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self._session.in_transaction()

    async def connection(self) -> Any:
        """Return the AsyncConnection of the transaction."""
        return await self._behind.connection()

    async def commit(self) -> None:
        """Commit."""
        await self._session.core_commit()

    async def rollback(self) -> None:
        """Roll back; objects stay as they are."""
        await self._session.core_rollback()

    async def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        await self._session.core_close()

    async def __aenter__(self) -> AsyncStatelessSession:
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        await self.close()


guard_tasks(AsyncStatelessSession)

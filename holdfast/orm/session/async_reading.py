"""What an AsyncSession reads: objects by primary key, and the answers of statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, Unpack, overload

from holdfast.engine.async_result import AsyncResult, AsyncScalarResult, StreamStart, whole_result
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.result import Result, ScalarResult
from holdfast.orm.session.execute_state import NOTHING
from holdfast.orm.session.face import Session
from holdfast.orm.session.gather import core_gather
from holdfast.orm.session.identity import entity_of, key_from_identity, no_such_row
from holdfast.orm.session.keywords import ExecuteKeywords, GetKeywords, get_arguments
from holdfast.sql.select import Select

T = TypeVar("T")
TP = TypeVar("TP", bound=tuple[Any, ...])


class AsyncReading:
    """The reading part of `asyncio.AsyncSession`."""

    sync_session: Session

    async def get(self, entity: type[T], ident: Any, **how: Unpack[GetKeywords]) -> T | None:
        """Return the object of a primary key, or None; see `Session.get`."""
        session, mapper = self.sync_session, entity_of(entity)
        key = key_from_identity(mapper, ident)
        if not how and not session.has_own_execute():
            return await session.core_get(mapper, key)  # type: ignore[return-value]
        token = how.get("identity_token")
        return await session.core_get(mapper, key, *get_arguments(**how), identity_token=token)  # type: ignore[return-value]

    async def get_one(self, entity: type[T], ident: Any, **options: Any) -> T:
        """Return the object of a primary key.

        Raises: NoResultFound: there is no such row.
        """
        found = await self.get(entity, ident, **options)
        if found is None:
            raise no_such_row(entity)
        return found

    @overload
    async def execute(
        self,
        statement: Select[TP],
        params: Any = None,
        **how: Unpack[ExecuteKeywords],
    ) -> Result[TP]: ...
    @overload
    async def execute(
        self,
        statement: Any,
        params: Any = None,
        **how: Unpack[ExecuteKeywords],
    ) -> CursorResult[Any]: ...
    async def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement and return its rows, fetched whole; see `Session.execute`."""
        result = await self.sync_session.core_result(statement, params, execution_options, bind_arguments)
        return await whole_result(result, "AsyncSession", "execute")  # type: ignore[no-any-return]

    def stream(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> StreamStart[AsyncResult[Any]]:
        """Run a statement and leave its rows in the database: awaited, or as an ``async with`` block.

        Args:
            execution_options: ``yield_per`` says how many rows are fetched and loaded at a time.
        """
        options = {**execution_options, "stream_results": True}

        async def start() -> AsyncResult[Any]:
            return AsyncResult(await self.sync_session.core_result(statement, params, options, bind_arguments))

        return StreamStart(start)

    def stream_scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> StreamStart[AsyncScalarResult[Any]]:
        """Run a statement and leave its rows in the database; gives the first element of each. See `stream`."""

        async def start() -> AsyncScalarResult[Any]:
            return (
                await self.stream(statement, params, execution_options=execution_options, bind_arguments=bind_arguments)
            ).scalars()

        return StreamStart(start)

    @overload
    async def scalars(
        self,
        statement: Select[tuple[T]],
        params: Any = None,
        **how: Unpack[ExecuteKeywords],
    ) -> ScalarResult[T]: ...
    @overload
    async def scalars(
        self,
        statement: Any,
        params: Any = None,
        **how: Unpack[ExecuteKeywords],
    ) -> ScalarResult[Any]: ...
    async def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]:
        """Run a statement and return the first element of each row."""
        result = await self.sync_session.core_scalars(statement, params, execution_options, bind_arguments)
        return await whole_result(result, "AsyncSession", "scalars")  # type: ignore[no-any-return]

    @overload
    async def scalar(
        self,
        statement: Select[tuple[T]],
        params: Any = None,
        **how: Unpack[ExecuteKeywords],
    ) -> T | None: ...
    @overload
    async def scalar(self, statement: Any, params: Any = None, **how: Unpack[ExecuteKeywords]) -> Any: ...
    async def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement and return the first element of the first row, or None."""
        found = await self.scalars(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments
        )
        return found.first()

    async def gather(self, *statements: Any) -> list[Any]:
        """Run several statements together and return their results, in the same order.

        They share the session's transaction and its one connection, and go out in one hop or pipeline where the driver can
        do that; tasks of their own may not share a session.

        Args:
            statements: select() and others without parameters of their own.

        Raises: what the first statement that fails raises; the results of the others are lost then.
        """
        return await core_gather(self.sync_session, statements)

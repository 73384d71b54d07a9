"""Results that are awaited: the rows stand in the database and come in chunks. They read a `Result` and hold no logic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Sequence
from typing import Any, Generic, TypeVar

from holdfast import exc
from holdfast.engine.reading import Reading, only_element
from holdfast.engine.result import FrozenResult
from holdfast.engine.row import RMKeyView, Row, RowMapping

T = TypeVar("T")
TP = TypeVar("TP", bound=tuple[Any, ...])


class AsyncReading(Generic[T]):
    """What all forms share: one pass over the elements, awaited.

    Args:
        real: the result that is read.
    """

    def __init__(self, real: Reading[Any]) -> None:
        self._real: Any = real

    async def all(self) -> Sequence[T]:
        """Return all elements that were not read yet, as a list."""
        return await self._real.core_take()  # type: ignore[no-any-return]

    async def fetchall(self) -> Sequence[T]:
        """Return all elements; the DBAPI's name of `all`."""
        return await self.all()

    async def fetchmany(self, size: int | None = None) -> Sequence[T]:
        """Return the next `size` elements; by default as many as `yield_per` says."""
        return await self._real.core_take(self._real._portion_size(size))  # type: ignore[no-any-return]

    async def partitions(self, size: int | None = None) -> AsyncIterator[Sequence[T]]:
        """Yield lists of `size` elements; by default as many as `yield_per` says."""
        while part := await self.fetchmany(size):
            yield part

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        taken = await self._real.core_take(1)
        if not taken:
            raise StopAsyncIteration
        return taken[0]  # type: ignore[no-any-return]

    async def first(self) -> T | None:
        """Return the first element or None, and close the result."""
        self._real.spare_first()
        taken = await self._real.core_take(1)
        await self._real.core_close()
        return taken[0] if taken else None

    async def one(self) -> T:
        """Return the only element.

        Raises: NoResultFound, MultipleResultsFound.
        """
        return await self._only(raise_for_none=True)  # type: ignore[no-any-return]

    async def one_or_none(self) -> T | None:
        """Return the only element, or None.

        Raises: MultipleResultsFound: there is more than one.
        """
        return await self._only(raise_for_none=False)  # type: ignore[no-any-return]

    async def _only(self, raise_for_none: bool) -> Any:
        taken = await self._real.core_take(2)
        await self._real.core_close()
        return only_element(taken, raise_for_none)

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Any:
        """Return each element once; see `Result.unique`."""
        self._real.unique(strategy)
        return self

    def yield_per(self, num: int) -> Any:
        """Fetch so many rows at a time, and give partitions of that size."""
        self._real.yield_per(num)
        return self

    async def close(self) -> None:
        """Give up what was not read, and let go of the cursor."""
        await self._real.core_close()

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return bool(self._real.closed)


class AsyncResult(AsyncReading[Row[TP]], Generic[TP]):
    """The rows of a streamed statement. Made by `AsyncConnection.stream`."""

    def keys(self) -> RMKeyView:
        """Return the keys of the rows."""
        return self._real.keys()  # type: ignore[no-any-return]

    async def fetchone(self) -> Row[TP] | None:
        """Return the next row, or None."""
        taken = await self._real.core_take(1)
        return taken[0] if taken else None

    async def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        row = await self.first()
        return None if row is None else row[0]

    async def scalar_one(self) -> Any:
        """Return the first column of the only row.

        Raises: NoResultFound, MultipleResultsFound.
        """
        return (await self.one())[0]

    async def scalar_one_or_none(self) -> Any:
        """Return the first column of the only row, or None.

        Raises: MultipleResultsFound: there is more than one row.
        """
        row = await self.one_or_none()
        return None if row is None else row[0]

    def scalars(self, index: Any = 0) -> AsyncScalarResult[Any]:
        """Return the elements of one column."""
        return AsyncScalarResult(self._real.scalars(index))

    def mappings(self) -> AsyncMappingResult:
        """Return the rows as mappings."""
        return AsyncMappingResult(self._real.mappings())

    def columns(self, *col_expressions: Any) -> AsyncResult[Any]:
        """Return rows of these columns only, in this order."""
        return AsyncResult(self._real.columns(*col_expressions))

    def tuples(self) -> AsyncTupleResult[TP]:
        """Return the result; its rows are tuples, to type checkers with the types of the columns."""
        return self  # type: ignore[return-value]

    @property
    def t(self) -> AsyncTupleResult[TP]:
        """The result; see `tuples`."""
        return self  # type: ignore[return-value]

    async def freeze(self) -> FrozenResult[TP]:
        """Return an object that gives the rows anew at each call: for caches."""
        return FrozenResult(self._real._shape, list(await self._real.core_take()))


class AsyncScalarResult(AsyncReading[T], Generic[T]):
    """The elements of one column."""


class AsyncTupleResult(AsyncReading[TP], Generic[TP]):
    """A result whose rows are typed as plain tuples; at run time an AsyncResult."""


class AsyncMappingResult(AsyncReading[RowMapping]):
    """The rows as mappings."""

    def keys(self) -> RMKeyView:
        """Return the keys of the rows."""
        return self._real.keys()  # type: ignore[no-any-return]

    async def fetchone(self) -> RowMapping | None:
        """Return the next row, or None."""
        taken = await self._real.core_take(1)
        return taken[0] if taken else None

    def columns(self, *col_expressions: Any) -> AsyncMappingResult:
        """Return mappings of these columns only."""
        return AsyncMappingResult(self._real.columns(*col_expressions))


class StreamStart(Generic[T]):
    """What `stream` gives: awaited it is the result, as an ``async with`` block it closes the result at the end.

    Args:
        start: runs the statement and returns its result.
    """

    def __init__(self, start: Callable[[], Any]) -> None:
        self._start = start
        self._result: Any = None

    def __await__(self) -> Generator[Any, None, T]:
        return self._start().__await__()  # type: ignore[no-any-return]

    async def __aenter__(self) -> T:
        self._result = await self._start()
        return self._result  # type: ignore[no-any-return]

    async def __aexit__(self, *error: Any) -> None:
        await self._result.close()


async def whole_result(result: Any, owner: str, method: str) -> Any:
    """Return a result whose rows were fetched.

    Raises: AsyncMethodRequired: they stand in the database.
    """
    if result.is_streamed:
        await result.core_close()
        raise exc.AsyncMethodRequired(
            f"Can't use the {owner}.{method}() method with a server-side cursor. Use the {owner}.stream() "
            "method for an async streaming result set."
        )
    return result

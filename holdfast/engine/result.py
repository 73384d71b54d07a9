"""Results: the rows of one statement, read once, in the forms that programs want."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar, overload

from holdfast.engine.iterators import ChunkSource, IteratorSource, SeveralResults
from holdfast.engine.reading import Reading
from holdfast.engine.row import RMKeyView, Row, RowMapping, RowShape

T = TypeVar("T")
TP = TypeVar("TP", bound=tuple[Any, ...])


class Result(Reading[Row[TP]], Generic[TP]):
    """The rows of a statement.

    Args:
        shape: the keys of the rows.
        elements: the rows.
    """

    __slots__ = ()

    @classmethod
    def of_scalars(cls, shape: RowShape, values: list[Any], source: Any = None) -> Result[Any]:
        """Return a result of rows with one element each, given as bare values: Rows are made only if they are read."""
        result = cls(shape, values, source)
        result._single = True
        return result

    def _shaped(self, elements: list[Any]) -> list[Any]:
        if not self._single:
            return elements
        row_class = self._shape.row_class
        return [row_class((element,)) for element in elements]

    def keys(self) -> RMKeyView:
        """Return the keys of the rows."""
        return RMKeyView(self._shape)

    def fetchone(self) -> Row[TP] | None:
        """Return the next row, or None."""
        taken = self._take(1)
        return taken[0] if taken else None

    @overload
    def scalars(self: Result[tuple[T]], index: int = 0) -> ScalarResult[T]: ...
    @overload
    def scalars(self: Result[tuple[T, Any]], index: int = 0) -> ScalarResult[T]: ...
    @overload
    def scalars(self, index: Any = 0) -> ScalarResult[Any]: ...
    def scalars(self, index: Any = 0) -> ScalarResult[Any]:
        """Return the elements of one column.

        Args:
            index: position, key or column.
        """
        position = self._shape.index_of(index)

        def convert(rows: list[Any]) -> list[Any]:
            return [row[position] for row in rows]

        return ScalarResult(self._shape, [], self, None if self._single else convert)._inherit(self)  # type: ignore[no-any-return]

    @overload
    def scalar(self: Result[tuple[T]]) -> T | None: ...
    @overload
    def scalar(self) -> Any: ...
    def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        row = self.first()
        return None if row is None else row[0]

    @overload
    def scalar_one(self: Result[tuple[T]]) -> T: ...
    @overload
    def scalar_one(self) -> Any: ...
    def scalar_one(self) -> Any:
        """Return the first column of the only row.

        Raises: NoResultFound, MultipleResultsFound.
        """
        return self.one()[0]

    @overload
    def scalar_one_or_none(self: Result[tuple[T]]) -> T | None: ...
    @overload
    def scalar_one_or_none(self) -> Any: ...
    def scalar_one_or_none(self) -> Any:
        """Return the first column of the only row, or None.

        Raises: MultipleResultsFound: there is more than one row.
        """
        row = self.one_or_none()
        return None if row is None else row[0]

    def mappings(self) -> MappingResult:
        """Return the rows as mappings."""

        def convert(rows: list[Any]) -> list[Any]:
            return [row._mapping for row in self._shaped(rows)]

        return MappingResult(self._shape, [], self, convert)._inherit(self)  # type: ignore[no-any-return]

    def tuples(self) -> TupleResult[TP]:
        """Return the result; its rows are tuples, to type checkers with the types of the columns."""
        return self  # type: ignore[return-value]

    @property
    def t(self) -> TupleResult[TP]:
        """The result; see `tuples`."""
        return self  # type: ignore[return-value]

    def columns(self, *keys: Any) -> Result[Any]:
        """Limit the rows to these columns, in this order, and return the result.

        Args:
            keys: positions, keys or columns.

        Raises: NoSuchColumnError: the rows have no such column.
        """
        positions = [self._shape.index_of(key) for key in keys]
        shape = self._shape.part(positions)
        make, single, make_whole = shape.row_class, self._single, self._shape.row_class

        def convert(rows: list[Any]) -> list[Any]:
            whole = [make_whole((row,)) for row in rows] if single else rows
            return [make(tuple([row[position] for position in positions])) for row in whole]

        self._single = False
        return self._become(shape, convert)  # type: ignore[no-any-return]

    def freeze(self) -> FrozenResult[TP]:
        """Return an object that gives the rows anew at each call: for caches."""
        return FrozenResult(self._shape, list(self._take()))

    def merge(self, *others: Result[Any]) -> MergedResult[TP]:
        """Return the rows of this result, then those of the others, which have the same columns."""
        return MergedResult(self, others)


class TupleResult(Reading[TP], Generic[TP]):
    """A result whose rows are typed as plain tuples; at run time a Result."""

    __slots__ = ()


class FilterResult(Reading[T], Generic[T]):
    """Another form of a result: reading it reads that result."""

    __slots__ = ()


class ScalarResult(FilterResult[T], Generic[T]):
    """The elements of one column."""

    __slots__ = ()

    @classmethod
    def of(cls, shape: RowShape, values: list[Any], source: Any = None) -> ScalarResult[Any]:
        """Return the result of these values, or of those that `source` gives."""
        return cls(shape, values, source)


class MappingResult(FilterResult[RowMapping]):
    """The rows as mappings."""

    __slots__ = ()

    def keys(self) -> RMKeyView:
        """Return the keys of the rows."""
        return RMKeyView(self._shape)

    def fetchone(self) -> RowMapping | None:
        """Return the next row, or None."""
        taken = self._take(1)
        return taken[0] if taken else None

    def columns(self, *keys: Any) -> MappingResult:
        """Limit the mappings to these columns, in this order, and return the result."""
        positions = [self._shape.index_of(key) for key in keys]
        shape = self._shape.part(positions)
        make = shape.row_class

        def convert(mappings: list[Any]) -> list[Any]:
            return [make(tuple([mapping._row[index] for index in positions]))._mapping for mapping in mappings]

        return self._become(shape, convert)  # type: ignore[no-any-return]


class FrozenResult(Generic[TP]):
    """Rows that are kept; calling it gives a new `Result` of them. Made by `Result.freeze`.

    Attributes:
        data: the rows.
    """

    def __init__(self, shape: RowShape, data: list[Any]) -> None:
        self._shape = shape
        self.data = data

    def __call__(self) -> Result[TP]:
        """Return a new result."""
        return Result(self._shape, list(self.data))

    def rewrite_rows(self) -> list[Any]:
        """Return the rows, for `with_new_rows`."""
        return list(self.data)

    def with_new_rows(self, tuple_data: Iterable[Any]) -> FrozenResult[TP]:
        """Return the same with other rows of the same columns."""
        make = self._shape.row_class
        return FrozenResult(self._shape, [row if isinstance(row, make) else make(tuple(row)) for row in tuple_data])


class IteratorResult(Result[TP]):
    """A result that reads an iterator.

    Args:
        cursor_metadata: the keys of the rows, or their RowShape.
        iterator: gives tuples.
    """

    __slots__ = ()

    def __init__(self, cursor_metadata: Any, iterator: Iterable[Sequence[Any]]) -> None:
        shape = _shape_of(cursor_metadata)
        super().__init__(shape, [], IteratorSource(iterator, shape.row_class))


class ChunkedIteratorResult(IteratorResult[TP]):
    """A result that reads lists of rows as they are made.

    Args:
        cursor_metadata: the keys of the rows, or their RowShape.
        chunks: gets the number of rows that a list shall have, or None, and gives an iterable of lists.
    """

    __slots__ = ()

    def __init__(
        self, cursor_metadata: Any, chunks: Callable[[int | None], Iterable[Sequence[Any]]], **keywords: Any
    ) -> None:
        shape = _shape_of(cursor_metadata)
        Result.__init__(self, shape, [], ChunkSource(chunks, shape.row_class))


class MergedResult(IteratorResult[TP]):
    """Several results read as one. Made by `Result.merge`.

    Attributes:
        rowcount: the sum of the results' counts, where they have any.
    """

    __slots__ = ("rowcount",)

    def __init__(self, first: Result[TP], others: Sequence[Result[Any]]) -> None:
        results = (first, *others)
        Result.__init__(self, first._shape, [], SeveralResults(results))
        self.rowcount = sum(getattr(result, "rowcount", 0) for result in results)


def _shape_of(keys: Any) -> RowShape:
    return keys if isinstance(keys, RowShape) else RowShape(list(keys))


def result_tuple(fields: Sequence[str], extra: Any = None) -> Callable[[Iterable[Any]], Row[Any]]:
    """Return a function that makes Rows with these keys.

    Args:
        extra: per field, other objects by which it may be looked up.
    """
    make = RowShape(fields, extra or ()).row_class
    return lambda values: make(tuple(values))

"""Results: the rows of one statement, read once, in the forms that programs want."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

from holdfast import exc
from holdfast.engine.row import Row, RowMapping, RowShape

T = TypeVar("T")
TP = TypeVar("TP", bound=tuple[Any, ...])
_NONE: Any = object()


class _Rows(Generic[T]):
    """What all forms of a result share: one pass over its elements.

    Elements are fetched already; `_position` is how far they were read.
    """

    __slots__ = ("_closed", "_elements", "_position", "_shape", "_unique", "_yield_per")

    def __init__(self, shape: RowShape, elements: list[Any]) -> None:
        self._shape = shape
        self._elements = elements
        self._position = 0
        self._closed = False
        self._unique: Callable[[Any], Any] | None = None
        self._yield_per: int | None = None

    # -- reading -------------------------------------------------------------------------------------------------------

    def _take(self, count: int | None = None) -> list[Any]:
        """Return the next elements and move on; None: all."""
        if self._closed:
            raise exc.ResourceClosedError("This result object is closed.")
        start = self._position
        if start == 0 and count is None:
            taken = self._elements
            self._position = len(taken)
        else:
            stop = len(self._elements) if count is None else start + count
            taken = self._elements[start:stop]
            self._position = start + len(taken)
        return self._shaped(taken)

    def _shaped(self, elements: list[Any]) -> list[Any]:
        """Return elements in the form of this result, each once if `unique` was asked for."""
        if self._unique is None:
            return elements
        seen: set[Any] = set()
        kept = []
        for element in elements:
            mark = self._unique(element)
            if mark not in seen:
                seen.add(mark)
                kept.append(element)
        return kept

    def all(self) -> Sequence[T]:
        """Return all elements that were not read yet, as a list."""
        return self._take()

    def fetchall(self) -> Sequence[T]:
        """Return all elements; the DBAPI's name of `all`."""
        return self.all()

    def fetchmany(self, size: int | None = None) -> Sequence[T]:
        """Return the next `size` elements."""
        return self._take(size or self._yield_per or 1)

    def partitions(self, size: int | None = None) -> Iterator[Sequence[T]]:
        """Yield lists of `size` elements."""
        while part := self._take(size or self._yield_per or len(self._elements) or 1):
            yield part

    def yield_per(self, num: int) -> Any:
        """Set the size of `partitions`."""
        self._yield_per = num
        return self

    def __iter__(self) -> Iterator[T]:
        return iter(self._take())

    def __next__(self) -> T:
        taken = self._take(1)
        if not taken:
            raise StopIteration
        return taken[0]  # type: ignore[no-any-return]

    def first(self) -> T | None:
        """Return the first element or None, and close the result."""
        taken = self._take(1)
        self.close()
        return taken[0] if taken else None

    def one(self) -> T:
        """Return the only element.

        Raises: NoResultFound, MultipleResultsFound.
        """
        return self._only(raise_for_none=True)  # type: ignore[no-any-return]

    def one_or_none(self) -> T | None:
        """Return the only element, or None.

        Raises: MultipleResultsFound: there is more than one.
        """
        return self._only(raise_for_none=False)  # type: ignore[no-any-return]

    def _only(self, raise_for_none: bool) -> Any:
        taken = self._take() if self._unique else self._take(2)
        self.close()
        if len(taken) > 1:
            raise exc.MultipleResultsFound(
                "Multiple rows were found when exactly one was required"
                if raise_for_none
                else "Multiple rows were found when one or none was required"
            )
        if not taken:
            if raise_for_none:
                raise exc.NoResultFound("No row was found when one was required")
            return None
        return taken[0]

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Any:
        """Return each element once.

        Args:
            strategy: gives the value by which elements are the same; by default objects by identity, values by equality.
        """
        self._unique = strategy or _mark
        return self

    def close(self) -> None:
        """Give up what was not read."""
        self._closed = True

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self._closed

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def _mark(element: Any) -> Any:
    """Return what makes an element the same as another: identity for mapped objects, value for others."""
    if isinstance(element, tuple):
        return tuple(_mark(part) for part in element)
    if hasattr(element, "_sa_instance_state"):
        return id(element)
    try:
        hash(element)
    except TypeError:
        return id(element)
    return element


class Result(_Rows[Row[TP]], Generic[TP]):
    """The rows of a statement.

    Args:
        shape: the keys of the rows.
        elements: the rows.
    """

    __slots__ = ("_single",)

    def __init__(self, shape: RowShape, elements: list[Any]) -> None:
        super().__init__(shape, elements)
        self._single = False

    @classmethod
    def of_scalars(cls, shape: RowShape, values: list[Any]) -> Result[Any]:
        """Return a result of rows with one element each, given as bare values: Rows are made only if they are read."""
        result = cls(shape, values)
        result._single = True
        return result

    def _shaped(self, elements: list[Any]) -> list[Any]:
        elements = super()._shaped(elements)
        if not self._single:
            return elements
        row_class = self._shape.row_class
        return [row_class((element,)) for element in elements]

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the rows."""
        return self._shape.keys

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
        if self._single:
            elements = self._elements[self._position :]
        else:
            elements = [row[position] for row in self._elements[self._position :]]
        scalars: ScalarResult[Any] = ScalarResult(self._shape.part([position]), elements)
        scalars._unique = self._unique
        scalars._closed = self._closed
        return scalars

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
        return MappingResult(self._shape, [row._mapping for row in self._take()])

    def tuples(self) -> TupleResult[TP]:
        """Return the result; typed as plain tuples."""
        return self  # type: ignore[return-value]

    @property
    def t(self) -> TupleResult[TP]:
        """The result; typed as plain tuples."""
        return self.tuples()

    def columns(self, *keys: Any) -> Result[Any]:
        """Return rows of these columns only, in this order."""
        positions = [self._shape.index_of(key) for key in keys]
        shape = self._shape.part(positions)
        rows = [shape.row_class(tuple(row[position] for position in positions)) for row in self._take()]
        return Result(shape, rows)

    def freeze(self) -> FrozenResult[TP]:
        """Return an object that gives the rows anew at each call: for caches."""
        return FrozenResult(self._shape, list(self._take()))

    def merge(self, *others: Result[Any]) -> MergedResult[TP]:
        """Return the rows of this result, then those of the others, which have the same columns."""
        return MergedResult(self, others)


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


class MergedResult(Result[TP]):
    """Several results read as one. Made by `Result.merge`.

    Attributes:
        rowcount: the sum of the results' counts, where they have any.
    """

    __slots__ = ("rowcount",)

    def __init__(self, first: Result[TP], others: Sequence[Result[Any]]) -> None:
        results = (first, *others)
        super().__init__(first._shape, [row for result in results for row in result._take()])
        self.rowcount = sum(getattr(result, "rowcount", 0) for result in results)


class TupleResult(_Rows[TP], Generic[TP]):
    """A result whose rows are typed as plain tuples; at run time a Result."""

    __slots__ = ()


class ScalarResult(_Rows[T], Generic[T]):
    """The elements of one column."""

    __slots__ = ()

    @classmethod
    def of(cls, shape: RowShape, values: list[Any]) -> ScalarResult[Any]:
        """Return the result of these values."""
        return cls(shape, values)


class MappingResult(_Rows[RowMapping]):
    """The rows as mappings."""

    __slots__ = ()

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the rows."""
        return self._shape.keys

    def fetchone(self) -> RowMapping | None:
        """Return the next row, or None."""
        taken = self._take(1)
        return taken[0] if taken else None

    def columns(self, *keys: Any) -> MappingResult:
        """Return mappings of these columns only."""
        positions = [self._shape.index_of(key) for key in keys]
        shape = self._shape.part(positions)
        rows = [shape.row_class(tuple(mapping._row[index] for index in positions)) for mapping in self._take()]
        return MappingResult(shape, [row._mapping for row in rows])


class CursorResult(Result[TP], Generic[TP]):
    """What a statement on a connection gives: rows, or the facts of a change.

    Attributes:
        rowcount: rows matched by an UPDATE or DELETE; -1 where the driver does not know.
        lastrowid: the key generated last, where the driver tells it.
        returns_rows: the statement returns rows, be they none.
    """

    __slots__ = ("_compiled", "_inserted", "lastrowid", "returns_rows", "rowcount")

    def __init__(
        self,
        shape: RowShape,
        rows: list[Any],
        *,
        rowcount: int = -1,
        lastrowid: Any = None,
        returns_rows: bool = True,
        compiled: Any = None,
        inserted: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(shape, rows)
        self.rowcount = rowcount
        self.lastrowid = lastrowid
        self.returns_rows = returns_rows
        self._compiled = compiled
        self._inserted = inserted

    def _take(self, count: int | None = None) -> list[Any]:
        if not self.returns_rows:
            raise exc.ResourceClosedError("This result object does not return rows. It has been closed automatically.")
        return super()._take(count)

    @property
    def is_insert(self) -> bool:
        """True for an INSERT."""
        return self._compiled is not None and self._compiled.kind == "insert"

    @property
    def inserted_primary_key(self) -> Any:
        """The primary key of the one row inserted, as a Row.

        Raises: InvalidRequestError: not an INSERT, or several rows.
        """
        if not self.is_insert:
            raise exc.InvalidRequestError("Statement is not an insert() expression construct.")
        if len(self._inserted) != 1:
            raise exc.InvalidRequestError(
                "This statement was an executemany call; if primary key return is supported, please use "
                ".inserted_primary_key_rows."
            )
        return self.inserted_primary_key_rows[0]

    @property
    def inserted_primary_key_rows(self) -> list[Any]:
        """The primary keys of the rows inserted; None where the driver does not tell them."""
        table = self._compiled.statement.table
        columns = list(table.primary_key)
        shape = RowShape([column.key for column in columns], columns)
        found = []
        for given in self._inserted:
            key = [given.get(column.key) for column in columns]
            if key.count(None) == 1 and self.lastrowid is not None and len(self._inserted) == 1:
                key[key.index(None)] = self.lastrowid
            found.append(shape.row_class(tuple(key)))
        return found

    def last_inserted_params(self) -> Mapping[str, Any]:
        """Return the parameters of the row inserted last."""
        return self._inserted[-1] if self._inserted else {}

    def without_rows(self, rowcount: int) -> CursorResult[Any]:
        """Return the result of the same statement as if it had not returned rows."""
        return CursorResult(
            RowShape(()), [], rowcount=rowcount, lastrowid=self.lastrowid, returns_rows=False, compiled=self._compiled
        )

"""What all forms of a result share: one pass over its elements, in portions, each once if that is asked for.

Most results hold their elements in a list. A streamed one reads a `Feed`, and the forms of a result (scalars, mappings)
read the result that they were made of, so all of them move on together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.iterators import NO_ROWS
from holdfast.engine.row import RowShape

T = TypeVar("T")


class Reading(Generic[T]):
    """One pass over elements.

    Args:
        shape: the keys of the rows.
        elements: what was fetched; `_position` is how far they were read.
        source: what is read instead of `elements`: a Feed, or the result whose other form this is.
        convert: turns elements of `source` into this form's.
    """

    __slots__ = (
        "_closed",
        "_convert",
        "_elements",
        "_iterator",
        "_position",
        "_shape",
        "_single",
        "_source",
        "_unique",
        "_yield_per",
    )

    def __init__(
        self,
        shape: RowShape,
        elements: list[Any],
        source: Any = None,
        convert: Callable[[list[Any]], list[Any]] | None = None,
    ) -> None:
        self._shape = shape
        self._elements = elements
        self._source = source
        self._convert = convert
        # The elements are values, each of which becomes a row of its own; see `Result`.
        self._single = False
        self._position = 0
        self._iterator: Any = None
        self._closed = False
        self._unique: Uniqueness | None = None
        self._yield_per: int | None = None

    # -- reading -------------------------------------------------------------------------------------------------------

    def _take(self, count: int | None = None) -> list[Any]:
        """Return the next elements in the form of this result, and move on; None: all."""
        if self._unique is not None:
            return drive(self.core_take(count))
        # Most results are lists that are read from the start, once: they get by without more calls.
        if self._source is not None or self._iterator is not None or self._closed:
            return self._shaped(self.portion(count))
        start = self._position
        elements = self._elements
        if count is None:
            self._position = len(elements)
            left = elements[start:] if start else elements
            return self._shaped(left) if self._single else left
        taken = elements[start : start + count]
        self._position = start + len(taken)
        return self._shaped(taken)

    async def core_take(self, count: int | None = None) -> list[Any]:
        """Return the next elements in the form of this result, and move on; None: all."""
        unique = self._unique
        taken = self._shaped(await self.core_portion(count))
        if unique is None:
            return taken
        kept = unique.filtered(taken)
        while count is not None and len(kept) < count:
            taken = self._shaped(await self.core_portion(count - len(kept)))
            if not taken:
                break
            kept += unique.filtered(taken)
        return kept

    def portion(self, count: int | None) -> list[Any]:
        """Return the next elements as they are; for this result and for its other forms."""
        source = self._source
        if source is None:
            return self._next_elements(count)
        self._check_open()
        taken: list[Any] = source.portion(count)
        return taken if self._convert is None else self._convert(taken)

    async def core_portion(self, count: int | None) -> list[Any]:
        """Do what `portion` promises, wherever the elements come from."""
        if self._source is None:
            return self._next_elements(count)
        self._check_open()
        taken: list[Any] = await self._source.core_portion(count)
        return taken if self._convert is None else self._convert(taken)

    def _check_open(self) -> None:
        if self._closed and self._source is not NO_ROWS:
            raise exc.ResourceClosedError("This result object is closed.")

    def _next_elements(self, count: int | None) -> list[Any]:
        """Return the next elements of the list."""
        if self._closed:
            raise exc.ResourceClosedError("This result object is closed.")
        elements = self._elements
        if self._iterator is not None:
            # A loop over the result was left: the iterator knows how far it came.
            self._position = len(elements) - self._iterator.__length_hint__()
            self._iterator = None
        start = self._position
        if start == 0 and count is None:
            self._position = len(elements)
            return elements
        taken = elements[start:] if count is None else elements[start : start + count]
        self._position = start + len(taken)
        return taken

    def _shaped(self, elements: list[Any]) -> list[Any]:
        """Return elements in the form of this result."""
        return elements

    def _become(self, shape: RowShape, convert: Callable[[list[Any]], list[Any]]) -> Any:
        """Read on in another form: what this result was is read by it from now on; returns this result."""
        was = self._before()
        self._shape, self._elements, self._source, self._convert = shape, [], was, convert
        self._position, self._iterator = 0, None
        return self

    def _before(self) -> Reading[Any]:
        """Return a result that reads what this one has read so far, from where it stands."""
        was: Reading[Any] = Reading(self._shape, self._elements, self._source, self._convert)
        was._position, was._iterator = self._position, self._iterator
        return was

    def _inherit(self, source: Reading[Any]) -> Any:
        """Take over what was asked of the result whose other form this is."""
        self._unique = source._unique
        self._yield_per = source._yield_per
        self._closed = source._closed
        return self

    def all(self) -> Sequence[T]:
        """Return all elements that were not read yet, as a list."""
        return self._take()

    def fetchall(self) -> Sequence[T]:
        """Return all elements; the DBAPI's name of `all`."""
        return self.all()

    def fetchmany(self, size: int | None = None) -> Sequence[T]:
        """Return the next `size` elements: as many as `yield_per` says, else one; with 0 or less all."""
        return self._take(self._portion_size(size))

    def partitions(self, size: int | None = None) -> Iterator[Sequence[T]]:
        """Yield lists of `size` elements; by default as many as `yield_per` says."""
        while part := self._take(self._portion_size(size)):
            yield part

    def _portion_size(self, size: int | None) -> int | None:
        if size is None:
            return self._yield_per or 1
        return size if size > 0 else None

    def yield_per(self, num: int) -> Any:
        """Set the size of `partitions`; a streamed result fetches so many rows at a time."""
        self._yield_per = num
        if self._source is not None:
            self._source.yield_per(num)
        return self

    def __iter__(self) -> Iterator[T]:
        if self._source is not None or self._unique is not None:
            return self._one_by_one()
        self._iterator = found = iter(self._take())
        return found

    def _one_by_one(self) -> Iterator[T]:
        """Yield one element at a time, so that who leaves the loop finds the rest."""
        while taken := self._take(1):
            yield taken[0]

    def __next__(self) -> T:
        taken = self._take(1)
        if not taken:
            raise StopIteration
        return taken[0]  # type: ignore[no-any-return]

    def first(self) -> T | None:
        """Return the first element or None, and close the result."""
        self.spare_first()
        taken = self._take(1)
        # What was read to its end before stays open: it has no more.
        if taken or not self._position:
            self.close()
        return taken[0] if taken else None

    def spare_first(self) -> None:
        """The first element alone repeats nothing: what asks for `unique` (the ORM's joined collections) need not."""
        if getattr(self._unique, "spares_first", False):
            self._unique = None

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
        taken = self._take(2)
        if taken or not self._position:
            self.close()
        return only_element(taken, raise_for_none)

    def unique(self, strategy: Callable[[Any], Any] | None = None) -> Any:
        """Return each element once.

        Args:
            strategy: gives the value by which elements are the same; by default objects by identity, values by equality.
        """
        self._unique = Uniqueness(strategy or _mark)
        return self

    # -- the end -------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Give up what was not read; a streamed result lets go of its cursor."""
        self._closed = True
        if self._source is not None:
            drive(self._source.core_close())

    async def core_close(self) -> None:
        """Do what `close` promises."""
        self._closed = True
        if self._source is not None:
            await self._source.core_close()

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self._closed or (self._source is not None and self._source.closed)

    @property
    def is_streamed(self) -> bool:
        """True while rows stand in the database."""
        return getattr(self._source, "cursor", None) is not None or getattr(self._source, "is_streamed", False)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def only_element(taken: list[Any], raise_for_none: bool) -> Any:
    """Return the only one of the elements taken, at most two.

    Raises: NoResultFound: there is none, and `raise_for_none`. MultipleResultsFound: there are two.
    """
    if len(taken) > 1:
        raise exc.MultipleResultsFound(
            "Multiple rows were found when exactly one was required"
            if raise_for_none
            else "Multiple rows were found when one or none was required"
        )
    if taken:
        return taken[0]
    if raise_for_none:
        raise exc.NoResultFound("No row was found when one was required")
    return None


class Uniqueness:
    """Lets each element through once, over all portions of a result.

    Args:
        strategy: gives the value by which elements are the same.
    """

    __slots__ = ("seen", "strategy")

    def __init__(self, strategy: Callable[[Any], Any]) -> None:
        self.strategy = strategy
        self.seen: set[Any] = set()

    def filtered(self, elements: list[Any]) -> list[Any]:
        """Return those that were not seen before."""
        seen, strategy, kept = self.seen, self.strategy, []
        for element in elements:
            mark = strategy(element)
            if mark not in seen:
                seen.add(mark)
                kept.append(element)
        return kept


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

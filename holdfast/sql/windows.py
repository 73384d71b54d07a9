"""What is said around a function call: OVER, FILTER, WITHIN GROUP."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.exc import ArgumentError
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import and_
from holdfast.sql.coercions import as_criterion, as_order
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import ClauseList
from holdfast.sql.node import Node
from holdfast.sql.types import Integer

T = TypeVar("T")

FRAMES = ("RANGE", "ROWS", "GROUPS")


def _listed(clauses: Any, place: str) -> ClauseList | None:
    """Return one expression or several as a list; None for none."""
    if clauses is None:
        return None
    several = clauses if isinstance(clauses, (list, tuple)) else (clauses,)
    return ClauseList(*[as_order(clause, place) for clause in several])


class _Around(ColumnElement[T]):
    """A function call with something around it.

    Attributes:
        element: the call.
    """

    element: Any
    _present: tuple[Node, ...]

    def _parts(self) -> tuple[Any, tuple[Node | None, ...]]:
        """Return what is said by words, and the parts, those that are not there as None."""
        raise NotImplementedError

    def _set_key(self) -> None:
        tag, parts = self._parts()
        self._present = tuple(part for part in parts if part is not None)
        self._key = (tag, *[None if part is None else part._key for part in parts])
        self._values = tuple(value for part in self._present for value in part._values)

    def _with_parts(self, parts: tuple[Any, ...]) -> Any:
        """Return the same over other parts, given in the order of `_children`."""
        new = object.__new__(type(self))
        place = {id(old): part for old, part in zip(self._present, parts, strict=True)}
        for name, value in self.__dict__.items():
            new.__dict__[name] = place.get(id(value), value)
        new.type = self.type
        new._set_key()
        return new

    @property
    def _children(self) -> tuple[Node, ...]:
        return self._present

    def over(self, **parts: Any) -> Over[T]:
        """Return the call over a window; see `FunctionElement.over`."""
        return Over(self, **parts)


class Over(_Around[T]):
    """``function OVER (PARTITION BY ... ORDER BY ... frame)``.

    Attributes:
        partition_by, order_by: lists of expressions, or None.
        frame: kind, lower and upper bound; None: the database's own.
    """

    visit_name = "over"

    def __init__(
        self,
        element: Any,
        partition_by: Any = None,
        order_by: Any = None,
        range_: tuple[int | None, int | None] | None = None,
        rows: tuple[int | None, int | None] | None = None,
        groups: tuple[int | None, int | None] | None = None,
    ) -> None:
        self.element = element
        self.type = element.type
        self.partition_by = _listed(partition_by, "PARTITION BY")
        self.order_by = _listed(order_by, "ORDER BY")
        frames = [
            (kind, given) for kind, given in zip(FRAMES, (range_, rows, groups), strict=True) if given is not None
        ]
        if len(frames) > 1:
            raise ArgumentError("only one of 'rows', 'range_', or 'groups' may be provided")
        self.frame: tuple[str, Bound, Bound] | None = None
        if frames:
            kind, given = frames[0]
            if not isinstance(given, tuple) or len(given) != 2:
                raise ArgumentError("2-tuple expected for range/rows/groups")
            self.frame = (kind, Bound(given[0], "PRECEDING"), Bound(given[1], "FOLLOWING"))
        self._set_key()

    def _parts(self) -> tuple[Any, tuple[Node | None, ...]]:
        frame = self.frame
        if frame is None:
            return "over", (self.element, self.partition_by, self.order_by)
        kind, lower, upper = frame
        words = ("over", kind, lower.word, upper.word)
        return words, (self.element, self.partition_by, self.order_by, lower.value, upper.value)


class Bound:
    """One end of a frame.

    Args:
        offset: rows from the current one; negative: before it; 0: it; None: without end.
        unbounded: the word for no end, on this side.
    """

    __slots__ = ("value", "word")

    def __init__(self, offset: Any, unbounded: str) -> None:
        self.value: BindParameter[int] | None = None
        if offset is None:
            self.word = f"UNBOUNDED {unbounded}"
            return
        if isinstance(offset, bool) or not isinstance(offset, int):
            raise ArgumentError("Integer or None expected for a bound of a frame")
        if offset == 0:
            self.word = "CURRENT ROW"
            return
        self.word = "PRECEDING" if offset < 0 else "FOLLOWING"
        self.value = BindParameter(None, abs(offset), Integer(), unique=True)


class FunctionFilter(_Around[T]):
    """``function FILTER (WHERE criterion)``.

    Attributes:
        criterion: what rows must fulfil.
    """

    visit_name = "function_filter"

    def __init__(self, element: Any, *criteria: Any) -> None:
        self.element = element
        self.type = element.type
        self.criterion: Any = and_(*[as_criterion(criterion) for criterion in criteria]) if criteria else None
        self._set_key()

    def _parts(self) -> tuple[Any, tuple[Node | None, ...]]:
        return "filter", (self.element, self.criterion)

    def filter(self, *criteria: Any) -> FunctionFilter[T]:
        """Return the call with more criteria."""
        present = () if self.criterion is None else (self.criterion,)
        return FunctionFilter(self.element, *present, *criteria)


class WithinGroup(_Around[T]):
    """``function WITHIN GROUP (ORDER BY ...)``.

    Attributes:
        order_by: the expressions.
    """

    visit_name = "within_group"

    def __init__(self, element: Any, *order_by: Any) -> None:
        self.element = element
        self.type = element.type
        self.order_by = _listed(order_by, "ORDER BY")
        self._set_key()

    def _parts(self) -> tuple[Any, tuple[Node | None, ...]]:
        return "within_group", (self.element, self.order_by)

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.element._made_up_base

    def filter(self, *criteria: Any) -> FunctionFilter[T]:
        """Return the call over the rows that fulfil the criteria."""
        return FunctionFilter(self, *criteria)


def over(element: Any, **parts: Any) -> Over[Any]:
    """Return a function call over a window.

    Args:
        element: the call.
        parts: ``partition_by``, ``order_by``, and one of ``range_``, ``rows``, ``groups`` as (lower, upper): None without
            end, 0 the current row, negative before it, positive after it.

    Raises: ArgumentError: more than one frame, or bounds that are no whole numbers.
    """
    return Over(element, **parts)


def funcfilter(func: Any, *criterion: Any) -> FunctionFilter[Any]:
    """Return a call of an aggregate function over the rows that fulfil the criteria."""
    return FunctionFilter(func, *criterion)


def within_group(element: Any, *order_by: Any) -> WithinGroup[Any]:
    """Return a call of an ordered-set aggregate function."""
    return WithinGroup(element, *order_by)

"""What is said around a function call: OVER, FILTER, WITHIN GROUP."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, TypeVar

from holdfast.exc import ArgumentError, CompileError
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import and_
from holdfast.sql.coercions import as_criterion, as_order, is_sql, not_expected, resolve
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import ClauseList, Grouping
from holdfast.sql.node import Node
from holdfast.sql.operators import Operator, getitem

T = TypeVar("T")

FRAMES = ("RANGE", "ROWS", "GROUPS")
_EXCLUDED = "(?i:CURRENT ROW|GROUP|TIES|NO OTHERS)"


def _listed(clauses: Any, place: str) -> ClauseList | None:
    """Return one expression or several as a list; None for none."""
    if clauses is None:
        return None
    several = clauses if isinstance(clauses, (list, tuple)) else (clauses,)
    return ClauseList(*[as_order(clause, place) for clause in several])


def at_least_one(clauses: tuple[Any, ...]) -> ClauseList:
    """Return the expressions of an ORDER BY that may not be empty.

    Raises: TypeError: there are none.
    """
    if not clauses:
        raise TypeError("at least one ORDER BY element is required")
    return ClauseList(*[as_order(clause, "ORDER BY") for clause in clauses])


class Wrapped(ColumnElement[T]):
    """A function call with something said around it.

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

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        # Brackets after it would be those of its last word.
        return Grouping(self) if against is getitem else self

    def over(self, **parts: Any) -> Over[T]:
        """Return the call over a window; see `FunctionElement.over`."""
        return Over(self, **parts)


class Over(Wrapped[T]):
    """``function OVER (PARTITION BY ... ORDER BY ... frame)``.

    Attributes:
        partition_by, order_by: lists of expressions, or None.
        frame: kind and bounds; None: the database's own.
        exclude: rows of the frame that do not count, or None.
    """

    visit_name = "over"

    def __init__(
        self,
        element: Any,
        partition_by: Any = None,
        order_by: Any = None,
        range_: Any = None,
        rows: Any = None,
        groups: Any = None,
        exclude: str | None = None,
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
        self.frame: tuple[str, FrameClause] | None = None
        if frames:
            [(kind, given)] = frames
            self.frame = (kind, given if isinstance(given, FrameClause) else _frame_of(kind, given))
        self.exclude = _checked_exclusion(exclude, self.frame)
        self._set_key()

    def _parts(self) -> tuple[Any, tuple[Node | None, ...]]:
        if self.frame is None:
            return "over", (self.element, self.partition_by, self.order_by)
        kind, frame = self.frame
        words = ("over", kind, frame.start.word, frame.end.word, self.exclude)
        return words, (self.element, self.partition_by, self.order_by, frame.start.value, frame.end.value)

    def _with_parts(self, parts: tuple[Any, ...]) -> Any:
        new = super()._with_parts(parts)
        if self.frame is not None:
            kind, frame = self.frame
            place = {id(old): part for old, part in zip(self._present, parts, strict=True)}
            new.frame = (kind, frame._with_values(place))
            new._set_key()
        return new


def _frame_of(kind: str, given: Any) -> FrameClause:
    """Return the frame that a pair of numbers stands for."""
    if not isinstance(given, tuple) or len(given) != 2:
        raise ArgumentError("2-tuple expected for range/rows/groups")
    (start, start_type), (end, end_type) = (_bound_of(kind, bound) for bound in given)
    return FrameClause(start, end, start_type, end_type)


def _bound_of(kind: str, offset: Any) -> tuple[Any, FrameClauseType]:
    if offset is None:
        return None, FrameClauseType.UNBOUNDED
    if isinstance(offset, bool) or not isinstance(offset, int):
        if kind == "RANGE":
            raise ArgumentError(
                "When using a tuple to specify a range only integer or none values are allowed in the range frame. To "
                "specify a different type use the FrameClause directly."
            )
        raise ArgumentError("Integer or None expected for values in rows/groups frame")
    if offset == 0:
        return None, FrameClauseType.CURRENT
    return abs(offset), FrameClauseType.PRECEDING if offset < 0 else FrameClauseType.FOLLOWING


def _checked_exclusion(exclude: str | None, frame: Any) -> str | None:
    """Return the words after EXCLUDE: they reach the SQL text as they stand."""
    if exclude is None:
        return None
    if frame is None:
        raise ArgumentError("'exclude' requires that one of 'rows', 'range_', or 'groups' is also specified")
    if not isinstance(exclude, str) or re.fullmatch(_EXCLUDED, exclude) is None:
        raise CompileError(
            f"Unexpected SQL phrase: {exclude!r} (matching against '^(?:CURRENT ROW|GROUP|TIES|NO OTHERS)$')"
        )
    return exclude


class FrameClauseType(Enum):
    """Where a frame begins or ends."""

    UNBOUNDED = 0
    CURRENT = 1
    PRECEDING = 2
    FOLLOWING = 3


class FrameClause:
    """The bounds of a frame, with values of any type.

    Args:
        start, end: how far before or after the current row: plain values; None where the kind says it all.
        start_frame_type, end_frame_type: the kinds of the bounds.

    Raises: ArgumentError: a value where there is none, none where there must be one, or a SQL expression.
    """

    def __init__(
        self, start: Any, end: Any, start_frame_type: FrameClauseType, end_frame_type: FrameClauseType
    ) -> None:
        self.start = Bound("start", start, FrameClauseType(start_frame_type), "PRECEDING")
        self.end = Bound("end", end, FrameClauseType(end_frame_type), "FOLLOWING")

    def _with_values(self, place: dict[int, Any]) -> FrameClause:
        new = object.__new__(FrameClause)
        new.start, new.end = self.start._with_value(place), self.end._with_value(place)
        return new


class Bound:
    """One end of a frame.

    Args:
        side: "start" or "end".
        offset: how far from the current row.
        kind: what it is.
        unbounded: the word for no end, on this side.

    Attributes:
        value: the parameter for `offset`, or None.
        word: what stands after it.
    """

    __slots__ = ("value", "word")

    def __init__(self, side: str, offset: Any, kind: FrameClauseType, unbounded: str) -> None:
        self.value: BindParameter[Any] | None = None
        if kind in (FrameClauseType.UNBOUNDED, FrameClauseType.CURRENT):
            if offset is not None:
                raise ArgumentError(f"Cannot specify a value for {side} with frame type {kind.name}")
            self.word = "CURRENT ROW" if kind is FrameClauseType.CURRENT else f"UNBOUNDED {unbounded}"
            return
        if offset is None:
            raise ArgumentError(f"The frame type {kind.name} needs a value for {side}")
        if is_sql(resolve(offset)):
            raise not_expected("Literal Python value expected", offset)
        self.word = kind.name
        self.value = BindParameter(None, offset, unique=True)

    def _with_value(self, place: dict[int, Any]) -> Bound:
        new = object.__new__(Bound)
        new.word, new.value = self.word, place.get(id(self.value), self.value)
        return new


class FunctionFilter(Wrapped[T]):
    """``function FILTER (WHERE criterion)``.

    Attributes:
        criterion: what rows must fulfil.
    """

    visit_name = "function_filter"

    def __init__(self, element: Any, *criteria: Any) -> None:
        self.element = element
        self.type = element.type
        # One criterion alone stays as it is: this place is no WHERE.
        self.criterion: Any = as_criterion(criteria[0]) if len(criteria) == 1 else and_(*criteria) if criteria else None
        self._set_key()

    def _parts(self) -> tuple[Any, tuple[Node | None, ...]]:
        return "filter", (self.element, self.criterion)

    def filter(self, *criteria: Any) -> FunctionFilter[T]:
        """Return the call with more criteria."""
        present = () if self.criterion is None else (self.criterion,)
        return FunctionFilter(self.element, *present, *criteria)


class WithinGroup(Wrapped[T]):
    """``function WITHIN GROUP (ORDER BY ...)``.

    Attributes:
        order_by: the expressions.
    """

    visit_name = "within_group"

    def __init__(self, element: Any, *order_by: Any) -> None:
        self.element = element
        self.order_by = at_least_one(order_by)
        self.type = element.within_group_type(self) or element.type
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

"""Values of range types: `Range` and `MultiRange`, with the operations that the server has for them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")
Bounds = Literal["()", "[)", "(]", "[]"]
Cut = tuple[int, Any, int]
"""A place between values, in an order: -1 before all, 0 at a value, 1 after all; the value; -1 before it, 1 after it."""


class _Hooks:
    """What a value's SQL type is; filled by `ranges.py`, which knows them."""

    type_of: Callable[[Any], Any]


hooks = _Hooks()


@dataclass(frozen=True, slots=True, eq=False)
class Range(Generic[T]):
    """The values between two ends; None as an end: there is none.

    Args:
        lower, upper: the ends.
        bounds: which ends belong to it: "[" and "]" do, "(" and ")" do not.
        empty: it holds no value at all.
    """

    lower: T | None = None
    upper: T | None = None
    bounds: Bounds = field(default="[)", kw_only=True)
    empty: bool = field(default=False, kw_only=True)

    # -- what it is ----------------------------------------------------------------------------------------------------

    def __bool__(self) -> bool:
        return not self.empty

    @property
    def isempty(self) -> bool:
        """It was said to be empty."""
        return self.empty

    is_empty = isempty

    @property
    def lower_inc(self) -> bool:
        """The lower end belongs to it."""
        return self.bounds[0] == "["

    @property
    def upper_inc(self) -> bool:
        """The upper end belongs to it."""
        return self.bounds[1] == "]"

    @property
    def lower_inf(self) -> bool:
        """It has no lower end."""
        return not self.empty and self.lower is None

    @property
    def upper_inf(self) -> bool:
        """It has no upper end."""
        return not self.empty and self.upper is None

    @property
    def __sa_type_engine__(self) -> Any:
        return hooks.type_of(self)

    def __str__(self) -> str:
        if self.empty:
            return "empty"
        lower, upper = ("" if end is None else str(end) for end in (self.lower, self.upper))
        return f"{self.bounds[0]}{lower},{upper}{self.bounds[1]}"

    # -- comparison ----------------------------------------------------------------------------------------------------

    @property
    def _begin(self) -> Cut:
        return (-1, None, 0) if self.lower is None else _cut(self.lower, after=not self.lower_inc)

    @property
    def _end(self) -> Cut:
        return (1, None, 0) if self.upper is None else _cut(self.upper, after=self.upper_inc)

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same values; ``[1,4]`` and ``[1,5)`` of whole numbers do."""
        if not isinstance(other, Range):
            return NotImplemented
        if self.empty or other.empty:
            return self.empty is other.empty
        return self._begin == other._begin and self._end == other._end

    def __hash__(self) -> int:
        return hash(None if self.empty else (self._begin, self._end))

    def contains(self, value: Any) -> bool:
        """Whether a value, or all values of another range, are in this one."""
        if not isinstance(value, Range):
            return not self.empty and self._begin < (0, value, 0) < self._end
        if value.empty:
            return True
        return not self.empty and self._begin <= value._begin and value._end <= self._end

    __contains__ = contains

    def contained_by(self, other: Range[T]) -> bool:
        """Whether all values of this one are in another one."""
        return other.contains(self)

    def overlaps(self, other: Range[T]) -> bool:
        """Whether both have values in common."""
        return not (self.empty or other.empty) and self._begin < other._end and other._begin < self._end

    def strictly_left_of(self, other: Range[T]) -> bool:
        """Whether all values are below those of another one."""
        return not (self.empty or other.empty) and self._end <= other._begin

    __lshift__ = strictly_left_of

    def strictly_right_of(self, other: Range[T]) -> bool:
        """Whether all values are above those of another one."""
        return not (self.empty or other.empty) and other._end <= self._begin

    __rshift__ = strictly_right_of

    def not_extend_left_of(self, other: Range[T]) -> bool:
        """Whether no value is below all those of another one."""
        return not (self.empty or other.empty) and other._begin <= self._begin

    def not_extend_right_of(self, other: Range[T]) -> bool:
        """Whether no value is above all those of another one."""
        return not (self.empty or other.empty) and self._end <= other._end

    def adjacent_to(self, other: Range[T]) -> bool:
        """Whether one begins where the other ends, with no value between and none in common."""
        return not (self.empty or other.empty) and (self._end == other._begin or other._end == self._begin)

    # -- operations ----------------------------------------------------------------------------------------------------

    def union(self, other: Range[T]) -> Range[T]:
        """Return the range of the values of both.

        Raises: ValueError: there are values between them.
        """
        if self.empty:
            return other
        if other.empty:
            return self
        if not self.overlaps(other) and not self.adjacent_to(other):
            raise ValueError("Adding non-overlapping and non-adjacent ranges is not implemented")
        first = self if self._begin <= other._begin else other
        last = self if other._end <= self._end else other
        return _between(first.lower, first.bounds[0], last.upper, last.bounds[1])

    __add__ = union

    def difference(self, other: Range[T]) -> Range[T]:
        """Return the range of the values that are in this one alone.

        Raises: ValueError: they are two ranges.
        """
        if not self.overlaps(other):
            return self
        begins_before, ends_after = self._begin < other._begin, other._end < self._end
        if begins_before and ends_after:
            raise ValueError("Subtracting a strictly inner range is not implemented")
        if begins_before:
            return _between(self.lower, self.bounds[0], other.lower, ")" if other.lower_inc else "]")
        if ends_after:
            return _between(other.upper, "(" if other.upper_inc else "[", self.upper, self.bounds[1])
        return Range(empty=True)

    __sub__ = difference

    def intersection(self, other: Range[T]) -> Range[T]:
        """Return the range of the values that are in both."""
        if not self.overlaps(other):
            return Range(empty=True)
        first = other if self._begin <= other._begin else self
        last = other if other._end <= self._end else self
        return _between(first.lower, first.bounds[0], last.upper, last.bounds[1])

    __mul__ = intersection


def _between(lower: Any, first: str, upper: Any, last: str) -> Range[Any]:
    bounds: Any = first + last
    return Range(lower, upper, bounds=bounds)


def _cut(value: Any, after: bool) -> Cut:
    """Return the place before or after a value; after a whole number or a day is before the next one."""
    step = _step(value)
    if after and step is not None:
        try:
            return (0, value + step, -1)
        except OverflowError:  # the last day that Python knows
            pass
    return (0, value, 1 if after else -1)


def _step(value: Any) -> Any:
    """Return what is between two neighbours of a kind of values that has neighbours, or None."""
    if isinstance(value, int):
        return 1
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.timedelta(days=1)
    return None


class MultiRange(list[Range[T]], Generic[T]):
    """Several ranges as one value; a list that knows its SQL type."""

    @property
    def __sa_type_engine__(self) -> Any:
        return hooks.type_of(self)

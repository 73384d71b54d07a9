"""The types of ranges and multiranges, with their operators."""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql import operators as pg
from holdfast.dialects.postgresql.own_type import OwnType
from holdfast.dialects.postgresql.range_values import MultiRange, Range, hooks
from holdfast.sql import operators
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types import NULL_TYPE, Codec
from holdfast.sql.types.comparator import TypeComparator

_INT4 = range(-(2**31), 2**31)


class AbstractRange(OwnType):
    """What the types of ranges and multiranges share: their operators."""

    operator_classes = OperatorClass.NUMERIC
    _is_cast = True
    _family = "range"

    @property
    def read_end(self) -> Callable[[str], Any]:
        """What makes a value of the text of a range's end."""
        return _END_READERS[self.visit_name.removesuffix("RANGE").removesuffix("MULTI")]

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self if isinstance(value, (Range, list, tuple, str)) else super().coerce_compared_value(op, value)

    class Comparator(TypeComparator):
        """The operators of ranges."""

        __slots__ = ()

        def contains(self, other: Any, **kw: Any) -> Any:
            """Return the condition that a value, or all values of a range, are in this one."""
            return self.operate(pg.CONTAINS, other)

        def contained_by(self, other: Any) -> Any:
            """Return the condition that all values are in another range."""
            return self.operate(pg.CONTAINED_BY, other)

        def overlaps(self, other: Any) -> Any:
            """Return the condition that both have values in common."""
            return self.operate(pg.OVERLAP, other)

        def strictly_left_of(self, other: Any) -> Any:
            """Return the condition that all values are below those of another range."""
            return self.operate(pg.STRICTLY_LEFT_OF, other)

        __lshift__ = strictly_left_of

        def strictly_right_of(self, other: Any) -> Any:
            """Return the condition that all values are above those of another range."""
            return self.operate(pg.STRICTLY_RIGHT_OF, other)

        __rshift__ = strictly_right_of

        def not_extend_right_of(self, other: Any) -> Any:
            """Return the condition that no value is above all those of another range."""
            return self.operate(pg.NOT_EXTEND_RIGHT_OF, other)

        def not_extend_left_of(self, other: Any) -> Any:
            """Return the condition that no value is below all those of another range."""
            return self.operate(pg.NOT_EXTEND_LEFT_OF, other)

        def adjacent_to(self, other: Any) -> Any:
            """Return the condition that one begins where the other ends."""
            return self.operate(pg.ADJACENT_TO, other)

        def union(self, other: Any) -> Any:
            """Return the range of the values of both."""
            return self.operate(operators.add, other)

        def difference(self, other: Any) -> Any:
            """Return the range of the values that are in this one alone."""
            return self.operate(operators.sub, other)

        def intersection(self, other: Any) -> Any:
            """Return the range of the values that are in both."""
            return self.operate(operators.mul, other)

    comparator_factory = Comparator


class AbstractSingleRange(AbstractRange):
    """What the types of ranges share. Values are `Range` objects, or the server's text."""

    def codec(self, dialect: Any) -> Codec:
        return Codec(write_range, read_range)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: f"{dialect.literal_text(write_range(value))}::{self.visit_name}"


class AbstractMultiRange(AbstractRange):
    """What the types of multiranges share. Values are lists of `Range` objects, read as `MultiRange`."""

    _holds_lists = True

    def codec(self, dialect: Any) -> Codec:
        read_end = self.read_end

        def read(value: Any) -> MultiRange[Any]:
            # A driver that does not know the type gives its text.
            ranges = ranges_of_text(value, read_end) if isinstance(value, str) else map(read_range, value)
            return MultiRange(ranges)

        return Codec(write_ranges, read)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: f"{dialect.literal_text(write_ranges(value))}::{self.visit_name}"


def write_range(value: Any) -> Any:
    """Return a range as the text that the server reads; ranges of the driver, and text, stay as they are."""
    if isinstance(value, Range):
        if value.empty:
            return "empty"
        return f"{value.bounds[0]}{_limit(value.lower)},{_limit(value.upper)}{value.bounds[1]}"
    # A multirange beside a range.
    return write_ranges(value) if isinstance(value, (list, tuple)) else value


def _limit(value: Any) -> str:
    if value is None:
        return ""
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def write_ranges(value: Any) -> Any:
    """Return ranges as the text that the server reads; what the driver has of its own, and text, stays as it is."""
    if isinstance(value, Range):
        return f"{{{write_range(value)}}}"
    if isinstance(value, (list, tuple)):
        return f"{{{','.join(write_range(one) for one in value)}}}"
    return value


def read_range(value: Any) -> Any:
    """Return a range that the driver gave; a Range already stays what it is."""
    if isinstance(value, Range):
        return value
    if value.isempty:
        return Range(empty=True)
    bounds: Any = ("[" if value.lower_inc else "(") + ("]" if value.upper_inc else ")")
    return Range(value.lower, value.upper, bounds=bounds)


def ranges_of_text(text: str, read_end: Callable[[str], Any]) -> list[Range[Any]]:
    """Return the ranges that stand in the text of a multirange, or the one of a range's text.

    Args: read_end: makes a value of an end's text.

    Source: PostgreSQL's manual, 8.17.5 Range Input/Output.
    """
    return [
        Range(_end(match[2], read_end), _end(match[3], read_end), bounds=match[1] + match[4])  # type: ignore[arg-type]
        for match in _RANGE.finditer(text)
    ]


def _end(text: str, read: Callable[[str], Any]) -> Any:
    return read(_ESCAPED.sub(lambda match: match[1] or match[2], text.strip('"'))) if text else None


_QUOTED = r'"(?:[^"\\]|\\.|"")*"'
_RANGE = re.compile(rf'([\[(])({_QUOTED}|[^,"]*),({_QUOTED}|[^\])"]*)([\])])')
_ESCAPED = re.compile(r'\\(.)|(")"')
_END_READERS: dict[str, Callable[[str], Any]] = {
    "INT4": int,
    "INT8": int,
    "NUM": decimal.Decimal,
    "DATE": datetime.date.fromisoformat,
    "TS": datetime.datetime.fromisoformat,
    "TSTZ": datetime.datetime.fromisoformat,
}
"""Kind of range -> what makes a value of an end's text."""


class INT4RANGE(AbstractSingleRange):
    """``INT4RANGE``: ranges of whole numbers."""

    visit_name = "INT4RANGE"


class INT8RANGE(AbstractSingleRange):
    """``INT8RANGE``: ranges of large whole numbers."""

    visit_name = "INT8RANGE"


class NUMRANGE(AbstractSingleRange):
    """``NUMRANGE``: ranges of exact numbers."""

    visit_name = "NUMRANGE"


class DATERANGE(AbstractSingleRange):
    """``DATERANGE``: ranges of days."""

    visit_name = "DATERANGE"


class TSRANGE(AbstractSingleRange):
    """``TSRANGE``: ranges of date and time."""

    visit_name = "TSRANGE"


class TSTZRANGE(AbstractSingleRange):
    """``TSTZRANGE``: ranges of date and time with time zone."""

    visit_name = "TSTZRANGE"


class INT4MULTIRANGE(AbstractMultiRange):
    """``INT4MULTIRANGE``: several ranges of whole numbers."""

    visit_name = "INT4MULTIRANGE"


class INT8MULTIRANGE(AbstractMultiRange):
    """``INT8MULTIRANGE``: several ranges of large whole numbers."""

    visit_name = "INT8MULTIRANGE"


class NUMMULTIRANGE(AbstractMultiRange):
    """``NUMMULTIRANGE``: several ranges of exact numbers."""

    visit_name = "NUMMULTIRANGE"


class DATEMULTIRANGE(AbstractMultiRange):
    """``DATEMULTIRANGE``: several ranges of days."""

    visit_name = "DATEMULTIRANGE"


class TSMULTIRANGE(AbstractMultiRange):
    """``TSMULTIRANGE``: several ranges of date and time."""

    visit_name = "TSMULTIRANGE"


class TSTZMULTIRANGE(AbstractMultiRange):
    """``TSTZMULTIRANGE``: several ranges of date and time with time zone."""

    visit_name = "TSTZMULTIRANGE"


def type_of_value(value: Any) -> Any:
    """Return the type of a range or of several, from their ends; without ends nobody can tell."""
    ranges = value if isinstance(value, list) else [value]
    limits = [limit for one in ranges for limit in (one.lower, one.upper) if limit is not None]
    kind = _kind_of(limits)
    return NULL_TYPE if kind is None else _OF_KIND[kind][isinstance(value, list)]()


def _kind_of(limits: list[Any]) -> str | None:
    first = limits[0] if limits else None
    if isinstance(first, int):
        return "int4" if all(limit in _INT4 for limit in limits) else "int8"
    if isinstance(first, (decimal.Decimal, float)):
        return "num"
    if isinstance(first, datetime.datetime):
        return "ts" if first.tzinfo is None else "tstz"
    return "date" if isinstance(first, datetime.date) else None


_OF_KIND = {
    "int4": (INT4RANGE, INT4MULTIRANGE),
    "int8": (INT8RANGE, INT8MULTIRANGE),
    "num": (NUMRANGE, NUMMULTIRANGE),
    "date": (DATERANGE, DATEMULTIRANGE),
    "ts": (TSRANGE, TSMULTIRANGE),
    "tstz": (TSTZRANGE, TSTZMULTIRANGE),
}

hooks.type_of = type_of_value

"""Spans of time."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from holdfast.sql.types.temporal import Temporal


class Interval(Temporal[datetime.timedelta]):
    """Spans of time as `datetime.timedelta`: ``INTERVAL``; elsewhere a date and time, counted from 1970.

    Args:
        native: use the database's own type where it has one.
        second_precision: digits of a second's fractions, where the database wants to know.
        day_precision: digits of the days, where the database wants to know.
    """

    visit_name = "interval"
    _family = "interval"
    _arguments = ("native", "second_precision", "day_precision")

    epoch = datetime.datetime(1970, 1, 1)
    """Where spans begin in databases that have only dates."""

    def __init__(
        self, native: bool = True, second_precision: float | None = None, day_precision: float | None = None
    ) -> None:
        self.native = native
        self.second_precision = second_precision
        self.day_precision = day_precision

    @property
    def python_type(self) -> type[datetime.timedelta]:
        return datetime.timedelta

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        if dialect.capabilities.native_interval and self.native:
            return dialect.span_literal  # type: ignore[no-any-return]
        return lambda value: f"'{(self.epoch + value).isoformat(' ', 'microseconds')}'"

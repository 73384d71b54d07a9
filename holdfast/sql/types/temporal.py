"""Dates and times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.sql.types.base import TypeEngine

D = TypeVar("D")


class _Temporal(TypeEngine[D]):
    """What dates and times share."""

    _family = "temporal"

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        def write(value: Any) -> str:
            text = value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
            return f"'{text}'"

        return write


class DateTime(_Temporal[datetime.datetime]):
    """Date and time: ``DATETIME``, ``TIMESTAMP``.

    Args:
        timezone: with time zone, where the database has it.
    """

    visit_name = "datetime"
    _arguments = ("timezone",)

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[datetime.datetime]:
        return datetime.datetime


class Date(_Temporal[datetime.date]):
    """Dates: ``DATE``."""

    visit_name = "date"

    @property
    def python_type(self) -> type[datetime.date]:
        return datetime.date


class Time(_Temporal[datetime.time]):
    """Times of day: ``TIME``.

    Args:
        timezone: with time zone, where the database has it.
    """

    visit_name = "time"
    _arguments = ("timezone",)

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[datetime.time]:
        return datetime.time


class DATETIME(DateTime):
    """``DATETIME``."""

    visit_name = "DATETIME"


class TIMESTAMP(DateTime):
    """``TIMESTAMP``."""

    visit_name = "TIMESTAMP"


class DATE(Date):
    """``DATE``."""

    visit_name = "DATE"


class TIME(Time):
    """``TIME``."""

    visit_name = "TIME"

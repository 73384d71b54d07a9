"""Dates and times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import TypeEngine

D = TypeVar("D")


class Temporal(TypeEngine[D]):
    """What dates, times and spans share: which of them results when two are combined."""

    operator_classes = OperatorClass.DATETIME
    _family = "temporal"

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        result = RESULTS.get((op.name, _kind(self), _kind(other)))
        if isinstance(result, DateTime) and isinstance(other, DateTime):
            return other  # with its time zone
        return self if result is None else result

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        bind = dialect.codec(self).bind

        def write(value: Any) -> str:
            # Where a database keeps such values as text, a literal must be the very text that a parameter is.
            found = value if bind is None else bind(value)
            if not isinstance(found, str):
                found = value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
            return str(dialect.literal_text(found))

        return write


class DateTime(Temporal[datetime.datetime]):
    """Date and time: ``DATETIME``, ``TIMESTAMP``.

    Args:
        timezone: with time zone, where the database has it.
    """

    visit_name = "datetime"
    _family = "datetime"
    _arguments = ("timezone",)

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[datetime.datetime]:
        return datetime.datetime


class Date(Temporal[datetime.date]):
    """Dates: ``DATE``."""

    visit_name = "date"
    _family = "date"

    @property
    def python_type(self) -> type[datetime.date]:
        return datetime.date


class Time(Temporal[datetime.time]):
    """Times of day: ``TIME``.

    Args:
        timezone: with time zone, where the database has it.
    """

    visit_name = "time"
    _family = "time"
    _arguments = ("timezone",)

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[datetime.time]:
        return datetime.time


def _kind(type_: Any) -> str:
    """Return the name of the general type."""
    return next((cls.visit_name for cls in type(type_).__mro__ if cls.__dict__.get("visit_name", "X").islower()), "")


RESULTS: dict[tuple[str, str, str], TypeEngine[Any]] = {}
"""(operator, left, right) -> the type of the result, where it is not that of the left side; filled by `literals.py`."""


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

"""Types without operators of their own: money, object identifiers, text without case, bytes, dates and spans with precision."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql.own_type import TextType
from holdfast.exc import CompileError
from holdfast.sql import types as common
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types import TypeEngine
from holdfast.sql.types.temporal import Temporal


class MONEY(TextType):
    """``MONEY``: amounts, as strings in the form that the server's locale has."""

    visit_name = "MONEY"
    _family = "money"


class OID(TextType):
    """``OID``: identifiers of the catalogue, as whole numbers."""

    operator_classes = OperatorClass.BASE | OperatorClass.EQUALITY | OperatorClass.ORDERING
    visit_name = "OID"
    _family = "oid"

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(int(value))


class REGCLASS(TextType):
    """``REGCLASS``: names of tables and the like, as strings."""

    operator_classes = OperatorClass.BASE | OperatorClass.EQUALITY | OperatorClass.ORDERING
    visit_name = "REGCLASS"
    _family = "regclass"
    _arguments = ("_is_cast",)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return _SAID if isinstance(value, str) else super().coerce_compared_value(op, value)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: f"{dialect.literal_text(str(value))}::REGCLASS"


_SAID = REGCLASS()
"""Beside another one its name is said: the server takes it for the number of a table else."""
_SAID._is_cast = True  # type: ignore[misc]


class CITEXT(common.TEXT):
    """``CITEXT``: strings compared without regard to case. The database needs ``CREATE EXTENSION citext``."""

    visit_name = "CITEXT"

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class BYTEA(common.LargeBinary):
    """``BYTEA``: bytes."""

    visit_name = "BYTEA"


class UUID(common.UUID):
    """``UUID``.

    Args:
        as_uuid: values are `uuid.UUID`; otherwise strings.
    """

    _arguments = ("as_uuid",)

    def __init__(self, as_uuid: bool = True) -> None:
        super().__init__(as_uuid)


class TIMESTAMP(common.TIMESTAMP):
    """``TIMESTAMP``.

    Args:
        timezone: with time zone.
        precision: digits of a second's fractions.
    """

    _arguments = ("timezone", "precision")

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone)
        self.precision = precision


class TIME(common.TIME):
    """``TIME``.

    Args:
        timezone: with time zone.
        precision: digits of a second's fractions.
    """

    _arguments = ("timezone", "precision")

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone)
        self.precision = precision


_FIELDS = frozenset(
    ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "YEAR TO MONTH", "DAY TO HOUR", "DAY TO MINUTE", "DAY TO SECOND",
     "HOUR TO MINUTE", "HOUR TO SECOND", "MINUTE TO SECOND")
)  # fmt: skip


class INTERVAL(Temporal[datetime.timedelta]):
    """``INTERVAL``: spans of time, as `datetime.timedelta`.

    Args:
        precision: digits of a second's fractions.
        fields: which parts are kept, such as "DAY TO SECOND".
    """

    visit_name = "INTERVAL"
    _family = "interval"
    _arguments = ("precision", "fields")

    native = True

    def __init__(self, precision: int | None = None, fields: str | None = None) -> None:
        self.precision = precision
        self.fields = fields

    @property
    def python_type(self) -> type[datetime.timedelta]:
        return datetime.timedelta

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        return common.Interval(native=True, second_precision=self.precision)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return write_span


def interval_name(type_: Any) -> str:
    """Return ``INTERVAL`` with fields and precision.

    Raises: CompileError: there are no such fields.
    """
    if type_.fields is not None and " ".join(type_.fields.upper().split()) not in _FIELDS:
        raise CompileError(f"Unexpected SQL phrase: {type_.fields!r}; an interval has fields such as 'DAY TO SECOND'")
    fields = "" if type_.fields is None else f" {type_.fields}"
    digits = "" if type_.precision is None else f" ({int(type_.precision)})"
    return f"INTERVAL{fields}{digits}"


_MICROSECOND = datetime.timedelta(microseconds=1)


def write_span(value: datetime.timedelta) -> str:
    """Return a span as SQL: in seconds where the server gets the same microseconds out of that binary number."""
    seconds = value.total_seconds()
    if round(seconds * 1e6) == value // _MICROSECOND:
        return f"make_interval(secs=>{seconds!r})"
    return f"make_interval(days=>{value.days}, secs=>{(value - datetime.timedelta(days=value.days)).total_seconds()!r})"

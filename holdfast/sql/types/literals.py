"""Which SQL type the plain values of each Python class have."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from holdfast.sql.element import hooks
from holdfast.sql.types.base import LITERAL_TYPES, NAMED_LITERAL_TYPES, NullType, TypeEngine
from holdfast.sql.types.binary import LargeBinary
from holdfast.sql.types.interval import Interval
from holdfast.sql.types.numeric import BigInteger, Boolean, Double, Integer, Numeric
from holdfast.sql.types.string import String
from holdfast.sql.types.temporal import RESULTS, Date, DateTime, Time
from holdfast.sql.types.uuid import Uuid

NULL_TYPE = hooks.null_type = NullType()
LITERAL_TYPES.update(
    {
        bool: Boolean(),
        int: Integer(),
        float: Double(),
        str: String(),
        bytes: LargeBinary(),
        bytearray: LargeBinary(),
        memoryview: LargeBinary(),
        decimal.Decimal: Numeric(),
        datetime.datetime: DateTime(),
        datetime.date: Date(),
        datetime.time: Time(),
        datetime.timedelta: Interval(),
        type(None): NULL_TYPE,
    }
)
NAMED_LITERAL_TYPES["uuid.UUID"] = Uuid()
_INTEGER, _BIG = LITERAL_TYPES[int], BigInteger()
_MOMENT, _MOMENT_IN_ZONE = LITERAL_TYPES[datetime.datetime], DateTime(timezone=True)
_TIME, _TIME_IN_ZONE = LITERAL_TYPES[datetime.time], Time(timezone=True)


def _of_number(value: int) -> TypeEngine[Any]:
    return _INTEGER if value.bit_length() < 32 else _BIG


def _of_moment(value: datetime.datetime) -> TypeEngine[Any]:
    return _MOMENT if value.tzinfo is None else _MOMENT_IN_ZONE


def _of_time(value: datetime.time) -> TypeEngine[Any]:
    return _TIME if value.tzinfo is None else _TIME_IN_ZONE


_INTEGER._for_value, _MOMENT._for_value, _TIME._for_value = _of_number, _of_moment, _of_time
for _operator, _left, _right, _result in (
    ("add", "date", "time", DateTime()),
    ("add", "date", "interval", DateTime()),
    ("add", "time", "date", DateTime()),
    ("add", "interval", "datetime", DateTime()),
    ("add", "interval", "date", DateTime()),
    ("add", "interval", "time", Time()),
    ("sub", "datetime", "datetime", Interval()),
    ("sub", "date", "datetime", Interval()),
    ("sub", "date", "date", Integer()),
    ("sub", "date", "interval", DateTime()),
    ("sub", "time", "time", Interval()),
):
    RESULTS[_operator, _left, _right] = _result

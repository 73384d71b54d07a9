"""Which SQL type the plain values of each Python class have."""

from __future__ import annotations

import datetime
import decimal
import uuid

from holdfast.sql.element import hooks
from holdfast.sql.types.base import LITERAL_TYPES, NullType
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
        uuid.UUID: Uuid(),
        type(None): NULL_TYPE,
    }
)
_INTEGER, _BIG = LITERAL_TYPES[int], BigInteger()
_INTEGER._for_value = lambda value: _INTEGER if value.bit_length() < 32 else _BIG
for _class, _zoned in ((datetime.datetime, DateTime(timezone=True)), (datetime.time, Time(timezone=True))):
    _plain = LITERAL_TYPES[_class]
    _plain._for_value = lambda value, _plain=_plain, _zoned=_zoned: _plain if value.tzinfo is None else _zoned
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

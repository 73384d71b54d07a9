"""Which SQL type a Python class in an annotation stands for."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Mapping
from typing import Any

from holdfast.sql.types.binary import LargeBinary
from holdfast.sql.types.interval import Interval
from holdfast.sql.types.numeric import Boolean, Double, Integer, Numeric
from holdfast.sql.types.string import String
from holdfast.sql.types.temporal import Date, DateTime, Time
from holdfast.sql.types.uuid import Uuid

PYTHON_TYPES: Mapping[Any, Any] = {
    bool: Boolean,
    bytes: LargeBinary,
    datetime.date: Date,
    datetime.datetime: DateTime,
    datetime.time: Time,
    datetime.timedelta: Interval,
    decimal.Decimal: Numeric,
    float: Double,
    int: Integer,
    str: String,
    uuid.UUID: Uuid,
}

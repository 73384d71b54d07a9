"""How arrays travel: member by member; those whose members the driver does not know come as text."""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql.array_text import read_array
from holdfast.dialects.postgresql.bits import BIT
from holdfast.dialects.postgresql.hstores import HSTORE
from holdfast.dialects.postgresql.named_types import DOMAIN
from holdfast.dialects.postgresql.ranges import AbstractMultiRange
from holdfast.dialects.postgresql.simple_types import CITEXT
from holdfast.sql.types import (
    ARRAY,
    JSON,
    Boolean,
    Codec,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    Time,
    TypeDecorator,
    Uuid,
)

_UNKNOWN = (Enum, DOMAIN, CITEXT, HSTORE, BIT, AbstractMultiRange)
"""Types whose arrays a driver may not know: it knows nothing that is made in each database, and psycopg2 only the oldest."""

_READERS: tuple[tuple[Any, Callable[[str], Any]], ...] = (
    (Integer, int),
    (Float, float),
    (Numeric, decimal.Decimal),
    (Boolean, "t".__eq__),
    (DateTime, datetime.datetime.fromisoformat),
    (Date, datetime.date.fromisoformat),
    (Time, datetime.time.fromisoformat),
    (Uuid, uuid.UUID),
    (JSON, json.loads),
    (LargeBinary, lambda text: bytes.fromhex(text.removeprefix("\\x"))),
)
"""What reads a member that arrives as text, in the place of the driver."""


def array_codec(type_: ARRAY, dialect: Any) -> Codec:
    """Return how the values of an array type travel."""
    bind, read = type_.bind_processor(dialect), type_.result_processor(dialect)
    item = type_.item_type.dialect_impl(dialect)
    while isinstance(item, TypeDecorator):
        item = item.type_engine(dialect).dialect_impl(dialect)
    if not isinstance(item, _UNKNOWN):
        return Codec(bind, read)
    as_driver = _reader_of(item)

    def from_text(value: Any) -> Any:
        value = _converted(read_array(value), as_driver) if isinstance(value, str) else value
        return value if read is None else read(value)

    return Codec(bind, from_text)


def _reader_of(item: Any) -> Callable[[str], Any] | None:
    """Return what makes of a member's text what the driver gives for a single value; None: the text itself."""
    if not isinstance(item, DOMAIN):
        return None
    base = item.data_type
    return next((read for class_, read in _READERS if isinstance(base, class_)), None)


def _converted(value: Any, convert: Callable[[str], Any] | None) -> Any:
    if convert is None or value is None:
        return value
    return [_converted(one, convert) for one in value] if isinstance(value, list) else convert(value)

"""How values travel to SQLite and back: dates and documents as text, decimals as floating point numbers, truth values
as 0 and 1.
"""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from collections.abc import Callable
from typing import Any

from holdfast.dialects.json_values import document_codec, index_codec, path_codec
from holdfast.dialects.sqlite.stored_types import StoredAsText
from holdfast.sql.types import JSON, Boolean, Codec, Date, DateTime, Float, Interval, Numeric, Time, TypeEngine, Uuid


def make_codec(type_: TypeEngine[Any], dialect: Any) -> Codec | None:
    """Return the codec of a type that SQLite does not have itself, or None."""
    if isinstance(type_, StoredAsText) and not type_.is_default:
        return type_.codec()
    if isinstance(type_, JSON):
        return document_codec(type_, dialect)
    for class_, make in _MAKERS:
        if isinstance(type_, class_):
            return make(type_)
    return None


def _json_step(step: Any) -> str:
    if isinstance(step, int):
        step = int(step)  # True is the member 1
        return f"[{step}]" if step >= 0 else f"[#{step}]"
    # Keys are compared as they stand in the document's text, where a quote and what is no character are escaped.
    escaped = json.dumps(str(step), ensure_ascii=False)[1:-1]
    if '"' in escaped:
        raise ValueError(
            "SQLite's JSON paths can not hold a key with a quotation mark; read the document and look in Python"
        )
    return f'."{escaped}"'


def _interval(type_: Any) -> Codec:
    epoch = type_.epoch

    def bind(value: Any) -> str:
        if not isinstance(value, datetime.timedelta):
            raise TypeError("Interval type only accepts Python timedelta objects as input.")
        return str((epoch + value).isoformat(" ", "microseconds"))

    return Codec(bind, lambda value: datetime.datetime.fromisoformat(value) - epoch)


def _datetime(type_: Any) -> Codec:
    return Codec(
        _bind_datetime,
        datetime.datetime.fromisoformat,
        "datetime_from({})",
        {"datetime_from": datetime.datetime.fromisoformat},
    )


def _bind_datetime(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        # A copy without the zone costs as much as the text.
        naive = value if value.tzinfo is None else value.replace(tzinfo=None)
        return naive.isoformat(" ", "microseconds")
    if isinstance(value, datetime.date):
        return f"{value.isoformat()} 00:00:00.000000"
    raise TypeError("SQLite DateTime type only accepts Python datetime and date objects as input.")


def _date(type_: Any) -> Codec:
    return Codec(_bind_date, datetime.date.fromisoformat, "date_from({})", {"date_from": datetime.date.fromisoformat})


def _bind_date(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    raise TypeError("SQLite Date type only accepts Python date objects as input.")


def _time(type_: Any) -> Codec:
    return Codec(_bind_time, datetime.time.fromisoformat, "time_from({})", {"time_from": datetime.time.fromisoformat})


def _bind_time(value: Any) -> str:
    if isinstance(value, datetime.time):
        return value.replace(tzinfo=None).isoformat("microseconds")
    raise TypeError("SQLite Time type only accepts Python time objects as input.")


def _numeric(type_: Any) -> Codec:
    if not type_.asdecimal:
        # A column of NUMERIC keeps what is whole as an integer; one of FLOAT does not.
        return Codec(_bind_number, None if isinstance(type_, Float) else float)
    template = f"%.{type_.effective_scale}f"

    def result(value: Any) -> decimal.Decimal:
        return decimal.Decimal(template % value)

    names = {"Decimal": decimal.Decimal, f"decimal_{type_.effective_scale}": template}
    return Codec(_bind_number, result, f"Decimal(decimal_{type_.effective_scale} % {{}})", names)


def _bind_number(value: Any) -> Any:
    return float(value)


def _boolean(type_: Any) -> Codec:
    return Codec(_bind_boolean, bool, "({} != 0)", {})


def _bind_boolean(value: Any) -> int:
    if value in (0, 1):
        return int(value)
    if isinstance(value, int):
        raise ValueError("Value is not None, True, or False")
    raise TypeError(f"Not a boolean value: a {type(value).__name__}; pass True, False or None")


def _uuid(type_: Any) -> Codec:
    if not type_.as_uuid:
        return Codec(lambda value: str(value).replace("-", ""), lambda value: str(uuid.UUID(value)))
    return Codec(_bind_uuid, uuid.UUID, "UUID({})", {"UUID": uuid.UUID})


def _bind_uuid(value: Any) -> str:
    return str(value.hex)


_MAKERS: tuple[tuple[type, Callable[[Any], Codec]], ...] = (
    (DateTime, _datetime),
    (Date, _date),
    (Time, _time),
    (Numeric, _numeric),
    (Boolean, _boolean),
    (Uuid, _uuid),
    (Interval, _interval),
    (JSON.JSONIndexType, lambda type_: index_codec(_json_step)),
    (JSON.JSONPathType, lambda type_: path_codec(_json_step)),
)

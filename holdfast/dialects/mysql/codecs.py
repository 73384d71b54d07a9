"""How values travel to MySQL and MariaDB and back."""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from collections.abc import Callable
from typing import Any

from holdfast.dialects.json_values import document_codec, index_codec, path_codec
from holdfast.sql.types import (
    JSON,
    Boolean,
    Codec,
    Float,
    Interval,
    LargeBinary,
    Numeric,
    Time,
    TypeEngine,
    Uuid,
)

_MIDNIGHT = datetime.datetime(1970, 1, 1)


def make_codec(type_: TypeEngine[Any], dialect: Any) -> Codec | None:
    """Return the codec of a type whose values the driver does not take or give as the documents promise, or None."""
    if isinstance(type_, JSON):
        return document_codec(type_, dialect)
    if isinstance(type_, Uuid):
        return _uuid(type_, type_.visit_name == "UUID" or (type_.native_uuid and dialect.capabilities.native_uuid))
    for class_, make in _MAKERS:
        if isinstance(type_, class_):
            return make(type_)
    return None


def _json_step(step: Any) -> str:
    if isinstance(step, int):
        step = int(step)  # True is the member 1
        return f"[{step}]" if step >= 0 else f"[last{step + 1}]" if step < -1 else "[last]"
    return f".{json.dumps(str(step), ensure_ascii=False)}"


def _time(type_: Any) -> Codec:
    return Codec(None, _time_from, "time_from({})", {"time_from": _time_from})


def _time_from(value: Any) -> Any:
    # The driver gives spans, since TIME may be negative or longer than a day.
    return (_MIDNIGHT + value).time() if isinstance(value, datetime.timedelta) else value


def _interval(type_: Any) -> Codec:
    epoch = type_.epoch

    def bind(value: Any) -> datetime.datetime:
        if not isinstance(value, datetime.timedelta):
            raise TypeError("Interval type only accepts Python timedelta objects as input.")
        return epoch + value  # type: ignore[no-any-return]

    return Codec(bind, lambda value: value - epoch)


def _exact(type_: Any) -> Codec:
    if not type_.asdecimal:
        return Codec(None, float)
    digits = type_.effective_scale

    def read(value: Any) -> decimal.Decimal:
        # An expression of this type may arrive as a binary or whole number.
        return value if value.__class__ is decimal.Decimal else decimal.Decimal(f"{value:.{digits}f}")

    return Codec(None, read)


def _float(type_: Any) -> Codec:
    return _exact(type_) if type_.asdecimal else Codec(None, float)


def _boolean(type_: Any) -> Codec:
    return Codec(_bind_boolean, bool, "({} != 0)", {})


def _bind_boolean(value: Any) -> int:
    if value in (0, 1):
        return int(value)
    if isinstance(value, int):
        raise ValueError("Value is not None, True, or False")
    raise TypeError(f"Not a boolean value: a {type(value).__name__}; pass True, False or None")


def _uuid(type_: Any, native: bool) -> Codec:
    if type_.as_uuid:
        return Codec(str if native else _hex_of, uuid.UUID, "UUID({})", {"UUID": uuid.UUID})
    if native:
        return Codec(str, str)
    return Codec(lambda value: str(value).replace("-", ""), lambda value: str(uuid.UUID(value)))


def _hex_of(value: Any) -> str:
    return str(value.hex)


def _binary(type_: Any) -> Codec:
    return Codec(_bind_binary, None)


def _bind_binary(value: Any) -> bytes:
    # Refuses text and numbers, as memoryview does.
    return value if value.__class__ is bytes else bytes(memoryview(value))


_MAKERS: tuple[tuple[type, Callable[[Any], Codec]], ...] = (
    (Time, _time),
    (Float, _float),
    (Numeric, _exact),
    (Boolean, _boolean),
    (Interval, _interval),
    (LargeBinary, _binary),
    (JSON.JSONIndexType, lambda type_: index_codec(_json_step)),
    (JSON.JSONPathType, lambda type_: path_codec(_json_step)),
)

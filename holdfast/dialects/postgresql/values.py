"""The names of types in PostgreSQL, and how values travel: nearly all as the driver takes and gives them."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql.array_values import array_codec
from holdfast.dialects.postgresql.own_type import OwnType
from holdfast.dialects.postgresql.simple_types import CITEXT, INTERVAL, interval_name
from holdfast.sql.types import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Codec,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Time,
    TypeEngine,
    Uuid,
)
from holdfast.sql.types.base import PLAIN


def zoned_name(type_: Any) -> str:
    """Return the name of a date or time type, with or without time zone."""
    kind = "TIMESTAMP" if isinstance(type_, DateTime) else "TIME"
    precision = getattr(type_, "precision", None)
    digits = "" if precision is None else f"({int(precision)})"
    return f"{kind}{digits} {'WITH' if type_.timezone else 'WITHOUT'} TIME ZONE"


def _zoned_cast(type_: Any) -> str:
    """Return what follows a parameter: without the precision, which would round the value before it is compared."""
    kind = "TIMESTAMP" if isinstance(type_, DateTime) else "TIME"
    return f"{kind} {'WITH' if type_.timezone else 'WITHOUT'} TIME ZONE"


def _float_name(type_: Any) -> str:
    return "FLOAT" if type_.precision is None else f"FLOAT({int(type_.precision)})"


TYPE_NAMES: dict[str, str | Callable[[Any], str]] = {
    "float": _float_name,
    "FLOAT": _float_name,
    "double": "DOUBLE PRECISION",
    "DOUBLE": "DOUBLE PRECISION",
    "large_binary": "BYTEA",
    "BLOB": "BYTEA",
    "uuid": lambda type_: "UUID" if type_.native_uuid else "CHAR(32)",
    "datetime": zoned_name,
    "DATETIME": zoned_name,
    "TIMESTAMP": zoned_name,
    "time": zoned_name,
    "TIME": zoned_name,
    "INTERVAL": interval_name,
    "BYTEA": "BYTEA",
    "CITEXT": "CITEXT",
}


def cast_of(type_: TypeEngine[Any], dialect: Any) -> str:
    """Return what follows a parameter of a type: PostgreSQL can not always tell its type from the place.

    Source: the driver sends numbers and texts without a type, so overloaded functions and arithmetic need one.
    """
    if type_.visit_name == "type_decorator":
        return cast_of(type_.load_dialect_impl(dialect), dialect)  # type: ignore[attr-defined]
    if isinstance(type_, OwnType):
        text = type_.cast_sql(dialect)
        return f"::{text}" if text else ""
    if isinstance(type_, ARRAY):
        return f"::{dialect.array_text(type_)}"
    for class_, name in _CASTS:
        if isinstance(type_, class_):
            cast = name(type_) if callable(name) else name
            return f"::{cast}" if cast else ""
    return ""


_CASTS: tuple[tuple[type, str | Callable[[Any], str]], ...] = (
    (SmallInteger, "SMALLINT"),
    (BigInteger, "BIGINT"),
    (Integer, "INTEGER"),
    (Enum, ""),
    (CITEXT, ""),
    (INTERVAL, interval_name),
    (String, "VARCHAR"),
    (DateTime, _zoned_cast),
    (Date, "DATE"),
    (Time, _zoned_cast),
    (Uuid, lambda type_: "UUID" if type_.native_uuid else "VARCHAR"),
    (JSON, lambda type_: type_.visit_name),
    (JSON.JSONIntIndexType, "INT"),
    (JSON.JSONStrIndexType, "TEXT"),
    (JSON.JSONIndexType, "TEXT"),
)


def make_codec(type_: TypeEngine[Any], dialect: Any) -> Codec | None:
    """Return the codec of a type whose values the driver does not take or give as the documents promise, or None."""
    if isinstance(type_, OwnType):
        return type_.codec(dialect)
    if isinstance(type_, JSON):
        # The driver reads documents itself.
        return Codec(type_.bind_processor(dialect), None, binds_none=True)
    if isinstance(type_, JSON.JSONPathType):
        return Codec(_path)
    if isinstance(type_, ARRAY):
        return array_codec(type_, dialect)
    if isinstance(type_, INTERVAL):
        return PLAIN
    if isinstance(type_, Interval):
        return PLAIN if type_.native else _interval(type_.epoch)
    if isinstance(type_, Float):
        # An expression of this type may arrive as NUMERIC.
        return Codec(None, _as_decimal(type_.effective_scale) if type_.asdecimal else float)
    if isinstance(type_, Numeric):
        return Codec(None, _as_decimal(type_.effective_scale) if type_.asdecimal else float)
    if isinstance(type_, Boolean):
        return Codec(_bind_boolean, None)
    if isinstance(type_, Uuid):
        if not type_.native_uuid:
            return _DIGITS_AS_UUID if type_.as_uuid else _DIGITS_AS_TEXT
        return Codec(None, None) if type_.as_uuid else Codec(str, str)
    if isinstance(type_, LargeBinary):
        return Codec(type_.bind_processor(None), None)
    return None


_DIGITS_AS_UUID = Codec(lambda value: value.hex, uuid.UUID)
_DIGITS_AS_TEXT = Codec(lambda value: str(value).replace("-", ""), lambda digits: str(uuid.UUID(digits)))


def _path(path: Any) -> Any:
    """Return a path as the array of strings that the server takes; a path of JSONPATH is one string."""
    return path if isinstance(path, str) else [str(step) for step in path]


def _interval(epoch: datetime.datetime) -> Codec:
    return Codec(lambda value: epoch + value, lambda value: value - epoch)


def _as_decimal(scale: int) -> Callable[[Any], decimal.Decimal]:
    """Return the function that gives a Decimal: NUMERIC arrives as one, but an expression may be a binary number."""

    def read(value: Any) -> decimal.Decimal:
        return value if value.__class__ is decimal.Decimal else decimal.Decimal(f"{value:.{scale}f}")

    return read


def _bind_boolean(value: Any) -> bool:
    if value is True or value is False:
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, int):
        raise ValueError("Value is not None, True, or False")
    raise TypeError(f"Not a boolean value: a {type(value).__name__}; pass True, False or None")

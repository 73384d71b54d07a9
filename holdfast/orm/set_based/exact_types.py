"""Which types Python decides about exactly as a database does, and how their values compare and come back.

Objects hold what was written to their rows, or what was read; the database compares what it keeps. For the types here
the way from the one to the other is known. All others, among them whatever a program defines itself, have no kind.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from holdfast.sql import types

SAFE = 2**53
"""Whole numbers below it are exact as binary numbers."""

Check = Callable[[Any], Any]


class Unsure(KeyError):
    """What Python can not tell of one object: what the database keeps for a value, or how it would decide.

    It derives from KeyError, so that a value which is not loaded is told in the same way.
    """


class Kind(NamedTuple):
    """Values of one type on one database.

    Attributes:
        name: kinds of one name compare with each other.
        value_class: the exact class of an object's values; None: `kept` looks at it.
        kept: an object's value -> what compares as the database would; None: the value itself. Raises Unsure.
        sent: the same for a value that travels with the statement.
        ordered: <, > and so on are those of Python; else only equality is.
        near: (value, value) -> whether they are so close that only the database can tell; None: never.
        loaded: a value written -> what a read brings; None: the value itself, if it is of `value_class`.
    """

    name: str
    value_class: type[Any] | None
    kept: Check | None = None
    sent: Check | None = None
    ordered: bool = True
    near: Callable[[Any, Any], bool] | None = None
    loaded: Check | None = None

    def convert_sent(self, value: Any) -> Any:
        """Return what a value of the statement compares as. Raises: Unsure: it is of another class."""
        if value is None:
            return None
        if self.value_class is not None and value.__class__ is not self.value_class:
            raise Unsure(value.__class__.__name__)
        return value if self.sent is None else self.sent(value)

    def read_back(self, value: Any) -> Any:
        """Return what a read brings after `value` was written. Raises: Unsure: the database may keep something else."""
        if value is None:
            return None
        if self.name == "float" and value.__class__ is int and -SAFE < value < SAFE:
            value = float(value)
        if self.value_class is not None and value.__class__ is not self.value_class:
            raise Unsure(value.__class__.__name__)
        return value if self.loaded is None else self.loaded(value)


BOOL = Kind("bool", bool)
INT = Kind("int", int)


def kind_of(type_: Any, dialect: Any) -> Kind | None:
    """Return the kind of a type's values on a dialect, or None: only the database knows."""
    type_ = type_.dialect_impl(dialect)
    make = _MAKERS.get(type(type_))
    kind = None if make is None else make(type_, dialect)
    known = dialect.capabilities.exact_kinds
    return kind if kind is None or known is None or kind.name in known else None


def _always(kind: Kind) -> Callable[[Any, Any], Kind]:
    return lambda type_, dialect: kind


def _string(type_: Any, dialect: Any) -> Kind | None:
    capabilities = dialect.capabilities
    if isinstance(type_, (types.CHAR, types.NCHAR)) and not capabilities.loose_types:
        return None  # padded with blanks
    collation = type_.collation
    if collation is not None and collation not in capabilities.binary_collations:
        return None
    ordered = collation is not None or capabilities.binary_text
    if capabilities.loose_types or type_.length is None:
        return Kind("str", str, ordered=ordered)
    fitting = _fitting(type_.length)
    return Kind("str", str, kept=fitting, loaded=fitting, ordered=ordered)


def _fitting(length: int) -> Check:
    """Return the function that refuses strings which are too long: of blanks at their end the database cuts some."""

    def check(value: str) -> str:
        if len(value) > length:
            raise Unsure("length")
        return value

    return check


def _float(type_: Any, dialect: Any) -> Kind | None:
    if type_.asdecimal:
        return None
    is_double = dialect.capabilities.loose_types or (
        not isinstance(type_, types.REAL) and (type_.precision is None or type_.precision > 24)
    )
    return Kind("float", float, _finite, _finite, loaded=_finite) if is_double else None


def _finite(value: float) -> float:
    if value - value != 0:
        raise Unsure("not finite")
    return value


def _numeric(type_: Any, dialect: Any) -> Kind | None:
    if not dialect.capabilities.loose_types:
        return _exact_numeric(type_) if type_.asdecimal else None
    if not type_.asdecimal:
        return Kind("float", float, _finite, _finite, loaded=_finite)
    codec = dialect.codec(type_)

    def loaded(value: Any) -> Any:
        return codec.result(codec.bind(_finite_decimal(value)))

    near = _near_binary(decimal.Decimal(1).scaleb(-type_.effective_scale))
    return Kind("binary decimal", decimal.Decimal, _finite_decimal, _finite_decimal, near=near, loaded=loaded)


def _finite_decimal(value: decimal.Decimal) -> decimal.Decimal:
    if not value.is_finite():
        raise Unsure("not finite")
    return value


def _near_binary(step: decimal.Decimal) -> Callable[[Any, Any], bool]:
    """Return the function that tells values apart which are kept as binary numbers and read with a few digits."""
    unit = decimal.Decimal(2) ** -50

    def near(left: Any, right: Any) -> bool:
        return bool(abs(left - right) <= step + (abs(left) + abs(right)) * unit)

    return near


def _exact_numeric(type_: Any) -> Kind:
    scale = type_.scale if type_.scale is not None else 0 if type_.precision is not None else None
    if scale is None:
        return Kind("decimal", decimal.Decimal, _finite_decimal, _finite_decimal, loaded=_finite_decimal)
    step = decimal.Decimal(1).scaleb(-scale)

    def fitting(value: decimal.Decimal) -> decimal.Decimal:
        try:
            return EXACT.quantize(_finite_decimal(value), step)
        except decimal.DecimalException:
            raise Unsure("scale") from None

    return Kind("decimal", decimal.Decimal, fitting, _finite_decimal, loaded=fitting)


EXACT = decimal.Context(
    prec=2000, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN,
    traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow, decimal.Underflow],
)  # fmt: skip


def _datetime(type_: Any, dialect: Any) -> Kind:
    if dialect.capabilities.loose_types:
        return _text_time("datetime", datetime.datetime, type_, dialect)
    check = _in_utc if type_.timezone else _naive
    return Kind(
        "zoned datetime" if type_.timezone else "datetime", datetime.datetime, check, check, loaded=_checked(check)
    )


def _checked(check: Check) -> Check:
    def loaded(value: Any) -> Any:
        check(value)
        return value

    return loaded


def _naive(value: Any) -> Any:
    if value.tzinfo is not None:
        raise Unsure("time zone")
    return value


def _in_utc(value: datetime.datetime) -> datetime.datetime:
    if value.tzinfo is None:
        raise Unsure("time zone")
    try:
        return value.astimezone(datetime.UTC)
    except OverflowError:
        raise Unsure("range") from None


def _time(type_: Any, dialect: Any) -> Kind | None:
    if dialect.capabilities.loose_types:
        return _text_time("time", datetime.time, type_, dialect)
    return None if type_.timezone else Kind("time", datetime.time, _naive, _naive, loaded=_naive)


def _text_time(name: str, class_: type[Any], type_: Any, dialect: Any) -> Kind:
    """Return the kind of moments that are kept as text, without their zone.

    SQLite's own functions write fewer digits after the second than the library does, so equal moments may be two
    texts; unequal ones are ordered alike in either form.
    """
    codec = dialect.codec(type_)

    def without_zone(value: Any) -> Any:
        return value.replace(tzinfo=None)

    def near(left: Any, right: Any) -> bool:
        return bool(left == right and left.microsecond % 1000 == 0)

    return Kind(
        name, class_, without_zone, without_zone, near=near, loaded=lambda value: codec.result(codec.bind(value))
    )


def _enum(type_: Any, dialect: Any) -> Kind | None:
    if type_.collation is not None and type_.collation not in dialect.capabilities.binary_collations:
        return None
    codec = dialect.codec(type_)

    def string(value: Any) -> Any:
        try:
            return codec.bind(value)
        except LookupError:
            raise Unsure("enum") from None

    def loaded(value: Any) -> Any:
        try:
            return codec.result(codec.bind(value))
        except LookupError:
            raise Unsure("enum") from None

    return Kind(f"enum {type_._type_key}", None, string, string, ordered=False, loaded=loaded)


def _uuid(type_: Any, dialect: Any) -> Kind | None:
    native = type_.native_uuid or dialect.capabilities.loose_types
    return Kind("uuid", uuid.UUID) if type_.as_uuid and native else None


_MAKERS: dict[type[Any], Callable[[Any, Any], Kind | None]] = {
    **dict.fromkeys(
        (types.Integer, types.SmallInteger, types.BigInteger, types.INTEGER, types.SMALLINT, types.BIGINT),
        _always(INT),
    ),
    **dict.fromkeys(
        (
            types.String, types.Text, types.Unicode, types.UnicodeText, types.VARCHAR, types.NVARCHAR, types.TEXT,
            types.CLOB, types.CHAR, types.NCHAR,
        ),
        _string,
    ),
    **dict.fromkeys((types.Boolean, types.BOOLEAN), _always(BOOL)),
    **dict.fromkeys((types.LargeBinary, types.BLOB), _always(Kind("bytes", bytes))),
    **dict.fromkeys(
        (types.Float, types.FLOAT, types.Double, types.DOUBLE, types.DOUBLE_PRECISION, types.REAL), _float
    ),
    **dict.fromkeys((types.Numeric, types.NUMERIC, types.DECIMAL), _numeric),
    **dict.fromkeys((types.DateTime, types.DATETIME, types.TIMESTAMP), _datetime),
    **dict.fromkeys((types.Date, types.DATE), _always(Kind("date", datetime.date))),
    **dict.fromkeys((types.Time, types.TIME), _time),
    **dict.fromkeys((types.Uuid, types.UUID), _uuid),
    types.Enum: _enum,
}  # fmt: skip

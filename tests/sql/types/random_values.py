"""Random values of the types that all databases know, the extremes first, many of them in little time."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import random
import struct
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from holdfast import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    PickleType,
    SmallInteger,
    String,
    Text,
    Time,
    TypeDecorator,
    Unicode,
    UnicodeText,
    Uuid,
    types,
)

Chance = random.Random


class Color(enum.Enum):
    """Members whose names and values are unkind to SQL text."""

    RED = "r'e\"d"
    GREEN = "%(green)s"
    BLUE = "b:lue\\"


class Shifted(TypeDecorator[int]):
    """Stores numbers shifted by one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value + 1

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value - 1


class Kind(NamedTuple):
    """A type and its values.

    Attributes:
        type: of the column.
        make: gives one random value.
        extremes: values that are tried first.
        only: the one database that has the type; None: all.
    """

    type: Any
    make: Callable[[Chance], Any]
    extremes: tuple[Any, ...] = ()
    only: str | None = None


def _integers(bits: int) -> dict[str, Any]:
    """Of any size up to so many bits: each length is as likely as the others."""

    def make(chance: Chance) -> int:
        return chance.getrandbits(chance.randrange(bits)) * chance.choice((1, -1))

    return {"make": make, "extremes": (0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)))}


def _any_float(chance: Chance) -> float:
    """Return any finite double by its bits, or a common one."""
    if chance.random() < 0.5:
        return round(chance.uniform(-1e6, 1e6), chance.randrange(8))
    value: float = struct.unpack("<d", chance.randbytes(8))[0]
    return value if math.isfinite(value) else 0.5


FLOATS = (0.0, 1.5, -1.5, sys.float_info.max, -sys.float_info.max, sys.float_info.min, 5e-324, 0.1, 1e16, 2.0**53 + 2)
NOT_FINITE = (math.inf, -math.inf)


def _exact(digits: int, places: int) -> dict[str, Any]:
    most = 10**digits - 1

    def exact(number: int) -> decimal.Decimal:
        # Not by multiplication, which rounds to 28 digits.
        return decimal.Decimal(f"{number}e-{places}")

    def make(chance: Chance) -> decimal.Decimal:
        return exact(chance.randint(-(10 ** chance.randrange(1, digits)), 10 ** chance.randrange(1, digits)))

    return {"make": make, "extremes": tuple(map(exact, (0, 1, -1, most, -most)))}


def _characters(chance: Chance, most: int) -> str:
    """Return text of ASCII, of what SQL minds, and of any Unicode character but NUL and surrogates."""
    found = []
    for _ in range(chance.randrange(most + 1)):
        kind = chance.random()
        if kind < 0.5:
            found.append(chr(chance.randrange(1, 128)))
        elif kind < 0.7:
            found.append(chance.choice("'\"\\%:?$;-/*`[]()\n\r\t"))
        else:
            number = chance.randrange(1, 0x110000 - 0x800)
            found.append(chr(number + 0x800 if number >= 0xD800 else number))
    return "".join(found)


def _texts(most: int) -> dict[str, Any]:
    return {
        "make": lambda chance: _characters(chance, most),
        "extremes": ("", " ", "'", "''", "\\'", "--", "%", "%%", "%s", ":x", "?", "null", "\ufeff", "\U0010ffff", "a" * most),
    }  # fmt: skip


def _moment(chance: Chance) -> datetime.datetime:
    seconds = chance.randrange(3652059 * 86400)
    return datetime.datetime.min + datetime.timedelta(
        seconds=seconds, microseconds=chance.choice((0, 1, chance.randrange(10**6)))
    )


def _zoned(chance: Chance) -> datetime.datetime:
    zone = datetime.timezone(datetime.timedelta(minutes=chance.randrange(-15 * 60 + 1, 15 * 60)))
    moment = min(max(_moment(chance), datetime.datetime(1, 1, 3)), datetime.datetime(9999, 12, 29))
    return moment.replace(tzinfo=zone)


def _time(chance: Chance) -> datetime.time:
    return _moment(chance).time()


def _span(chance: Chance) -> datetime.timedelta:
    return datetime.timedelta(days=chance.randrange(-700000, 2900000), microseconds=chance.randrange(86400 * 10**6))


def _document(chance: Chance, depth: int = 3) -> Any:
    kind = chance.randrange(8 if depth else 6)
    if kind == 0:
        return None
    if kind == 1:
        return chance.random() < 0.5
    if kind == 2:
        return chance.randrange(-(2**53), 2**53)
    if kind == 3:
        return round(chance.uniform(-1e6, 1e6), 6)
    if kind < 6:
        return _characters(chance, 8)
    if kind == 6:
        return [_document(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {_characters(chance, 6): _document(chance, depth - 1) for _ in range(chance.randrange(4))}


def _binary(chance: Chance) -> bytes:
    return chance.randbytes(chance.randrange(40))


def _uuid(chance: Chance) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128))


def _list(make: Callable[[Chance], Any]) -> Callable[[Chance], list[Any]]:
    return lambda chance: [None if chance.random() < 0.1 else make(chance) for _ in range(chance.randrange(6))]


FLOATING = {"make": _any_float, "extremes": (*FLOATS, *NOT_FINITE)}
MOMENTS = {
    "make": _moment,
    "extremes": (datetime.datetime.min, datetime.datetime.max, datetime.datetime(1970, 1, 1), datetime.datetime(1, 1, 1, 0, 0, 0, 1)),
}  # fmt: skip
DATES = {
    "make": lambda chance: datetime.date.fromordinal(chance.randrange(1, 3652060)),
    "extremes": (datetime.date.min, datetime.date.max, datetime.date(2024, 2, 29)),
}
TIMES = {"make": _time, "extremes": (datetime.time.min, datetime.time.max, datetime.time(12, 0, 0, 1))}
TRUTH = {"make": lambda chance: chance.random() < 0.5, "extremes": (True, False)}
BYTES = {"make": _binary, "extremes": (b"", b"\0", bytes(range(256)), b"'", b"\\x00")}
UUIDS = {"make": _uuid, "extremes": (uuid.UUID(int=0), uuid.UUID(int=2**128 - 1))}
MEMBERS = {"make": lambda chance: chance.choice(list(Color)), "extremes": tuple(Color)}
STRINGS = ("a", "b'c", 'd"e', "%s", ":x", "\\")

KINDS: dict[str, Kind] = {
    "Integer": Kind(Integer(), **_integers(32)),
    "SmallInteger": Kind(SmallInteger(), **_integers(16)),
    "BigInteger": Kind(BigInteger(), **_integers(64)),
    "Float": Kind(Float(53), **FLOATING),
    "Double": Kind(Double(), **FLOATING),
    "Double as Decimal": Kind(Double(asdecimal=True, decimal_return_scale=4), **_exact(11, 4)),
    # SQLite keeps exact numbers as binary ones: no more than 15 digits.
    "Numeric": Kind(Numeric(15, 5), **_exact(15, 5)),
    "Numeric, long": Kind(Numeric(60, 20), **_exact(60, 20), only="postgresql"),
    "Numeric as float": Kind(
        Numeric(15, 5, asdecimal=False), make=lambda chance: round(chance.uniform(-1e8, 1e8), 5), extremes=(0.0, 0.00001)
    ),
    "String": Kind(String(), **_texts(30)),
    "String, short": Kind(String(12), **_texts(12)),
    "Text": Kind(Text(), **_texts(60)),
    "Unicode": Kind(Unicode(40), **_texts(40)),
    "UnicodeText": Kind(UnicodeText(), **_texts(40)),
    "Boolean": Kind(Boolean(), **TRUTH),
    "Date": Kind(Date(), **DATES),
    "DateTime": Kind(DateTime(), **MOMENTS),
    "DateTime with zone": Kind(DateTime(timezone=True), make=_zoned, only="postgresql"),
    "Time": Kind(Time(), **TIMES),
    "Interval": Kind(
        Interval(), make=_span, extremes=(datetime.timedelta(0), datetime.timedelta(microseconds=-1), datetime.timedelta(-700000))
    ),
    "LargeBinary": Kind(LargeBinary(), **BYTES),
    "Enum of a class": Kind(Enum(Color, name="color"), **MEMBERS),
    "Enum by values": Kind(Enum(Color, name="color_values", values_callable=lambda c: [m.value for m in c]), **MEMBERS),
    "Enum of strings": Kind(
        Enum(*STRINGS, name="strings"), make=lambda chance: chance.choice(STRINGS), extremes=STRINGS
    ),
    "Enum, not native": Kind(Enum(Color, native_enum=False, create_constraint=True, name="c"), **MEMBERS),
    "JSON": Kind(JSON(none_as_null=True), make=_document, extremes=({}, [], "", 0, True, {"": None}, "\\u0041", 1.5e300)),
    "JSON with null": Kind(JSON(), make=_document, extremes=({"a": None}, [None], False)),
    "Uuid": Kind(Uuid(), **UUIDS),
    "Uuid, not native": Kind(Uuid(native_uuid=False), **UUIDS),
    "Uuid as text, not native": Kind(Uuid(as_uuid=False, native_uuid=False), make=lambda chance: str(_uuid(chance))),
    "Uuid as text": Kind(Uuid(as_uuid=False), make=lambda chance: str(_uuid(chance))),
    "PickleType": Kind(PickleType(), make=lambda chance: {"a": _span(chance), "b": {chance.random()}}),
    "TypeDecorator": Kind(Shifted(), make=_integers(63)["make"], extremes=(0, -1, 2**62)),
    "with_variant": Kind(String(60).with_variant(Text(), "sqlite"), **_texts(60)),
    "INTEGER": Kind(types.INTEGER(), **_integers(32)),
    "SMALLINT": Kind(types.SMALLINT(), **_integers(16)),
    "BIGINT": Kind(types.BIGINT(), **_integers(64)),
    "FLOAT": Kind(types.FLOAT(), **FLOATING),
    "DOUBLE_PRECISION": Kind(types.DOUBLE_PRECISION(), **FLOATING),
    # A REAL of PostgreSQL has 24 binary digits, and is written with six decimal ones.
    "REAL": Kind(types.REAL(), make=lambda chance: chance.randrange(-(2**14), 2**14) / 4, extremes=(0.0, 0.5, -32768.0)),
    "NUMERIC": Kind(types.NUMERIC(15, 5), **_exact(15, 5)),
    "DECIMAL": Kind(types.DECIMAL(15, 5), **_exact(15, 5)),
    "VARCHAR": Kind(types.VARCHAR(30), **_texts(30)),
    "NVARCHAR": Kind(types.NVARCHAR(30), **_texts(30), only="sqlite"),
    "CHAR": Kind(types.CHAR(6), make=lambda chance: f"{chance.getrandbits(24):06x}"),
    "TEXT": Kind(types.TEXT(), **_texts(40)),
    "BOOLEAN": Kind(types.BOOLEAN(), **TRUTH),
    "DATE": Kind(types.DATE(), **DATES),
    "TIME": Kind(types.TIME(), **TIMES),
    "DATETIME": Kind(types.DATETIME(), **MOMENTS, only="sqlite"),
    "TIMESTAMP": Kind(types.TIMESTAMP(), **MOMENTS),
    "BLOB": Kind(types.BLOB(), **BYTES, only="sqlite"),
    "UUID": Kind(types.UUID(), **UUIDS, only="postgresql"),
    "ARRAY of Integer": Kind(ARRAY(Integer), make=_list(_integers(32)["make"]), extremes=([], [None]), only="postgresql"),
    "ARRAY of Text": Kind(
        ARRAY(Text), make=_list(lambda chance: _characters(chance, 9)), extremes=(["NULL", "", "{", ",", '"', "\\"],), only="postgresql"
    ),
    "ARRAY of DateTime": Kind(ARRAY(DateTime), make=_list(_moment), only="postgresql"),
    "ARRAY of Numeric": Kind(ARRAY(Numeric(20, 5)), make=_list(_exact(20, 5)["make"]), only="postgresql"),
}  # fmt: skip
"""Name -> type and values."""


def on(dialect: str) -> list[str]:
    """Return the names of the kinds that a database has."""
    return [name for name, kind in KINDS.items() if kind.only in (None, dialect)]


def values_of(name: str, count: int) -> Iterator[Any]:
    """Give so many values of a kind: NULL, the extremes, then random ones with NULL here and there."""
    kind, chance = KINDS[name], random.Random(name)
    first = (None, *kind.extremes)[:count]
    yield from first
    for _ in range(count - len(first)):
        yield None if chance.random() < 0.02 else kind.make(chance)

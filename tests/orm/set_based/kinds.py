"""A mapped class with columns of every type that Python can decide about, and the values to fill and compare it with."""

import datetime
import enum
import math
import uuid
from decimal import Decimal
from typing import Any

from holdfast import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    Unicode,
    Uuid,
)
from holdfast.orm import DeclarativeBase, mapped_column

UTC = datetime.UTC
EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


class Colour(enum.Enum):
    """Kept by name; the values are ordered otherwise than the names."""

    RED = 3
    GREEN = 1
    BLUE = 2


class Base(DeclarativeBase):
    """Base of the classes here."""

    metadata = MetaData()


INTEGERS = [0, 1, -1, 2, 7, 100, 32767, -32768, 2**31 - 1, -(2**31)]
BIG = [*INTEGERS, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]
FLOATS = [0.0, -0.0, 1.0, 0.5, 0.1, -2.25, 1e-300, 1.7e308, float(2**53), 9007199254740993.0, math.inf, math.nan]
DECIMALS = [Decimal(text) for text in ("0", "1", "1.50", "-1.5", "0.01", "99999.99", "1.005", "1.0049", "-0.00")]
FREE_DECIMALS = [*DECIMALS, Decimal("123456789.0123456789"), Decimal("0.00000000001"), Decimal("1E+5"), Decimal("NaN")]
STRINGS = [
    "",
    " ",
    "a",
    "A",
    "b",
    "ab",
    "a ",
    "ä",
    "Z",
    "ß",
    "ss",
    "\u00e9",
    "e\u0301",
    "\u65e5",
    "\U0001f600",
    "\uffff",
    "%",
    "_",
]
SHORT = [*STRINGS, "abcde", "abcde  "]  # the last one is cut where lengths hold
BYTES = [b"", b"\0", b"a", b"A", b"\xff", b"ab"]
DATES = [datetime.date(1, 1, 1), datetime.date(999, 12, 31), datetime.date(2024, 2, 29), datetime.date(9999, 12, 31)]
MOMENTS = [
    datetime.datetime(1, 1, 1),
    datetime.datetime(2024, 2, 29, 12),
    datetime.datetime(2024, 2, 29, 12, 0, 0, 1),
    datetime.datetime(2024, 2, 29, 12, 0, 0, 500000),
    datetime.datetime(2024, 10, 27, 2, 30),
    datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
]
ZONED = [moment.replace(tzinfo=zone) for moment in MOMENTS[1:5] for zone in (UTC, EAST)]
TIMES = [datetime.time(), datetime.time(12), datetime.time(12, 0, 0, 1), datetime.time(23, 59, 59, 999999)]
UUIDS = [uuid.UUID(int=0), uuid.UUID(int=1), uuid.UUID(int=2**127), uuid.UUID(int=2**128 - 1)]

COLUMNS: dict[str, tuple[Any, list[Any]]] = {
    "small": (SmallInteger(), INTEGERS[:8]),
    "whole": (Integer(), INTEGERS),
    "big": (BigInteger(), BIG),
    "part": (Float(), FLOATS),
    "double": (Double(), FLOATS),
    "price": (Numeric(10, 2), DECIMALS),
    "exact": (Numeric(), FREE_DECIMALS),
    "word": (String(), STRINGS),
    "short": (String(5), SHORT),
    "text": (Text(), STRINGS),
    "unicode": (Unicode(30), STRINGS),
    "flag": (Boolean(), [True, False]),
    "raw": (LargeBinary(), BYTES),
    "day": (Date(), DATES),
    "moment": (DateTime(), [*MOMENTS, MOMENTS[2].replace(tzinfo=EAST)]),
    "zoned": (DateTime(timezone=True), ZONED),
    "clock": (Time(), TIMES),
    "token": (Uuid(), UUIDS),
    "colour": (Enum(Colour), list(Colour)),
    "size": (Enum("small", "Large", "medium", name="size"), ["small", "Large", "medium"]),
}
"""Name -> type, and values of the column; each column stands in the table twice, as ``name_a`` and ``name_b``."""

ORDERED = (
    "small",
    "whole",
    "big",
    "part",
    "double",
    "price",
    "exact",
    "flag",
    "raw",
    "day",
    "moment",
    "zoned",
    "clock",
    "token",
)
"""Those whose order is the same on every database; that of the strings is that of the code points on SQLite."""
TEXTS = ("word", "short", "text", "unicode")

Thing: Any = type(
    "Thing",
    (Base,),
    {
        "__tablename__": "thing",
        "__doc__": "Two columns of every type.",
        "id": mapped_column(Integer, primary_key=True),
        **{f"{name}_{side}": mapped_column(type_) for name, (type_, _) in COLUMNS.items() for side in "ab"},
    },
)


def rows() -> list[dict[str, Any]]:
    """Return rows with every value of every column, NULL included, paired with different others."""
    count = max(len(values) for _, values in COLUMNS.values()) + 1
    found = []
    for number in range(3 * count):
        row: dict[str, Any] = {"id": number + 1}
        for place, (name, (_, values)) in enumerate(COLUMNS.items()):
            choices = [*values, None]
            row[f"{name}_a"] = choices[number % len(choices)]
            row[f"{name}_b"] = choices[(number * (place % 3 + 2) + number // count) % len(choices)]
        found.append(row)
    return found

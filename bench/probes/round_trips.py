"""Random values of each type by bulk: what goes in comes out, as a parameter and as a literal, NULL and extremes included.

python -m bench.probes.round_trips                            SQLite, 100,000 of each type
python -m bench.probes.round_trips postgresql://host/db 5000

The values come from a seed, so that a difference can be found again; the first of each type is printed with its value.
"""

from __future__ import annotations

import datetime
import decimal
import math
import random
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from holdfast import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    Uuid,
    cast,
    create_engine,
    exc,
    insert,
    literal,
    select,
)

BATCH = 5_000
LITERALS = 40
"""Literals in one SELECT."""
WORDS = ["", "'", "''", '"', "%", "%s", "\\", "\\'", ":x", "?", "--", "/*", ";", "\n", "\r", "ä", "ß", "\u202e", "😀", "a" * 300, "NULL"]  # fmt: skip


def whole(bits: int) -> Callable[[random.Random], int]:
    """Return the source of whole numbers of so many bits: small ones, any, and the ends."""
    top = 2 ** (bits - 1)
    return lambda r: r.choice([r.randint(-9, 9), r.randint(-top, top - 1), -top, top - 1, 0])


def text(r: random.Random) -> str:
    """Return a string of words that databases and drivers might take for something."""
    letters = "".join(chr(r.choice((r.randint(1, 127), r.randint(128, 0xD7FF), r.randint(0xE000, 0x10FFFF)))) for _ in range(r.randint(0, 8)))  # fmt: skip
    return r.choice(WORDS) + letters + r.choice(WORDS)


def binary(r: random.Random) -> float:
    """Return a binary number, of any size."""
    return r.choice([r.uniform(-1, 1), r.uniform(-1e15, 1e15), 0.0, 0.1, 5e-324, -5e-324, 1.7976931348623157e308, math.ldexp(r.random(), r.randint(-1000, 1000))])  # fmt: skip


def day(r: random.Random) -> datetime.date:
    """Return a date, the first and last ones too."""
    return r.choice([datetime.date.min, datetime.date.max, datetime.date.fromordinal(r.randint(1, datetime.date.max.toordinal()))])  # fmt: skip


def hour(r: random.Random) -> datetime.time:
    """Return a time of day, to the microsecond."""
    return r.choice([datetime.time.min, datetime.time.max, datetime.time(r.randint(0, 23), r.randint(0, 59), r.randint(0, 59), r.randint(0, 999_999))])  # fmt: skip


def tree(r: random.Random, depth: int = 2) -> Any:
    """Return a JSON document."""
    leaves = [None, True, False, r.randint(-(2**53), 2**53), r.uniform(-1e6, 1e6), text(r)]
    if depth == 0 or r.random() < 0.4:
        return r.choice(leaves)
    if r.random() < 0.5:
        return [tree(r, depth - 1) for _ in range(r.randint(0, 3))]
    return {text(r): tree(r, depth - 1) for _ in range(r.randint(0, 3))}


TYPES: dict[str, tuple[Any, Callable[[random.Random], Any]]] = {
    "SmallInteger": (SmallInteger(), whole(16)),
    "Integer": (Integer(), whole(32)),
    "BigInteger": (BigInteger(), whole(64)),
    "Float": (Float(53), binary),
    "Double": (Double(), binary),
    "Numeric(12, 3)": (Numeric(12, 3), lambda r: decimal.Decimal(r.randint(-(10**12) + 1, 10**12 - 1)).scaleb(-3)),
    "String": (String(), text),
    "Text": (Text(), text),
    "Boolean": (Boolean(), lambda r: r.random() < 0.5),
    "Date": (Date(), day),
    "Time": (Time(), hour),
    "DateTime": (DateTime(), lambda r: datetime.datetime.combine(day(r), hour(r))),
    "Interval": (
        Interval(),
        lambda r: datetime.timedelta(r.randint(-9_000, 9_000), r.randint(0, 86_399), r.randint(0, 999_999)),
    ),
    "LargeBinary": (LargeBinary(), lambda r: r.randbytes(r.randint(0, 20))),
    "Uuid": (Uuid(), lambda r: r.choice([uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID(int=r.getrandbits(128))])),
    "Uuid(as_uuid=False)": (Uuid(as_uuid=False), lambda r: str(uuid.UUID(int=r.getrandbits(128)))),
    "JSON": (JSON(none_as_null=True), tree),
    "Enum": (Enum("a", "it's", '"', "%", name="round_trip_enum", native_enum=False), lambda r: r.choice(["a", "it's", '"', "%"])),
}  # fmt: skip
"""Name -> the type and the source of its values."""


def different(went: Any, came: Any) -> bool:
    """Whether a value came back as another one; also 1 for True and 0.0 for -0.0 are others."""
    if isinstance(went, float) and isinstance(came, float):
        return repr(went) != repr(came)
    return went != came or type(went) is not type(came)


def by_parameter(engine: Any, name: str, count: int) -> Iterator[tuple[Any, Any]]:
    """Yield what came back as another value, of values that were sent as parameters."""
    type_, source = TYPES[name]
    # A name of its own for each: the server keeps plans by text.
    table = Table(f"round trips of {name}", MetaData(), Column("id", Integer, primary_key=True), Column("value", type_))
    r = random.Random(name)
    with engine.connect() as connection:
        table.create(connection)
        for start in range(0, count, BATCH):
            sent = {
                number: None if r.random() < 0.02 else source(r) for number in range(start, min(start + BATCH, count))
            }
            connection.execute(insert(table), [{"id": number, "value": value} for number, value in sent.items()])
            found = dict(connection.execute(select(table).where(table.c.id >= start)).all())
            for number, value in sent.items():
                if different(value, found[number]):
                    yield value, found[number]
        connection.rollback()


def by_literal(engine: Any, name: str, count: int) -> Iterator[tuple[Any, Any]]:
    """Yield what came back as another value, of values that were written into the text; a type may have no such form."""
    type_, source = TYPES[name]
    r = random.Random(name + " literal")
    with engine.connect() as connection:
        for _ in range(0, count, LITERALS):
            sent = [None if r.random() < 0.02 else source(r) for _ in range(LITERALS)]
            # On SQLite CAST changes values; the types of the columns come from the literals alone.
            written = [literal(value, type_, literal_execute=True) for value in sent]
            if engine.dialect.name == "postgresql":
                written = [cast(one, type_) for one in written]
            try:
                found = connection.execute(select(*written)).one()
            except exc.CompileError as error:
                print(f"    no literals: {str(error)[:70]}")
                return
            for value, came in zip(sent, found, strict=True):
                if different(value, came) and not _is_last_digit(value, came):
                    yield value, came


def _is_last_digit(went: Any, came: Any) -> bool:
    """Whether SQLite read the last digit of a very large or small number wrongly, which it says it may."""
    return isinstance(went, float) and isinstance(came, float) and math.isclose(went, came, rel_tol=1e-15)


def run(engine: Any, count: int) -> dict[str, list[tuple[Any, Any]]]:
    """Return by type what came back as another value, at most three of each way.

    Args:
        engine: of an empty database.
        count: values of each type by parameters; a tenth of them by literals.
    """
    found: dict[str, list[tuple[Any, Any]]] = {}
    for name in TYPES:
        for way, number in ((by_parameter, count), (by_literal, max(count // 10, LITERALS))):
            for pair in way(engine, name, number):
                found.setdefault(f"{name} {way.__name__}", []).append(pair)
                if len(found[f"{name} {way.__name__}"]) == 3:
                    break
    return found


def main() -> None:
    """Print what differs."""
    url = sys.argv[1] if len(sys.argv) > 1 else "sqlite://"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    engine = create_engine(url)
    found = run(engine, count)
    engine.dispose()
    for name, pairs in found.items():
        for went, came in pairs:
            print(f"{name}: {went!r} came back as {came!r}")
    print(f"{len(TYPES)} types, {count} values each, {len(found)} ways differ")


if __name__ == "__main__":
    main()

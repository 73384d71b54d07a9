"""SQLite's own types on both libraries: what is stored, what is read, how columns are declared."""

import datetime
import importlib
import re
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

MOMENT = datetime.datetime(2011, 3, 15, 12, 5, 57, 10558)
SLASHES = "%(year)04d/%(month)02d/%(day)02d"
TYPES: dict[str, tuple[Any, Any]] = {
    "moment": (lambda s: s.DATETIME(), MOMENT),
    "moment from a day": (lambda s: s.DATETIME(), MOMENT.date()),
    "seconds": (lambda s: s.DATETIME(truncate_microseconds=True), MOMENT),
    "other text": (
        lambda s: s.DATETIME(
            storage_format=SLASHES + " %(hour)02d:%(minute)02d:%(second)02d",
            regexp=r"(\d+)/(\d+)/(\d+) (\d+):(\d+):(\d+)",
        ),
        MOMENT,
    ),
    "named parts": (
        lambda s: s.DATETIME(
            storage_format="%(second)02d|" + SLASHES + " %(hour)02d:%(minute)02d",
            regexp=r"(?P<second>\d+)\|(?P<year>\d+)/(?P<month>\d+)/(?P<day>\d+) (?P<hour>\d+):(?P<minute>\d+)",
        ),
        MOMENT,
    ),
    "digits": (
        lambda s: s.DATETIME(
            storage_format="%(year)04d%(month)02d%(day)02d%(hour)02d%(minute)02d%(second)02d",
            regexp=r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})",
        ),
        MOMENT,
    ),
    "day": (lambda s: s.DATE(), MOMENT.date()),
    "other day": (
        lambda s: s.DATE(
            storage_format="%(month)02d/%(day)02d/%(year)04d",
            regexp=re.compile(r"(?P<month>\d+)/(?P<day>\d+)/(?P<year>\d+)"),
        ),
        MOMENT.date(),
    ),
    "day in digits": (
        lambda s: s.DATE(storage_format="%(year)04d%(month)02d%(day)02d", regexp=r"(\d{4})(\d{2})(\d{2})"),
        MOMENT.date(),
    ),
    "hour": (lambda s: s.TIME(), MOMENT.time()),
    "seconds of an hour": (lambda s: s.TIME(truncate_microseconds=True), MOMENT.time()),
    "other hour": (
        lambda s: s.TIME(
            storage_format="%(hour)02d-%(minute)02d-%(second)02d-%(microsecond)06d", regexp=r"(\d+)-(\d+)-(\d+)-(\d+)"
        ),
        MOMENT.time(),
    ),
    "document": (lambda s: s.JSON(), {"a": [1, None]}),
    "nothing": (lambda s: s.DATETIME(storage_format="%(year)s", regexp="x"), None),
    "a string for a moment": (lambda s: s.DATETIME(storage_format="%(year)s"), "x"),
    "a string for a day": (lambda s: s.DATE(storage_format="%(year)s"), "x"),
    "a string for an hour": (lambda s: s.TIME(truncate_microseconds=True), "x"),
    "another form": (lambda s: s.DATE(storage_format="%(year)s", regexp="x+"), MOMENT.date()),
    "truncated and formatted": (lambda s: s.DATETIME(truncate_microseconds=True, storage_format="x"), None),
    "truncated and read": (lambda s: s.TIME(truncate_microseconds=True, regexp="x"), None),
}


def outcome(name: str, case: str) -> Any:
    """Return declaration, stored and read value, and what a criterion finds; or the error's kind and beginning."""
    library, sqlite = importlib.import_module(name), importlib.import_module(f"{name}.dialects.sqlite")
    make, value = TYPES[case]
    engine = library.create_engine("sqlite://")
    try:
        type_ = make(sqlite)
        table = library.Table("t", library.MetaData(), library.Column("x", type_))
        with engine.connect() as connection:
            table.create(connection)
            connection.execute(table.insert(), [{"x": value}])
            stored = connection.execute(library.text("SELECT x, typeof(x) FROM t")).one()
            read = connection.execute(library.select(table)).scalar()
            found = 0
            if value is not None:
                found = len(connection.execute(library.select(table).where(table.c.x == value)).all())
            declared = str(library.inspect(connection).get_columns("t")[0]["type"])
        return repr(type_), type_.compile(dialect=engine.dialect), tuple(stored), read, found, declared
    except Exception as error:
        cause = getattr(error, "orig", None)
        return type(error).__name__, str(error if cause is None else cause).partition("\n")[0][:25]


@pytest.mark.parametrize("case", TYPES)
def test_same_storage(case: str) -> None:
    """Text, columns of digits alone, values of another class."""
    assert outcome("sqlalchemy", case) == outcome("holdfast", case)


EXPRESSIONS: dict[str, Any] = {
    "insert": lambda lib, t: lib.insert(t).values(j={"a": 1}),
    "select": lambda lib, t: lib.select(t.c.j),
    "key": lambda lib, t: lib.select(t.c.id).where(t.c.j["k"].as_string() == "x"),
    "path": lambda lib, t: lib.select(t.c.j[("a", 1)].as_integer()),
    "equal": lambda lib, t: t.c.j == {"a": 1},
    "create": lambda lib, t: lib.schema.CreateTable(t),
}


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_same_binary_documents(case: str) -> None:
    """The functions around documents that are stored in binary form, which needs SQLite 3.45."""
    texts = []
    for name in ("sqlalchemy", "holdfast"):
        library, sqlite = importlib.import_module(name), importlib.import_module(f"{name}.dialects.sqlite")
        importlib.import_module(f"{name}.schema")
        table = library.Table(
            "t", library.MetaData(), library.Column("id", library.Integer), library.Column("j", sqlite.JSONB)
        )
        texts.append(str(EXPRESSIONS[case](library, table).compile(dialect=sqlite.dialect())))
    assert texts[0] == texts[1]

"""Values come back from MariaDB as they went, NULL and the extremes included."""

import datetime
import decimal
import enum
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast import Engine, exc, literal, select
from holdfast.orm import Session
from tests.dialects.mysql.models import Base, Color, Value
from tests.dialects.round_trips import check_round_trips, drivers_of, sessions

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
WRITTEN = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
FIRST, LAST = datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "small": st.integers(-(2**15), 2**15 - 1),
    "whole": st.integers(-(2**31), 2**31 - 1),
    "big": st.integers(-(2**63), 2**63 - 1),
    "large": st.integers(0, 2**64 - 1),
    "tiny": st.integers(0, 255),
    "medium": st.integers(-(2**23), 2**23 - 1),
    "exact": st.decimals(-(10**19), 10**19, places=10),
    "inexact": st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    "word": TEXT.filter(lambda word: len(word) <= 50),
    "text": TEXT,
    "long": TEXT,
    "flag": st.booleans(),
    "day": st.dates(),
    "moment": st.datetimes(FIRST, LAST),
    "second": st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(microsecond=0)),
    "stamp": st.datetimes(datetime.datetime(1970, 1, 2), datetime.datetime(2038, 1, 18)).map(
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    ),
    "hour": st.times(),
    "year": st.integers(1901, 2155) | st.just(0),
    "bits": st.integers(0, 2**40 - 1),
    "raw": st.binary(),
    # MariaDB's own type refuses what no standard makes.
    "key": st.uuids(version=4) | st.uuids(version=1),
    "plain_key": st.uuids(),
    "color": st.sampled_from(Color),
    "choice": st.sampled_from(["a", "b'c", "%s"]),
    "some": st.sets(st.sampled_from(["x", "y'", "z"])),
    "bitwise": st.sets(st.sampled_from(["", "y", "z"])),
    "document": DOCUMENTS.filter(lambda document: document is not None),
}


@drivers_of("mariadb")
def test_every_type_round_trips(driver: tuple[str, str], clean_mariadb_url: str) -> None:
    """Random rows, written by the unit of work and read by it and by the SQL layer."""
    with sessions(clean_mariadb_url, driver, Base.metadata) as in_session:
        check_round_trips(in_session, Value, VALUES)


def test_literals_read_back(engine: Engine) -> None:
    """Values that are written into the text mean what they are: quotes, backslashes, percent signs."""

    @settings(max_examples=60)
    @given(st.one_of(WRITTEN, st.binary(), st.integers(-(2**63), 2**63 - 1), st.dates(), st.datetimes(), st.booleans()))
    def check(value: Any) -> None:
        with engine.connect() as connection:
            text = str(select(literal(value)).compile(engine, compile_kwargs={"literal_binds": True}))
            found = connection.exec_driver_sql(text.replace("%%", "%")).scalar()
            if isinstance(value, datetime.datetime):
                found = datetime.datetime.fromisoformat(found)
            elif isinstance(value, datetime.date):
                found = datetime.date.fromisoformat(found)
            assert found == value

    check()


def test_values_in_criteria(engine: Engine) -> None:
    """A value finds its own row."""
    row: dict[str, Any] = {
        "small": -5, "whole": 7, "big": 2**40, "large": 2**64 - 1, "exact": decimal.Decimal("1.5"), "inexact": 0.1,
        "word": "a%b", "text": "'\\", "flag": True, "day": datetime.date(1, 1, 1), "moment": LAST, "year": 2020, "bits": 5,
        "hour": datetime.time(23, 59, 0, 7), "raw": b"\0\xff'\\", "key": uuid.UUID(int=5), "plain_key": uuid.UUID(int=6),
        "color": Color.green, "choice": "%s", "some": {"x", "z"}, "bitwise": {"", "z"},
    }  # fmt: skip
    with Session(engine) as session:
        session.add_all([Value(**row), Value()])
        session.flush()
        for name, value in row.items():
            column = getattr(Value, name)
            assert session.scalars(select(Value.id).where(column == value)).all() == [1], name
            assert session.scalars(select(Value.id).where(column.in_([value]))).all() == [1], name
            assert session.scalars(select(Value.id).where(column.is_(None))).all() == [2], name


def test_subclasses_of_known_classes(engine: Engine) -> None:
    """An IntEnum is a number to the driver, a str's subclass a string."""

    class Number(enum.IntEnum):
        seven = 7

    class Word(str):
        __slots__ = ()

    with Session(engine) as session:
        session.add(Value(whole=Number.seven, word=Word("it's")))
        session.flush()
        assert session.execute(select(Value.whole, Value.word)).one() == (7, "it's")


def test_members_of_documents(engine: Engine) -> None:
    """Keys with quotes and dots, members as numbers, text and truth values; JSON's null is NULL."""
    document = {'a"b.c': [1, 2.5, "x'\\", True, None, {"in": 10**12}], "ä": "50%"}
    with Session(engine) as session:
        session.add(Value(document=document))
        session.flush()
        item = Value.document['a"b.c']
        found = session.execute(
            select(
                item, item[0].as_integer(), item[1].as_float(), item[2].as_string(), item[3].as_boolean(),
                item[4].as_string(), Value.document[('a"b.c', 5, "in")].as_integer(), Value.document["ä"].as_string(),
                item[1].as_numeric(5, 2), Value.document["none"],
            )
        ).one()  # fmt: skip
        assert found == (
            document['a"b.c'], 1, 2.5, "x'\\", True, None, 10**12, "50%", decimal.Decimal("2.50"), None
        )  # fmt: skip
        assert session.scalars(select(Value.id).where(item[2].as_string() == "x'\\")).all() == [1]


@pytest.mark.parametrize(("name", "value"), [("flag", "yes"), ("raw", "text"), ("bitwise", {"q"})])
def test_a_value_of_the_wrong_type_is_refused_before_it_is_sent(engine: Engine, name: str, value: Any) -> None:
    """The message names the attribute and keeps the value."""
    with Session(engine) as session:
        session.add(Value(**{name: value}))
        with pytest.raises(exc.StatementError, match=f"Value.{name} was given a .*; nothing was sent"):
            session.flush()

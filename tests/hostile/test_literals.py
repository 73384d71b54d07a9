"""Values written into the text, compared by the database itself with the same values as parameters."""

from __future__ import annotations

import datetime
import enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Enum,
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
    TypeDecorator,
    Uuid,
    cast,
    literal,
    select,
)
from tests.hostile.world import HOSTILE, World


class Mood(enum.Enum):
    """Members whose names are no identifiers in SQL."""

    good = "it's"
    bad = "%s\\"


class Doubled(TypeDecorator[str]):
    """A program's own type: its values are written as those that it makes of them."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value + value


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20) | st.just(HOSTILE)
KINDS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "Integer": (Integer(), st.integers(-(2**31), 2**31 - 1)),
    "SmallInteger": (SmallInteger(), st.integers(-(2**15), 2**15 - 1)),
    "BigInteger": (BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    "Numeric": (Numeric(20, 4), st.decimals(-(10**12), 10**12, places=4)),
    # SQLite reads the text of very small numbers one bit beside what Python does.
    "Double": (Double(53), st.floats(-1e15, 1e15).map(lambda number: round(number, 6))),
    "String": (String(200), TEXT),
    "Text": (Text(), TEXT),
    "Boolean": (Boolean(), st.booleans()),
    "Date": (Date(), st.dates(datetime.date(1000, 1, 1))),
    "DateTime": (DateTime(), st.datetimes(datetime.datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0))),
    "Time": (Time(), st.times().map(lambda time: time.replace(microsecond=0))),
    "Interval": (Interval(), st.timedeltas(datetime.timedelta(0), datetime.timedelta(days=300)).map(lambda span: span - datetime.timedelta(microseconds=span.microseconds))),
    "LargeBinary": (LargeBinary(), st.binary(max_size=20)),
    "Uuid": (Uuid(), st.uuids(version=4)),
    "Uuid as text": (Uuid(as_uuid=False), st.uuids(version=4).map(str)),
    "Enum": (Enum(Mood, native_enum=False), st.sampled_from(Mood)),
    "JSON": (JSON(), st.dictionaries(TEXT, st.none() | st.booleans() | st.integers(-5, 5) | TEXT, max_size=3)),
    "TypeDecorator": (Doubled(200), TEXT),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_literal_is_its_parameter(world: World, kind: str) -> None:
    """What was stored as the one is found by the other, alone and in a list. Found here: SQLite keeps moments as text with six
    digits after the second, which literals of whole seconds lacked."""
    type_, strategy = KINDS[kind]
    table = Table("hostile_value", MetaData(), Column("id", Integer, primary_key=True), Column("x", type_))
    shown = cast(table.c.x, Text()) if kind == "JSON" else table.c.x
    with world.engine.connect() as connection:
        table.drop(connection, checkfirst=True)
        table.create(connection)

        @settings(max_examples=20)
        @given(strategy)
        def check(value: Any) -> None:
            written, sent = literal(value, type_, literal_execute=True), literal(value, type_)
            connection.execute(table.delete())
            connection.execute(table.insert().values(id=1, x=sent))
            connection.execute(table.insert().values(id=2, x=written))
            if kind != "JSON":
                for criterion in (table.c.x == written, table.c.x == sent, table.c.x.in_([value])):
                    assert connection.scalars(select(table.c.id).where(criterion).order_by(table.c.id)).all() == [1, 2]
            one, two = connection.scalars(select(shown).order_by(table.c.id)).all()
            assert one == two

        check()
        connection.rollback()
        table.drop(connection, checkfirst=True)
        connection.commit()

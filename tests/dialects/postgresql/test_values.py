"""Values come back from PostgreSQL as they went, NULL and the extremes included."""

import datetime
import decimal
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast import JSON, Engine, cast, exc, select
from holdfast.orm import Session
from tests.dialects.postgresql.models import Base, Value
from tests.dialects.round_trips import check_round_trips, drivers_of, sessions

# PostgreSQL stores no NUL in text; surrogates are no characters.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
ZONES = st.sampled_from([datetime.UTC, datetime.timezone(datetime.timedelta(hours=5, minutes=45))])
VALUES = {
    "small": st.integers(-(2**15), 2**15 - 1),
    "whole": st.integers(-(2**31), 2**31 - 1),
    "big": st.integers(-(2**63), 2**63 - 1),
    "exact": st.decimals(-(10**19), 10**19, places=10),
    "inexact": st.floats(allow_nan=False),
    "word": TEXT.filter(lambda word: len(word) <= 50),
    "text": TEXT,
    "flag": st.booleans(),
    "day": st.dates(),
    "moment": st.datetimes(),
    "zoned": st.datetimes(datetime.datetime(2, 1, 1), datetime.datetime(9998, 1, 1), timezones=ZONES),
    "hour": st.times(),
    "raw": st.binary(),
    "key": st.uuids(),
}


@drivers_of("postgresql")
def test_every_type_round_trips(driver: tuple[str, str], clean_postgresql_url: str) -> None:
    """Random rows, written by the unit of work and read by it and by the SQL layer."""
    with sessions(clean_postgresql_url, driver, Base.metadata) as in_session:
        check_round_trips(in_session, Value, VALUES)


def test_values_in_criteria(engine: Engine) -> None:
    """A value finds its own row: it has the same type in WHERE as in the column."""
    row = {
        "small": -5, "whole": 7, "big": 2**40, "exact": decimal.Decimal("1.5"), "inexact": 0.5, "word": "a%b", "text": "'",
        "flag": True, "day": datetime.date(1, 1, 1), "moment": datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
        "zoned": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), "hour": datetime.time(23, 59), "raw": b"\0\xff",
        "key": uuid.UUID(int=5),
    }  # fmt: skip
    with Session(engine) as session:
        session.add_all([Value(**row), Value()])
        session.flush()
        for name, value in row.items():
            column = getattr(Value, name)
            assert session.scalars(select(Value.id).where(column == value)).all() == [1], name
            assert session.scalars(select(Value.id).where(column.in_([value]))).all() == [1], name
            assert session.scalars(select(Value.id).where(column.is_(None))).all() == [2], name


@pytest.mark.parametrize(("name", "value"), [("flag", "yes"), ("raw", "text")])
def test_a_value_of_the_wrong_type_is_refused_before_it_is_sent(engine: Engine, name: str, value: str) -> None:
    """The message names the attribute and keeps the value."""
    with Session(engine) as session:
        session.add(Value(**{name: value}))
        with pytest.raises(exc.StatementError, match=f"Value.{name} was given a str; nothing was sent") as refused:
            session.flush()
        assert value not in str(refused.value).replace(f"Value.{name}", "")


def test_paths_of_documents(engine: Engine) -> None:
    """Keys of any characters find their member, as a parameter and written into the text."""
    keys = st.lists(
        TEXT | st.sampled_from(["null", "NULL", "a b", 'q"q', "back\\slash", "{x}", "c,d", "1"]), min_size=1, max_size=3
    )

    with engine.connect() as connection:

        @settings(max_examples=60)
        @given(keys)
        def check(path: list[str]) -> None:
            document: object = 7
            for key in reversed(path):
                document = {key: document}
            statement = select(cast(document, JSON)[tuple(path)].as_integer())
            assert connection.scalar(statement) == 7
            written = str(statement.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
            assert connection.exec_driver_sql(written.replace("%%", "%")).scalar() == 7

        check()


@drivers_of("postgresql")
def test_the_least_numbers(driver: tuple[str, str], clean_postgresql_url: str) -> None:
    """Their minus belongs to them, and is not put before what a cast makes of the rest."""

    def program(session: Session) -> None:
        session.add(Value(small=-(2**15), whole=-(2**31), big=-(2**63)))
        session.flush()
        found = session.scalars(select(Value.big).where(Value.small == -(2**15), Value.whole == -(2**31)))
        assert found.all() == [-(2**63)]

    with sessions(clean_postgresql_url, driver, Base.metadata) as in_session:
        in_session(program)

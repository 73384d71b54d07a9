"""Whatever is kept by statement stays bounded, however many statements a program makes.

`HOLDFAST_STATEMENTS` says how many; a million take some minutes.
"""

import gc
import os
import sys
import tracemalloc

import pytest

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    bindparam,
    cast,
    create_engine,
    func,
    literal,
    select,
    text,
    tuple_,
)
from holdfast.dialects import postgresql, sqlite
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column

STATEMENTS = int(os.environ.get("HOLDFAST_STATEMENTS", "20000"))
TABLE = Table("t", MetaData(), Column("x", Integer, primary_key=True), Column("w", String))


def distinct(number):
    """Return a statement unlike all others: in its labels, or names, or number of operands."""
    kind = number % 5
    if kind == 0:
        return select(TABLE.c.x.label(f"l{number}")).limit(1)
    if kind == 1:
        return select(bindparam(f"p{number}", number))
    if kind == 2:
        return text(f"SELECT {number}")
    if kind == 3:
        return select(literal(number).label(f"n{number}")).where(TABLE.c.x.in_(range(number % 50)))
    return select(func.coalesce(*range(2 + number % 30))).where(TABLE.alias(f"a{number}").c.x == number).limit(1)


def sizes():
    """Return the sizes of all dictionaries, sets and lists of the library's modules and of their classes."""
    found = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith("holdfast"):
            continue
        for owner in (module, *(value for value in vars(module).values() if isinstance(value, type))):
            for attribute, value in list(vars(owner).items()):
                if isinstance(value, (dict, set, list)):
                    found[name, getattr(owner, "__name__", ""), attribute] = len(value)
    return found


def test_a_great_many_statements():
    """The cache of an engine keeps what it was made for; nothing else in the library grows."""
    engine = create_engine("sqlite://", query_cache_size=100)
    with engine.connect() as connection:
        TABLE.create(connection)
        for number in range(1_000):
            connection.execute(distinct(number)).close()
        before = sizes()
        for number in range(1_000, STATEMENTS):
            connection.execute(distinct(number)).close()
        assert sizes() == before
        assert len(engine._cache) <= 100
    engine.dispose()


class Base(DeclarativeBase):
    """The base."""


class Thing(Base):
    """A mapped class."""

    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def test_a_great_many_statements_of_the_orm():
    """Loaders are kept by statement too."""
    engine = create_engine("sqlite://", query_cache_size=50)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Thing(name="a"))
        session.commit()

        def run(first, last):
            for number in range(first, last):
                session.execute(select(Thing, Thing.id.label(f"l{number}")).where(Thing.name == "a")).all()

        run(0, 500)
        before = sizes()
        run(500, 5_000)
        assert sizes() == before
        assert len(engine._cache) <= 50
    engine.dispose()


class Shouting(TypeDecorator):
    """A type whose instances each stand for themselves."""

    impl = String


@pytest.mark.filterwarnings("ignore:TypeDecorator Shouting:holdfast.exc.SAWarning")
@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_a_great_many_types(dialect):
    """Also those that say nothing of what they depend on."""
    for number in range(5_000):
        statement = select(
            cast(literal("a", Shouting()), String(number + 1)), tuple_(literal(1), literal("a", String(number)))
        )
        str(select(statement.selected_columns[0]).where(literal("b", String(number)) == "c").compile(dialect=dialect))
    assert len(dialect._codecs) <= 1_000
    assert len(getattr(dialect, "_casts", ())) <= 1_000


def test_a_great_many_operators():
    """A column keeps the shapes of its comparisons, but not those with operators that are new each time."""
    for _ in range(1_000):
        TABLE.c.x.op("~~", is_comparison=True)(5)
        TABLE.c.x.bool_op("<<")(5)
    assert len(TABLE.c.x._shapes) < 50


def test_memory_stays():
    """What is dropped from the cache goes away for good: thousands of statements leave next to nothing."""
    engine = create_engine("sqlite://", query_cache_size=100)
    with engine.connect() as connection:
        TABLE.create(connection)

        def run(first, last):
            for number in range(first, last):
                connection.execute(distinct(number)).close()
            gc.collect()

        run(0, 2_000)
        tracemalloc.start()
        try:
            run(2_000, 2_500)
            start, _ = tracemalloc.get_traced_memory()
            run(2_500, 4_500)
            end, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # Less than a hundred bytes for each.
        assert end - start < 200_000, end - start
    engine.dispose()

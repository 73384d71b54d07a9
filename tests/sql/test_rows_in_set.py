"""UPDATE of several columns at once: ``SET (a, b) = (...)``."""

import pytest

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    exc,
    func,
    insert,
    literal,
    select,
    tuple_,
    union,
    update,
)
from holdfast.dialects import postgresql, sqlite
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from holdfast.sql import visitors

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("x", Integer, onupdate=9),
    Column("s", String),
)
ROW = tuple_(THINGS.c.x, THINGS.c.s)


def test_a_row_of_plain_values() -> None:
    """Each has its column's type; `onupdate` of a column that is set so is not asked."""
    compiled = update(THINGS).values({ROW: (1, "a")}).compile(dialect=postgresql.dialect())
    assert str(compiled) == "UPDATE things SET (x, s)=(%(param_1)s::INTEGER, %(param_2)s::VARCHAR)"
    assert compiled.params == {"param_1": 1, "param_2": "a"}


def test_the_order_is_kept() -> None:
    """Of `ordered_values`, whatever stands on the left."""
    statement = update(THINGS).ordered_values((THINGS.c.id, 3), (ROW, tuple_(1, "a")))
    assert str(statement) == "UPDATE things SET id=:id, (x, s)=(:param_1, :param_2)"


@pytest.mark.parametrize(
    ("value", "message"),
    [((1,), "as many values as it has columns, not to 1"), (5, "not to a value of type int")],
)
def test_what_is_no_row(value: object, message: str) -> None:
    """The error says what is taken."""
    with pytest.raises(exc.ArgumentError, match=message):
        update(THINGS).values({ROW: value})


def test_columns_of_another_table() -> None:
    """One that the table does not have is named."""
    other = THINGS.alias()
    with pytest.raises(exc.CompileError, match="Unconsumed column names"):
        update(THINGS).values({tuple_(THINGS.c.x, other.c.s): (1, "a")})


class Base(DeclarativeBase):
    """The base."""


class Thing(Base):
    """A mapped class."""

    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]
    s: Mapped[str]


def test_objects_follow() -> None:
    """Attributes that an UPDATE sets as a row are read again."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(thing := Thing(id=1, x=1, s="a"))
        session.flush()
        session.execute(update(Thing).values({tuple_(Thing.x, Thing.s): select(literal(7), func.upper("q"))}))
        assert (thing.x, thing.s) == (7, "Q")
        session.execute(update(Thing).values({tuple_(Thing.x, Thing.s): (8, "r")}).where(Thing.id == 1))
        assert (thing.x, thing.s) == (8, "r")
    engine.dispose()


def test_fetch_of_a_set_operation_limits_the_rows() -> None:
    """It had been left away: all rows came."""
    both = union(select(THINGS.c.id), select(THINGS.c.x)).order_by("id").fetch(2)
    assert str(both).endswith("ORDER BY id\n FETCH FIRST :param_1 ROWS ONLY")


def test_distinct_on_is_no_plain_distinct() -> None:
    """Where a database has none: other rows would come."""
    statement = select(THINGS).ext(postgresql.distinct_on(THINGS.c.x))
    assert "DISTINCT ON (things.x)" in str(statement.compile(dialect=postgresql.dialect()))
    with pytest.raises(exc.CompileError, match="sqlite dialect has no DISTINCT ON"):
        statement.compile(dialect=sqlite.dialect())


def test_visitors_meet_each_table_once() -> None:
    """Also those within subqueries that only columns name."""
    inner = select(THINGS.c.x).subquery()
    statement = insert(THINGS).from_select(["x"], select(inner.c.x))
    assert [element.name for element in visitors.iterate(statement) if isinstance(element, Table)] == ["things"]

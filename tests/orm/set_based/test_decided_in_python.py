"""What `synchronize_session="evaluate"` decides without asking the database, what it leaves open, and what it refuses."""

import enum
from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import delete, event, exc, inspect, update
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.orm.inheritance.models import Cat, Dog, Single
from tests.support.awaited import engine_on

EVALUATE = {"synchronize_session": "evaluate"}


class Base(DeclarativeBase):
    """Base of the classes here."""


class Colour(enum.Enum):
    """Stored by name."""

    red = 1
    green = 2


class Ball(Base):
    """Columns of several kinds."""

    __tablename__ = "ball"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    size: Mapped[int | None]
    weight: Mapped[float | None]
    colour: Mapped[Colour | None]


@pytest.fixture(params=["sync", "async"])
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An empty database, on both faces."""
    with engine_on("sqlite://", request.param) as engine:
        yield engine


@pytest.fixture
def both(engine: Any) -> Iterator[tuple[Session, list[str]]]:
    """A session with three balls, and what it sends from then on."""
    Base.metadata.create_all(engine)
    sent: list[str] = []
    with Session(engine, autoflush=False) as session:
        session.add_all(
            [
                Ball(id=1, name="a", size=1, weight=1.5, colour=Colour.red),
                Ball(id=2, name="b", size=2, weight=2.5, colour=Colour.green),
                Ball(id=3, name="c", size=None, weight=None, colour=None),
            ]
        )
        session.flush()
        event.listen(engine, "before_cursor_execute", lambda *each: sent.append(each[2]))
        yield session, sent


CRITERIA = {
    "in": (Ball.size.in_([1, 5]), [1]),
    "not in": (Ball.size.not_in([1, 5]), [2]),
    "in nothing": (Ball.size.in_([]), []),
    "int and float": (Ball.size + 0.5 > 2, [2]),
    "int times float": (Ball.size * Ball.weight < 2, [1]),
    "enum": (Ball.colour == Colour.green, [2]),
    "no enum": (Ball.colour != Colour.green, [1]),
    "enum in": (Ball.colour.in_([Colour.red, Colour.green]), [1, 2]),
    "enum is null": (Ball.colour.is_(None), [3]),
}


@pytest.mark.parametrize("name", CRITERIA)
def test_criteria_that_are_decided(both: tuple[Session, list[str]], name: str) -> None:
    """One statement is sent, and the objects of the rows that it changed have the value, those alone."""
    session, sent = both
    criterion, expected = CRITERIA[name]
    balls = [session.get_one(Ball, number) for number in (1, 2, 3)]
    sent.clear()
    session.execute(update(Ball).where(criterion).values(name="hit"), execution_options=EVALUATE)
    assert [ball.id for ball in balls if ball.name == "hit"] == expected
    assert len(sent) == 1
    session.expire_all()
    assert [ball.id for ball in balls if ball.name == "hit"] == expected


@pytest.mark.parametrize("criterion", [Ball.colour < Colour.green, Ball.name.in_([1]), Ball.name.like("a%")])
def test_criteria_that_are_refused(both: tuple[Session, list[str]], criterion: Any) -> None:
    """An enumeration's order is that of the database, a number is no string there; nothing is sent."""
    session, sent = both
    with pytest.raises(exc.InvalidRequestError, match="Could not evaluate current criteria in Python"):
        session.execute(update(Ball).where(criterion).values(size=7), execution_options=EVALUATE)
    assert sent == []


def test_values_that_the_column_makes_another_of(both: tuple[Session, list[str]]) -> None:
    """A number in a column of strings is what the database makes of it."""
    session, _ = both
    ball = session.get_one(Ball, 2)
    session.execute(
        update(Ball).where(Ball.id == 2).values(name=Ball.size, weight=Ball.size), execution_options=EVALUATE
    )
    assert (ball.name, ball.weight, type(ball.weight)) == ("2", 2.0, float)


def test_objects_of_which_it_can_not_be_told(both: tuple[Session, list[str]]) -> None:
    """What the row has is not known where it was replaced unread: such objects read their row again."""
    session, _ = both
    ball, other = session.get_one(Ball, 1), session.get_one(Ball, 2)
    for each in (ball, other):
        session.expire(each, ["name"])
        each.name = "unflushed"
    session.execute(update(Ball).where(Ball.name == "a").values(size=9), execution_options=EVALUATE)
    assert (ball.size, other.size) == (9, 2)
    assert (ball.name, other.name) == ("unflushed", "unflushed")
    session.expire(ball, ["name"])
    ball.name = "again"
    session.execute(delete(Ball).where(Ball.name == "a"), execution_options=EVALUATE)
    assert "size" not in vars(ball)
    assert inspect(other).persistent


def test_classes_beside_the_one_that_is_changed(engine: Any) -> None:
    """Rows of one table belong to several classes; an object of another class is left alone, whatever its values say."""
    Single.metadata.create_all(engine)
    with Session(engine) as session:
        dog, cat = Dog(name="x", breed="d"), Cat(name="x", breed="c")
        session.add_all([dog, cat])
        session.flush()
        session.execute(update(Dog).where(Dog.name == "x").values(breed="new"), execution_options=EVALUATE)
        assert (dog.breed, cat.breed) == ("new", "c")
        session.execute(delete(Cat).where(Cat.name == "x"), execution_options=EVALUATE)
        assert dog in session
        assert cat not in session


def test_a_value_that_its_column_refuses(both: tuple[Session, list[str]]) -> None:
    """In a list of rows, too: the error names the attribute, and nothing is sent."""
    session, sent = both
    for rows in ([{"id": 1, "colour": 5}], [{"id": 1, "colour": None}, {"id": 2, "colour": 5}]):
        with pytest.raises(exc.StatementError, match=r"Ball\.colour"):
            session.execute(update(Ball), rows)
    assert sent == []

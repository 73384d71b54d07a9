"""Relationships of every shape in a flush: one-sided, one-to-one, to itself, by several columns, by other than the key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from holdfast import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table, exc, func, select, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.orm.unit_of_work.recording import Sent, recorded


class Base(DeclarativeBase):
    """Base of the test's classes."""

    metadata = MetaData()


befriended = Table(
    "friends",
    Base.metadata,
    Column("a", ForeignKey("person.id"), primary_key=True),
    Column("b", ForeignKey("person.id"), primary_key=True),
)


class Person(Base):
    """Has friends, and one passport."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    friends: Mapped[list[Person]] = relationship(
        secondary=befriended,
        primaryjoin=lambda: Person.id == befriended.c.a,
        secondaryjoin=lambda: Person.id == befriended.c.b,
        back_populates="friend_of",
    )
    friend_of: Mapped[list[Person]] = relationship(
        secondary=befriended,
        primaryjoin=lambda: Person.id == befriended.c.b,
        secondaryjoin=lambda: Person.id == befriended.c.a,
        back_populates="friends",
    )
    passport: Mapped[Passport | None] = relationship(back_populates="person")


class Passport(Base):
    """Belongs to at most one person."""

    __tablename__ = "passport"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person | None] = relationship(back_populates="passport")


class Box(Base):
    """Knows its things; they do not know it."""

    __tablename__ = "box"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str | None]
    things: Mapped[list[Thing]] = relationship()
    owned: Mapped[list[Owned]] = relationship(cascade="all, delete-orphan")
    left: Mapped[list[Left]] = relationship(passive_deletes=True)


class Thing(Base):
    """May be in a box."""

    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"))


class Owned(Base):
    """Belongs to a box."""

    __tablename__ = "owned"

    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int] = mapped_column(ForeignKey("box.id"))


class Left(Base):
    """Left to the database when its box goes."""

    __tablename__ = "left_things"

    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id", ondelete="SET NULL"))


class Square(Base):
    """Identified by two columns."""

    __tablename__ = "square"

    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)


class Piece(Base):
    """Stands on a square."""

    __tablename__ = "piece"
    __table_args__ = (ForeignKeyConstraint(["x", "y"], ["square.x", "square.y"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int | None]
    y: Mapped[int | None]
    square: Mapped[Square | None] = relationship()


class Country(Base):
    """Is referred to by its code, which is not the primary key."""

    __tablename__ = "country"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)


class City(Base):
    """Refers to a country's code."""

    __tablename__ = "city"

    id: Mapped[int] = mapped_column(primary_key=True)
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    country: Mapped[Country | None] = relationship()


class Renamed(Base):
    """Attributes that are called otherwise than their columns."""

    __tablename__ = "ren"

    ident: Mapped[int] = mapped_column("id", primary_key=True)
    title: Mapped[str | None] = mapped_column("ttl")
    parent_ident: Mapped[int | None] = mapped_column("ren_id", ForeignKey("ren.id"))
    kids: Mapped[list[Renamed]] = relationship()


class Eager(Base):
    """Wants all that the database makes at once."""

    __tablename__ = "eager"
    __mapper_args__ = {"eager_defaults": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    made: Mapped[int] = mapped_column(server_default="9")
    stamp: Mapped[int | None] = mapped_column(onupdate=text("3"))
    x: Mapped[int | None]


class Patient(Base):
    """Wants nothing before it asks."""

    __tablename__ = "patient"
    __mapper_args__ = {"eager_defaults": False}

    id: Mapped[int] = mapped_column(primary_key=True)
    made: Mapped[int] = mapped_column(server_default="9")


@pytest.fixture
def both(face: str) -> Iterator[tuple[Session, Sent]]:
    """A session and the record of what it sends."""
    with recorded(Base.metadata, face) as found:
        yield found


def test_many_to_many_to_itself(both: tuple[Session, Sent]) -> None:
    """Each row once, whichever side mentions it; rows go with either person."""
    session, sent = both
    a, b, c = (Person(name=name) for name in "abc")
    a.friends, b.friends = [b, c], [c, a]
    session.add_all([a, b, c])
    session.flush()
    assert sent.take()[3:] == ["INSERT INTO friends (a, b) VALUES (?, ?) [(2, 1), (1, 2), (1, 3), (2, 3)]"]
    a.friends.remove(b)
    c.friend_of.remove(b)
    session.flush()
    assert sent.take() == ["DELETE FROM friends WHERE friends.a = ? AND friends.b = ? [(1, 2), (2, 3)]"]
    session.commit()
    session.delete(a)
    session.flush()
    deletes = [line for line in sent.take() if line.startswith("DELETE")]
    assert deletes == [
        "DELETE FROM friends WHERE friends.a = ? AND friends.b = ? (2, 1)",
        "DELETE FROM friends WHERE friends.a = ? AND friends.b = ? (1, 3)",
        "DELETE FROM person WHERE person.id = ? (1,)",
    ]


def test_one_to_one(both: tuple[Session, Sent]) -> None:
    """The one that is replaced loses the key first, so that a unique key would not collide."""
    session, sent = both
    person = Person(passport=Passport())
    session.add(person)
    session.flush()
    old = person.passport
    sent.clear()
    person.passport = Passport()
    session.flush()
    assert sent.take() == [
        "UPDATE passport SET person_id=? WHERE passport.id = ? (None, 1)",
        "INSERT INTO passport (person_id) VALUES (?) (1,)",
    ]
    assert old is not None
    assert old.person_id is None


def test_one_to_one_that_was_never_read(both: tuple[Session, Sent]) -> None:
    """The one that is replaced is found by a query, loses its key, and its own side says so too."""
    session, sent = both
    session.add(Person(passport=Passport()))
    session.commit()
    old = session.get_one(Passport, 1)
    person = old.person
    assert person is not None
    session.expire(person)
    sent.clear()
    person.passport = Passport()
    session.flush()
    assert sent.writes() == [
        "UPDATE passport SET person_id=? WHERE passport.id = ? (None, 1)",
        "INSERT INTO passport (person_id) VALUES (?) (1,)",
    ]
    assert (old.person, old.person_id) == (None, None)


@pytest.mark.parametrize("side", ["person", "passport"])
def test_moving_along_a_one_to_one(both: tuple[Session, Sent], side: str) -> None:
    """Whichever side is set, the former person has none, and need not be asked what it had; one UPDATE."""
    session, sent = both
    passport, former, new = Passport(), Person(name="former"), Person(name="new")
    former.passport = passport
    session.add_all([former, new])
    session.commit()
    assert (passport.person, new.passport) == (former, None)
    assert "passport" not in vars(former)
    sent.clear()
    if side == "person":
        passport.person = new
    else:
        new.passport = passport
    assert (former.passport, new.passport, passport.person) == (None, passport, new)
    session.flush()
    assert sent.take() == ["UPDATE passport SET person_id=? WHERE passport.id = ? (2, 1)"]


def test_who_is_displaced_in_a_one_to_one(both: tuple[Session, Sent]) -> None:
    """The passport that another one displaces by its own side has no person, in memory and in its row."""
    session, sent = both
    person = Person(passport=Passport())
    other = Passport()
    session.add_all([person, other])
    session.flush()
    displaced = person.passport
    assert displaced is not None
    sent.clear()
    other.person = person
    assert (person.passport, displaced.person) == (other, None)
    session.flush()
    assert sent.take() == ["UPDATE passport SET person_id=? WHERE passport.id = ? [(None, 1), (1, 2)]"]


def test_moving_along_a_one_sided_relationship(both: tuple[Session, Sent]) -> None:
    """Taken out of one and put into another box, in either order: one UPDATE."""
    session, sent = both
    one, other = Box(things=[Thing()]), Box(things=[])
    session.add_all([one, other])
    session.flush()
    thing = one.things[0]
    sent.clear()
    other.things.append(thing)
    one.things.remove(thing)
    session.flush()
    assert sent.take() == ["UPDATE thing SET box_id=? WHERE thing.id = ? (2, 1)"]
    other.things.remove(thing)
    one.things.append(thing)
    session.flush()
    assert sent.take() == ["UPDATE thing SET box_id=? WHERE thing.id = ? (1, 1)"]


def test_moving_what_is_owned(both: tuple[Session, Sent]) -> None:
    """It is no orphan as long as another box has it, in either order."""
    session, sent = both
    one, other = Box(owned=[Owned()]), Box(owned=[])
    session.add_all([one, other])
    session.flush()
    owned = one.owned[0]
    sent.clear()
    other.owned.append(owned)
    one.owned.remove(owned)
    session.flush()
    assert sent.writes() == ["UPDATE owned SET box_id=? WHERE owned.id = ? (2, 1)"]
    other.owned.remove(owned)
    one.owned.append(owned)
    session.flush()
    assert sent.writes() == ["UPDATE owned SET box_id=? WHERE owned.id = ? (1, 1)"]
    one.owned = []
    session.flush()
    assert sent.writes() == ["DELETE FROM owned WHERE owned.id = ? (1,)"]


def test_passive_deletes(both: tuple[Session, Sent]) -> None:
    """What is not loaded is left to ON DELETE; what is loaded is written."""
    session, sent = both
    boxes = [Box(left=[Left()]), Box(left=[Left()])]
    session.add_all(boxes)
    session.commit()
    assert len(boxes[1].left) == 1
    sent.clear()
    for box in boxes:
        session.delete(box)
        session.flush()
    assert sent.writes() == [
        "DELETE FROM box WHERE box.id = ? (1,)",
        "UPDATE left_things SET box_id=? WHERE left_things.id = ? (None, 2)",
        "DELETE FROM box WHERE box.id = ? (2,)",
    ]


def test_several_columns(both: tuple[Session, Sent]) -> None:
    """The whole key moves, or goes."""
    session, sent = both
    piece, other = Piece(square=Square(x=1, y=2)), Square(x=3, y=4)
    session.add_all([piece, other])
    session.flush()
    sent.clear()
    piece.square = other
    session.flush()
    piece.square = None
    session.flush()
    assert sent.take() == [
        "UPDATE piece SET x=?, y=? WHERE piece.id = ? (3, 4, 1)",
        "UPDATE piece SET x=?, y=? WHERE piece.id = ? (None, None, 1)",
    ]


def test_a_key_that_is_not_the_primary_key(both: tuple[Session, Sent]) -> None:
    """Its value is loaded if it is expired."""
    session, sent = both
    country = Country(code="nz")
    session.add(City(country=country))
    session.commit()
    sent.clear()
    city = City(country=country)
    session.add(city)
    session.flush()
    assert sent.writes() == ["INSERT INTO city (country_code) VALUES (?) ('nz',)"]


def test_a_key_that_is_not_the_primary_key_awaited() -> None:
    """Under asyncio the flush loads it by itself: nothing may be read lazily there."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            country = Country(code="nz")
            session.add(City(country=country))
            await session.commit()
            city = City(country=country)
            session.add(city)
            await session.flush()
            assert await session.scalar(select(City.country_code).where(City.id == city.id)) == "nz"
        await engine.dispose()

    asyncio.run(program())


def test_attributes_with_other_names(both: tuple[Session, Sent]) -> None:
    """Also where a column has the name that the key's parameter would have."""
    session, sent = both
    root = Renamed(title="t", kids=[Renamed(title="u")])
    session.add(root)
    session.flush()
    assert sent.take() == [
        "INSERT INTO ren (ttl, ren_id) VALUES (?, ?) ('t', None)",
        "INSERT INTO ren (ttl, ren_id) VALUES (?, ?) ('u', 1)",
    ]
    kid = root.kids[0]
    root.title, kid.title = "z", func.upper("q")
    kid.parent_ident = None
    session.flush()
    assert sent.take() == [
        "UPDATE ren SET ttl=? WHERE ren.id = ? ('z', 1)",
        "UPDATE ren SET ttl=upper(?), ren_id=? WHERE ren.id = ? ('q', None, 2)",
    ]
    assert kid.title == "Q"


def test_eager_defaults(both: tuple[Session, Sent]) -> None:
    """True: also after an UPDATE, row by row; False: when it is asked for."""
    session, sent = both
    one = Eager()
    session.add(one)
    session.flush()
    one.x = 2
    session.flush()
    assert (one.made, one.stamp) == (9, 3)
    patient = Patient(made=None)
    session.add(patient)
    session.flush()
    assert sent.take() == [
        "INSERT INTO eager (stamp, x) VALUES (?, ?) RETURNING id, made (None, None)",
        "UPDATE eager SET stamp=3, x=? WHERE eager.id = ? RETURNING stamp (2, 1)",
        "INSERT INTO patient DEFAULT VALUES ()",
    ]
    assert patient.made == 9


def test_a_key_that_is_taken(both: tuple[Session, Sent]) -> None:
    """The warning names both objects before the database refuses the row."""
    session, _ = both
    present = Box(id=1)
    session.add(present)
    session.flush()
    with (
        pytest.warns(
            exc.SAWarning, match=r"New instance <Box at 0x\w+> with identity key .* conflicts with persistent"
        ),
        pytest.raises(exc.IntegrityError),
    ):
        session.add(Box(id=1))
        session.flush()

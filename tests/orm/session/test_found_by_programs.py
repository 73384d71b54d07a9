"""What random programs found (tests/differential/test_session_programs.py): each defect as the shortest program that shows it."""

from collections.abc import Iterator
from typing import Any

import pytest

import holdfast as hf
from holdfast import exc
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    attribute_keyed_dict,
    make_transient,
    mapped_column,
    relationship,
)
from holdfast.orm.exc import DetachedInstanceError, StaleDataError


class Base(DeclarativeBase):
    """Base of the classes."""


class House(Base):
    """A house owns rooms by their names."""

    __tablename__ = "house"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    colour: Mapped[str | None]
    version: Mapped[int] = mapped_column(nullable=False)
    rooms: Mapped[dict[str, "Room"]] = relationship(
        back_populates="house", cascade="all, delete-orphan", collection_class=attribute_keyed_dict("name")
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "house", "version_id_col": version}


class Tower(House):
    """A house with a height."""

    __tablename__ = "tower"

    id: Mapped[int] = mapped_column(hf.ForeignKey("house.id"), primary_key=True)
    height: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "tower"}


class Room(Base):
    """A room is in one house."""

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    house_id: Mapped[int] = mapped_column(hf.ForeignKey("house.id"))
    house: Mapped[House] = relationship(back_populates="rooms")


@pytest.fixture
def session(file_engine: hf.Engine) -> Iterator[Session]:
    """A session on tables without rows; `session.info["sent"]` holds what was sent."""
    Base.metadata.create_all(file_engine)
    sent: list[str] = []
    hf.event.listen(file_engine, "before_cursor_execute", lambda c, cursor, statement, *_: sent.append(statement))
    with Session(file_engine, info={"sent": sent}) as session:
        yield session


def test_values_that_are_lost_are_not_taken_for_none(session: Session) -> None:
    """An object that was expired, and whose INSERT was rolled back, has nothing: no row of NULLs is written for it."""
    house = House(colour="red")
    session.add(house)
    session.flush()
    session.expire(house)
    session.rollback()
    assert hf.inspect(house).transient
    with pytest.raises(DetachedInstanceError, match="neither values nor a row"):
        house.colour
    with pytest.raises(DetachedInstanceError, match="neither values nor a row"):
        house.rooms
    with pytest.raises(exc.InvalidRequestError, match="adding it to a session cannot proceed"):
        session.add(house)
    with pytest.raises(DetachedInstanceError, match="merging it cannot proceed"):
        session.merge(house)
    make_transient(house)
    assert house.colour is None
    house.kind = "house"
    session.add(house)
    session.flush()


def test_a_savepoint_does_not_expire_who_has_left(session: Session) -> None:
    """A rollback brings the session's objects in step; an object that was expunged is not one of them."""
    house = House(colour="red")
    session.add(house)
    session.commit()
    savepoint = session.begin_nested()
    house.colour = "blue"
    session.flush()
    session.expunge(house)
    savepoint.rollback()
    assert house.colour == "blue"


def test_what_was_set_on_who_was_deleted_goes_with_the_savepoint(session: Session) -> None:
    """The next flush drops it, as there is no row; when the rollback brings the row back, its values are read again."""
    house = House(colour="red")
    session.add(house)
    session.commit()
    savepoint = session.begin_nested()
    session.delete(house)
    session.flush()
    house.colour = "blue"
    session.add(House(colour="green"))
    session.flush()
    savepoint.rollback()
    assert house in session and house not in session.dirty
    assert house.colour == "red"
    session.commit()
    assert session.scalars(hf.select(House.colour)).all() == ["red"]


def test_who_has_left_does_not_come_back_by_its_old_key(session: Session) -> None:
    """A rolled back change of the primary key gives an expunged object its key again, but not to the session."""
    room = Room(name="hall", house=House())
    session.add(room)
    session.commit()
    room.id = 7
    session.flush()
    session.expunge(room)
    session.rollback()
    assert hf.inspect(room).identity == (1,) and room.id == 1
    found = session.get(Room, 1)
    assert found is not room and room not in session


def test_delete_of_a_detached_object_goes_on_to_what_it_owns(session: Session) -> None:
    """The cascade loads what is not in memory when delete() is called, as for an object of the session."""
    house = House()
    house.rooms["hall"] = Room(name="hall")
    session.add(house)
    session.commit()
    session.expunge_all()
    session.delete(house)
    assert [type(one) for one in session.deleted] == [House, Room]
    session.commit()
    assert not session.scalars(hf.select(Room)).all()


def test_merge_compares_versions_with_an_expired_object(session: Session) -> None:
    """The object of the session is read first: an older copy is refused."""
    house = House(colour="red")
    session.add(house)
    session.commit()
    house.colour
    old = House(id=1, colour="old", version=house.version)
    house.colour = "blue"
    session.commit()
    with pytest.raises(StaleDataError):
        session.merge(old)


def test_merge_into_an_expired_object_does_not_write_the_key(session: Session) -> None:
    """The key by which it was found is the one that its row has."""
    session.add(Room(name="hall", house=House()))
    session.commit()
    kept = session.get_one(Room, 1)
    session.expire(kept)
    session.info["sent"].clear()
    assert session.merge(Room(id=1, name="kitchen")) is kept
    session.flush()
    assert session.info["sent"] == ["UPDATE room SET name=? WHERE room.id = ?"]


def test_add_stops_at_objects_of_the_session(session: Session) -> None:
    """What an object of the session leads to came with it or was left outside: another add() does not bring it."""
    house = House()
    session.add(house)
    session.flush()
    left_outside = Room(name="cellar", house=house)
    session.add(Room(name="hall", house=house))
    assert left_outside not in session
    with pytest.warns(exc.SAWarning, match="not in session"):
        session.flush()


def test_who_is_displaced_under_its_key_has_left(session: Session) -> None:
    """A member that comes by its own side takes the place of another one under its key, which is an orphan then."""
    house = House()
    first = Room(name="hall", house=house)
    session.add(first)
    session.flush()
    second = Room(name="hall", house=house)
    session.add(second)
    assert house.rooms == {"hall": second} and first.house is None
    session.flush()
    assert hf.inspect(first).deleted
    third = Room(name="hall", house=house)
    session.add(third)
    session.add(fourth := Room(name="hall", house=house))
    assert third not in session and fourth in session
    session.flush()
    assert session.scalars(hf.select(Room.id).order_by(Room.id)).all() == [fourth.id]


def test_a_key_that_is_known_is_not_read(session: Session) -> None:
    """A new member comes back with its owner, which was expired when it left: the flush knows the owner's key."""
    house = House()
    session.add(house)
    session.commit()
    room = Room(name="hall", house=house)
    session.expire(house)
    session.expunge_all()
    session.add(room)
    assert hf.inspect(house).persistent
    session.info["sent"].clear()
    session.flush()
    assert session.info["sent"] == ["INSERT INTO room (name, house_id) VALUES (?, ?)"]
    assert room.house_id == 1


def test_who_has_lost_its_row_gives_way_to_a_new_one_of_its_key(session: Session) -> None:
    """A row is deleted by statement; of a copy of it there is a new row: who stood for the old one is deleted."""
    house = House(colour="red")
    session.add(house)
    session.commit()
    assert (house.colour, house.version) == ("red", 1)
    session.expunge(house)
    session.execute(hf.delete(House))
    copy = session.merge(House(id=1, kind="house", colour="blue"))
    session.add(house)
    assert (hf.inspect(house).persistent, hf.inspect(copy).pending) == (True, True)
    with pytest.warns(exc.SAWarning):
        session.flush()
    assert (hf.inspect(house).deleted, hf.inspect(copy).persistent) == (True, True)
    assert session.get(House, 1) is copy
    session.commit()
    assert (hf.inspect(house).detached, house.colour, copy.colour) == (True, "red", "blue")


def test_get_of_another_class_asks_nothing(session: Session) -> None:
    """The session has an object of that key, and it is not of the class: expired or not."""
    session.add(House())
    session.commit()
    kept = session.get_one(House, 1)
    session.expire(kept)
    session.info["sent"].clear()
    assert session.get(Tower, 1) is None
    assert session.info["sent"] == []


def test_objects_hear_of_their_collections(session: Session) -> None:
    """before_update and after_update come for each changed object, also for one whose own columns stay as they are."""
    told: list[Any] = []

    def hear(name: str) -> Any:
        return lambda mapper, connection, target: told.append((name, type(target).__name__))

    names = ("before_update", "after_update")
    listeners = [(class_, name, hear(name)) for class_ in (House, Tower) for name in names]
    house, tower = House(), Tower(height=1)
    session.add_all([house, tower])
    session.commit()
    versions = (house.version, tower.version)
    session.info["sent"].clear()
    for class_, name, listener in listeners:
        hf.event.listen(class_, name, listener)
    try:
        # Not loaded the one, loaded the other.
        session.add(Room(name="hall", house=house))
        tower.rooms["top"] = Room(name="top")
        session.flush()
        assert sorted(told) == [(name, class_) for name in sorted(names) for class_ in ("House", "Tower")]
        assert (house.version, tower.version) == versions
        assert not any(statement.startswith("UPDATE") for statement in session.info["sent"])
        told.clear()
        tower.height = 1
        session.flush()
        assert told == [("before_update", "Tower"), ("after_update", "Tower")]
    finally:
        for class_, name, listener in listeners:
            hf.event.remove(class_, name, listener)


@pytest.mark.parametrize("class_", [House, Tower, Room])
def test_who_hears_of_a_collection_may_set_columns(session: Session, class_: Any) -> None:
    """What a listener sets of an object that needed no UPDATE is written."""

    class Marked:
        """Listens while the test runs."""

        def __call__(self, mapper: Any, connection: Any, target: Any) -> None:
            setattr(target, "name" if class_ is Room else "colour", "marked")

    listener = Marked()
    house = Room(name="a", house=House()) if class_ is Room else class_()
    session.add(house)
    session.commit()
    hf.event.listen(class_, "before_update", listener)
    try:
        if class_ is Room:
            house.name = house.name
        else:
            house.rooms["hall"] = Room(name="hall")
        session.commit()
    finally:
        hf.event.remove(class_, "before_update", listener)
    assert (house.name if class_ is Room else house.colour) == "marked"

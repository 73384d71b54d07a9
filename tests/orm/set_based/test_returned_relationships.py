"""Relationships of objects that a statement returns: loaded with them as the mapping and the options say."""

from typing import Any

import pytest

from holdfast import ForeignKey, MetaData, String, delete, insert, inspect, select, update
from holdfast.exc import InvalidRequestError
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    joinedload,
    mapped_column,
    raiseload,
    relationship,
    selectinload,
    subqueryload,
)
from tests.orm.set_based.test_upsert_existing import created
from tests.support.capability import needs
from tests.support.faces import Store


class Base(DeclarativeBase):
    """Base of the classes here."""

    metadata = MetaData()


class Room(Base):
    """A room has chairs, which come along by another statement; who looks after it only where that is asked for."""

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("keeper.id"))
    chairs: Mapped[list["Chair"]] = relationship(lazy="selectin", back_populates="room")
    keeper: Mapped["Keeper | None"] = relationship()


class Chair(Base):
    """A chair stands in a room."""

    __tablename__ = "chair"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    room: Mapped[Room | None] = relationship(back_populates="chairs")


class Keeper(Base):
    """Somebody who looks after rooms."""

    __tablename__ = "keeper"

    id: Mapped[int] = mapped_column(primary_key=True)


async def furnished(store: Store) -> Any:
    """Return a session over two rooms, of which one has chairs and a keeper."""
    session = await created(store, Base.metadata)
    session.add(Keeper(id=1))
    await session.flush()
    session.add_all([Room(id=1, name="hall", keeper_id=1, chairs=[Chair(id=1), Chair(id=2)]), Room(id=2, name="loft")])
    await session.commit()
    session.expunge_all()
    store.take()
    return session


def held(rooms: Any) -> list[Any]:
    """Return the chairs and the keeper that rooms hold, without loading: "-" for what is not there."""
    return sorted(
        (room.id, [chair.id for chair in room.__dict__.get("chairs", ())] if "chairs" in room.__dict__ else "-",
         getattr(room.__dict__.get("keeper", "-"), "id", room.__dict__.get("keeper", "-")))
        for room in rooms
    )  # fmt: skip


def test_what_the_mapping_loads_with_an_object(on_face: Any) -> None:
    """By one more statement for all: after an INSERT, an UPDATE, a DELETE and an upsert."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        async with await furnished(store) as session:
            made = (
                await session.scalars(insert(Room).returning(Room), [{"id": 5, "name": "x"}, {"id": 6, "name": "y"}])
            ).all()
            assert held(made) == [(5, [], "-"), (6, [], "-")]
            assert [sql.split()[0] for sql, _ in store.take()] == ["INSERT", "SELECT"]
            if store.engine.dialect.capabilities.update_returning:
                found = (await session.scalars(update(Room).where(Room.id < 5).values(name="z").returning(Room))).all()
                assert held(found) == [(1, [1, 2], "-"), (2, [], "-")]
                assert [sql.split()[0] for sql, _ in store.take()] == ["UPDATE", "SELECT"]
            session.expunge_all()
            result = await session.upsert(Room, [{"id": 1, "name": "hall"}, {"id": 7, "name": "new"}], returning=True)
            assert held(result.objects) == [(1, [1, 2], "-"), (7, [], "-")]
            gone = (await session.scalars(delete(Room).where(Room.id == 7).returning(Room))).one()
            assert (gone.chairs, inspect(gone).deleted) == ([], True)
            await session.execute(insert(Room), [{"id": 8, "name": "no object"}])
            assert store.take()[-1][0].startswith("INSERT")

    on_face(program)


@pytest.mark.parametrize("option", [selectinload, subqueryload, joinedload])
def test_what_options_say(on_face: Any, option: Any) -> None:
    """In the place of a JOIN, which RETURNING does not have, by a statement of its own; below other relationships too."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        async with await furnished(store) as session:
            statement = insert(Room).returning(Room).options(option(Room.keeper))
            made = (await session.scalars(statement, [{"id": 5, "name": "x", "keeper_id": 1}])).one()
            assert made.keeper.id == 1
            session.expunge_all()
            wanted = delete(Chair).where(Chair.id == 1).returning(Chair.id, Chair)
            _, chair = (await session.execute(wanted.options(option(Chair.room).selectinload(Room.keeper)))).one()
            assert (chair.room.name, chair.room.keeper.id) == ("hall", 1)

    on_face(program)


def test_options_of_a_select_around_it(on_face: Any) -> None:
    """`select(...).from_statement(...)` with options says the same."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        async with await furnished(store) as session:
            made = insert(Room).values(id=5, name="x", keeper_id=1).returning(Room)
            statement = select(Room).from_statement(made).options(selectinload(Room.keeper))
            assert held(await session.scalars(statement)) == [(5, [], 1)]

    on_face(program)


def test_options_are_remembered(on_face: Any) -> None:
    """What is not to be loaded later says so."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        async with await furnished(store) as session:
            statement = insert(Room).returning(Room).options(raiseload(Room.keeper))
            [room] = (await session.scalars(statement, [{"id": 5, "name": "x"}])).all()
            with pytest.raises(InvalidRequestError, match="'Room.keeper' is not available due to lazy='raise'"):
                room.keeper

    on_face(program)

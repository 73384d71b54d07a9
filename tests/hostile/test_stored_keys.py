"""Keys that were stored as values and go into later statements: of bulk statements, relationships, merges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import ForeignKey, String, delete, func, inspect, select, update
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)
from tests.hostile.world import HOSTILE, World


class Base(DeclarativeBase):
    """Of these classes alone."""


class Person(Base):
    """Its table, and a second one for `Member`: UPDATE and DELETE of the latter collect keys first."""

    __tablename__ = "hostile_person"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(100))
    level: Mapped[int] = mapped_column(default=0)
    notes: Mapped[list[Note]] = relationship(back_populates="person", cascade="all, delete-orphan")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": HOSTILE}


class Member(Person):
    __tablename__ = "hostile_member"
    name: Mapped[str] = mapped_column(String(100), ForeignKey("hostile_person.name"), primary_key=True)
    points: Mapped[int] = mapped_column(default=0)
    __mapper_args__ = {"polymorphic_identity": "member' OR '1'='1"}


class Note(Base):
    __tablename__ = "hostile_note"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    person_name: Mapped[str] = mapped_column(String(100), ForeignKey("hostile_person.name"))
    person: Mapped[Person] = relationship(back_populates="notes")


KEYS = (HOSTILE, "'); DELETE FROM hostile_person; --", "' OR '1'='1", "\\' OR 1=1 --", "a','b", "%s", "?", ":x", "")
ALIVE = ("x", "y")


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    """Members under each of the keys, each with a note, and two more that no statement speaks of."""
    Base.metadata.drop_all(world.engine)
    Base.metadata.create_all(world.engine)
    with Session(world.engine) as session:
        session.add_all(Member(name=key, notes=[Note(name="of " + key)]) for key in KEYS)
        session.add_all(Person(name=key) for key in ALIVE)
        session.commit()
        yield session
        session.rollback()
        assert session.scalars(select(Person.name).where(Person.name.in_(ALIVE), Person.level == 0)).all() == [*ALIVE]
    Base.metadata.drop_all(world.engine)


@pytest.mark.parametrize("how", ["fetch", "auto", False], ids=str)
def test_inlined_ids_of_bulk_statements(session: Session, how: Any) -> None:
    """Statements of a class with two tables, which read the keys and write by them; the rows that are meant and no other."""
    members = session.scalars(select(Member)).all()
    changed = update(Member).where(Member.name.in_(KEYS)).values(points=Member.points + 1, level=5)
    session.execute(changed, execution_options={"synchronize_session": how})
    session.commit()
    assert {(member.points, member.level) for member in members} == {(1, 5)}
    assert session.scalar(select(func.count()).select_from(Person).where(Person.level == 5)) == len(KEYS)
    session.execute(delete(Note).where(Note.person_name.in_(KEYS)))
    removed = delete(Member).where(Member.name != HOSTILE)
    session.execute(removed, execution_options={"synchronize_session": "fetch"})
    session.commit()
    assert session.scalars(select(Member.name)).all() == [HOSTILE]


@pytest.mark.parametrize("load", [selectinload, subqueryload, joinedload])
def test_keys_of_what_is_loaded_after(session: Session, load: Any) -> None:
    """Each member has its own note, by every way of loading."""
    session.expire_all()
    found = session.scalars(select(Member).options(load(Member.notes))).unique().all()
    assert {member.name: [note.name for note in member.notes] for member in found} == {
        key: ["of " + key] for key in KEYS
    }


def test_keys_of_the_unit_of_work(session: Session) -> None:
    """Lists of rows, objects, merges, refreshes, deletes and upserts by key."""
    session.bulk_update_mappings(inspect(Member), [{"name": key, "points": 3, "level": 3} for key in KEYS])
    session.commit()
    for member in session.scalars(select(Member)):
        assert (member.points, member.notes[0].person.level) == (3, 3)
        member.points += 1
    session.commit()
    merged = session.merge_all([Member(name=key, points=9) for key in KEYS])
    session.commit()
    assert {session.get(Member, key) for key in KEYS} == set(merged)
    session.upsert(Note, [{"name": "of " + key, "person_name": key} for key in KEYS], on=["name"])
    for member in merged:
        session.refresh(member)
        session.delete(member)
    session.commit()
    assert session.scalars(select(Note)).all() == []

"""UPDATEs of a flush: only what changed, in key order, with the row counts checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import ForeignKeyConstraint, create_engine, exc, func, inspect, select, text
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.orm.unit_of_work.models import Base, Child, Defaults, Named, NamedLine, Pair, Parent
from tests.orm.unit_of_work.recording import Sent, recorded


@pytest.fixture
def both(face: str) -> Iterator[tuple[Session, Sent]]:
    """A session and the record of what it sends."""
    with recorded(Base.metadata, face) as found:
        yield found


def parents(both: tuple[Session, Sent], count: int) -> list[Parent]:
    """Insert some parents."""
    session, sent = both
    found = [Parent(id=n, name="n", other="o") for n in range(1, count + 1)]
    session.add_all(found)
    session.flush()
    sent.clear()
    return found


def test_only_changed_columns(both: tuple[Session, Sent]) -> None:
    """One batch per run of objects with the same changed columns, sorted by key."""
    session, sent = both
    one, two, three, four = parents(both, 4)
    four.name = "d"
    two.name = "b"
    three.other = "c"
    three.name = "c"
    one.name = "a"
    session.flush()
    assert sent.take() == [
        "UPDATE p SET name=? WHERE p.id = ? [('a', 1), ('b', 2)]",
        "UPDATE p SET name=?, other=? WHERE p.id = ? ('c', 'c', 3)",
        "UPDATE p SET name=? WHERE p.id = ? ('d', 4)",
    ]


def test_nothing_really_changed(both: tuple[Session, Sent]) -> None:
    """A value set to what it is, or set back, sends nothing."""
    session, sent = both
    one, two = parents(both, 2)
    one.name = "n"
    two.name = "x"
    two.name = "n"
    session.flush()
    assert sent.take() == []
    assert not session.dirty


def test_a_deleted_attribute_is_null(both: tuple[Session, Sent]) -> None:
    """``del`` takes the value out of the row."""
    session, sent = both
    [one] = parents(both, 1)
    del one.name
    session.flush()
    assert sent.take() == ["UPDATE p SET name=? WHERE p.id = ? (None, 1)"]


def test_an_expression(both: tuple[Session, Sent]) -> None:
    """It stands in SET by itself; the attribute is read again."""
    session, sent = both
    one, two, three = parents(both, 3)
    one.name = Parent.name + "!"
    two.name = "plain"
    three.name = func.upper("x")
    session.flush()
    assert sent.take() == [
        "UPDATE p SET name=(p.name || ?) WHERE p.id = ? ('!', 1)",
        "UPDATE p SET name=? WHERE p.id = ? ('plain', 2)",
        "UPDATE p SET name=upper(?) WHERE p.id = ? ('x', 3)",
    ]
    assert [one.name, two.name, three.name] == ["n!", "plain", "X"]


def test_a_subquery_as_value(both: tuple[Session, Sent]) -> None:
    """Plain values and expressions of one object go in one statement."""
    session, sent = both
    [one] = parents(both, 1)
    one.name = select(func.count()).select_from(Child.__table__).scalar_subquery()
    one.other = "x"
    session.flush()
    assert sent.take() == [
        "UPDATE p SET name=(SELECT count(*) AS count_1 FROM c), other=? WHERE p.id = ? ('x', 1)",
    ]


def test_onupdate(both: tuple[Session, Sent]) -> None:
    """Python's values go into the attribute; the database's are read again."""
    session, sent = both
    one = Defaults(id=1, given=2)
    session.add(one)
    session.flush()
    sent.clear()
    one.given = 3
    session.flush()
    assert sent.take() == ["UPDATE d SET given=?, at_update=?, sql_at_update=1+1 WHERE d.id = ? (3, 8, 1)"]
    assert one.at_update == 8
    assert sent.take() == []
    assert one.sql_at_update == 2
    assert sent.take()[0].startswith("SELECT")


def test_a_row_that_is_gone(both: tuple[Session, Sent]) -> None:
    """The count of matched rows tells; nothing is half done in memory."""
    session, _ = both
    one, two = parents(both, 2)
    session.execute(text("DELETE FROM p WHERE id = 1"))
    one.name = "q"
    two.name = "z"
    with pytest.raises(
        exc.StaleDataError, match=r"UPDATE statement on table 'p' expected to update 2 row\(s\); 1 were matched\."
    ):
        session.flush()


def test_a_key_that_changes(both: tuple[Session, Sent]) -> None:
    """The row is found by the old key; the object then has the new one."""
    session, sent = both
    one, two = Pair(a=2, b="x"), Pair(a=1, b="y")
    session.add_all([one, two])
    session.flush()
    sent.clear()
    one.b = "new"
    two.v = 9
    session.flush()
    assert sent.take() == [
        "UPDATE k SET v=? WHERE k.a = ? AND k.b = ? (9, 1, 'y')",
        "UPDATE k SET b=? WHERE k.a = ? AND k.b = ? ('new', 2, 'x')",
    ]
    assert inspect(one).identity == (2, "new")
    assert session.get(Pair, (2, "new")) is one
    session.rollback()
    assert inspect(one).identity is None


def test_members_follow_a_changed_key(both: tuple[Session, Sent]) -> None:
    """Their rows follow by ON UPDATE CASCADE; in memory they follow at once."""
    session, sent = both
    line = NamedLine(n=1)
    one = Named(code="a", lines=[line])
    session.add(one)
    session.flush()
    sent.clear()
    one.code = "b"
    session.flush()
    assert sent.take() == ["UPDATE named SET code=? WHERE named.code = ? ('b', 'a')"]
    assert line.code == "b"


def test_a_foreign_key_that_is_part_of_the_key(both: tuple[Session, Sent]) -> None:
    """It comes from a parent inserted in the same flush; the row can not lose it."""
    session, sent = both
    first, second = NamedLine(n=1, named=Named(code="a")), NamedLine(n=1, named=Named(code="b"))
    session.add_all([first, second])
    session.flush()
    assert sent.take() == [
        "INSERT INTO named (code, v) VALUES (?, ?) [('a', None), ('b', None)]",
        "INSERT INTO named_line (code, n) VALUES (?, ?) [('a', 1), ('b', 1)]",
    ]
    second.named = None
    with pytest.raises(AssertionError, match=r"Dependency rule on column 'named\.code' tried to blank-out primary key"):
        session.flush()


def test_moving_a_child(both: tuple[Session, Sent]) -> None:
    """By either side of the relationship: one UPDATE of the foreign key."""
    session, sent = both
    one, two = parents(both, 2)
    child = Child(p=one)
    session.add(child)
    session.flush()
    sent.clear()
    child.p = two
    session.flush()
    assert sent.take() == ["UPDATE c SET p_id=? WHERE c.id = ? (2, 1)"]
    one.cs.append(child)
    session.flush()
    assert sent.writes() == ["UPDATE c SET p_id=? WHERE c.id = ? (1, 1)"]
    one.cs.remove(child)
    session.flush()
    assert sent.writes() == ["UPDATE c SET p_id=? WHERE c.id = ? (None, 1)"]


def test_moving_a_child_to_a_new_parent(both: tuple[Session, Sent]) -> None:
    """The parent is inserted first, then the child's row refers to it."""
    session, sent = both
    [one] = parents(both, 1)
    child = Child(p=one)
    session.add(child)
    session.flush()
    sent.clear()
    child.p = Parent(name="new")
    session.flush()
    assert sent.take() == [
        "INSERT INTO p (name, other) VALUES (?, ?) ('new', None)",
        "UPDATE c SET p_id=? WHERE c.id = ? (2, 1)",
    ]


def test_the_relationship_wins_over_the_foreign_key(both: tuple[Session, Sent]) -> None:
    """Both were set: what the relationship says is written."""
    session, sent = both
    one, two = parents(both, 2)
    child = Child(p=one)
    session.add(child)
    session.flush()
    sent.clear()
    child.p_id = 77
    child.p = two
    session.flush()
    assert sent.take() == ["UPDATE c SET p_id=? WHERE c.id = ? (2, 1)"]
    assert child.p_id == 2


def test_a_reference_by_a_key_that_was_given_in_part():
    """A part of the key that was never given is NULL in what refers to it, in the same flush."""

    class Own(DeclarativeBase):
        """Base of this test's classes."""

    class Place(Own):
        """Stands in a row, perhaps on a shelf."""

        __tablename__ = "places"
        row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        shelf: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, nullable=True)

    class Thing(Own):
        """Has a place."""

        __tablename__ = "things"
        __table_args__ = (ForeignKeyConstraint(["row", "shelf"], ["places.row", "places.shelf"]),)
        id: Mapped[int] = mapped_column(primary_key=True)
        row: Mapped[int | None]
        shelf: Mapped[int | None]
        place: Mapped[Any] = relationship(Place)

    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as session:
        thing = Thing(id=1, place=Place(row=1, shelf=2))
        session.add(thing)
        session.flush()
        thing.place = Place(row=3)
        session.flush()
        assert (thing.row, thing.shelf, thing.place.shelf) == (3, None, None)
        session.expire_all()
        assert (thing.place.row, thing.place.shelf) == (3, None)
        thing.place.row = 4
        with pytest.raises(
            exc.FlushError, match="Can't update table places using NULL for primary key value on column places"
        ):
            session.flush()
    engine.dispose()

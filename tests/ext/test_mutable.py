"""Mutable values: what is linked and what is not, classes of all kinds, pickling; what each change does is compared with the
oracle in tests/differential."""

import copy
import gc
import pickle
import weakref
from dataclasses import dataclass
from typing import Any

import pytest

from holdfast import JSON, Integer, create_engine, event, inspect, select
from holdfast.ext.mutable import MutableComposite, MutableDict, MutableList
from holdfast.orm import DeclarativeBase, Mapped, Session, composite, mapped_column, validates


class Base(DeclarativeBase):
    """Base of the test's classes."""


@dataclass
class Point(MutableComposite):
    """A point that tells of changes."""

    x: int
    y: int

    def __setattr__(self, key: str, value: object) -> None:
        object.__setattr__(self, key, value)
        self.changed()


class Thing(Base):
    """Has one value of each kind."""

    __tablename__ = "t"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[dict[str, Any] | None] = mapped_column(MutableDict.as_mutable(JSON()))
    numbers: Mapped[list[int] | None] = mapped_column(MutableList.as_mutable(JSON()))
    point: Mapped[Point] = composite(mapped_column("x", Integer), mapped_column("y", Integer))

    @validates("words")
    def check(self, key: str, value: Any) -> Any:
        """Add a word."""
        return None if value is None else {**value, "checked": True}


class Picky(Base):
    """Has a __setattr__ of its own."""

    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[dict[str, Any] | None] = mapped_column(MutableDict.as_mutable(JSON()))

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Thing(id=1, words={"a": 1}, numbers=[1], point=Point(1, 2)))
        session.add(Picky(id=1, words={"a": 1}))
        session.commit()
        yield session
    engine.dispose()


def test_a_program_s_validator_comes_first(session: Session) -> None:
    """What the validator returns is made mutable; loaded values are not validated again."""
    thing = session.get_one(Thing, 1)
    assert thing.words == {"a": 1, "checked": True}
    thing.words = {"b": 1}
    assert isinstance(thing.words, MutableDict)
    assert thing.words == {"b": 1, "checked": True}


def test_rows_load_without_a_listener(session: Session) -> None:
    """The value is linked when it is read: loading costs nothing."""
    thing = session.get_one(Thing, 1)
    assert type(vars(thing)["words"]) is dict
    assert isinstance(thing.words, MutableDict)
    assert vars(thing)["words"] is thing.words
    assert thing not in session.dirty


def test_a_class_with_its_own_setattr(session: Session) -> None:
    """Storing goes through the class's method, and is tracked."""
    picky = session.get_one(Picky, 1)
    assert picky.words is not None
    picky.words["b"] = 2
    assert session.dirty == {picky}
    picky.words = {"c": 3}
    session.commit()
    assert picky.words == {"c": 3}
    picky.words["d"] = 4
    session.commit()
    assert session.scalars(select(Picky.words)).all() == [{"c": 3, "d": 4}]


def test_columns_of_statements_give_plain_values(session: Session) -> None:
    """What has no object has nobody to tell."""
    assert type(session.scalars(select(Thing.words)).one()) is dict


def test_pickled_values_leave_their_holders_behind(session: Session) -> None:
    """Values and objects are pickled; the object links its values again."""
    thing = session.get_one(Thing, 1)
    thing.words, thing.point
    session.expunge(thing)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        found = pickle.loads(pickle.dumps(thing, protocol))
        assert (found.words, found.point) == ({"a": 1, "checked": True}, Point(1, 2))
        session.add(found)
        found.words["b"] = 2
        found.point.x = 5
        assert found in session.dirty and inspect(found).attrs.x.history.added == [5]
        session.expunge(found)
    value = pickle.loads(pickle.dumps(thing.words))
    assert value == thing.words and not value._parents


@pytest.mark.parametrize("of", [copy.copy, copy.deepcopy])
def test_a_copied_object_has_its_own_link(session: Session, of: Any) -> None:
    """Changing the copy's value marks the copy."""
    thing = session.get_one(Thing, 1)
    _ = thing.words
    made = of(thing)
    made.id = 2
    session.add(made)
    session.flush()
    made.words["c"] = 1
    assert made in session.dirty


def test_a_value_keeps_no_object(session: Session) -> None:
    """A value that outlives its object forgets it."""
    thing = session.get_one(Thing, 1)
    words: Any = thing.words
    gone = weakref.ref(thing)
    del thing
    session.expunge_all()
    gc.collect()
    assert gone() is None
    words["x"] = 1
    assert not words._parents


def test_an_attribute_that_is_deleted(session: Session) -> None:
    """Deleting sets NULL, as with every column."""
    thing = session.get_one(Thing, 1)
    del thing.numbers
    session.commit()
    assert thing.numbers is None


def test_listeners_hear_of_flushes(session: Session) -> None:
    """A change in place is one UPDATE of that column alone."""
    sent: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda c, cursor, text, *rest: sent.append(text))
    thing = session.get_one(Thing, 1)
    assert thing.numbers is not None
    sent.clear()
    thing.numbers.append(2)
    thing.numbers.append(3)
    session.flush()
    assert sent == ["UPDATE t SET numbers=? WHERE t.id = ?"]
    session.flush()
    assert len(sent) == 1

"""Whatever is done to whichever side of a relationship, both sides say the same, before and after a flush."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast import Column, Engine, ForeignKey, Integer, Table, delete
from holdfast.orm import DeclarativeBase, Session, attribute_keyed_dict, relationship


class Base(DeclarativeBase):
    pass


links = Table(
    "both_links",
    Base.metadata,
    Column("left_id", ForeignKey("both_lefts.id"), primary_key=True),
    Column("right_id", ForeignKey("both_rights.id"), primary_key=True),
)


class Left(Base):
    __tablename__ = "both_lefts"
    id = Column(Integer, primary_key=True)
    rights = relationship("Right", secondary=links, back_populates="lefts")
    listed = relationship("Listed", back_populates="owner")
    gathered = relationship("Gathered", back_populates="owner", collection_class=set)
    named = relationship("Named", back_populates="owner", collection_class=attribute_keyed_dict("name"))
    only = relationship("Only", back_populates="owner", uselist=False)


class Right(Base):
    __tablename__ = "both_rights"
    id = Column(Integer, primary_key=True)
    lefts = relationship("Left", secondary=links, back_populates="rights", collection_class=set)


def owned(class_name: str, back: str, **more: Any) -> Any:
    """Map a class whose objects have one owner."""
    body = {
        "__tablename__": f"both_{class_name.lower()}",
        "id": Column(Integer, primary_key=True),
        "owner_id": Column(ForeignKey("both_lefts.id")),
        "owner": relationship("Left", back_populates=back),
    }
    return type(class_name, (Base,), {**body, **more})


Listed, Gathered, Only = owned("Listed", "listed"), owned("Gathered", "gathered"), owned("Only", "only")
Named = owned("Named", "named", name=Column(Integer))

SIDES = {
    "rights": (Right, "lefts"),
    "listed": (Listed, "owner"),
    "gathered": (Gathered, "owner"),
    "named": (Named, "owner"),
    "only": (Only, "owner"),
}


def members(value: Any) -> list[Any]:
    """Return what a side refers to."""
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, set)) else [value]


def take_in(instance: Any, key: str, member: Any) -> None:
    """Let a side refer to one more object."""
    value = getattr(instance, key)
    if isinstance(value, dict):
        value[member.name] = member
    elif isinstance(value, list):
        if member not in value:
            value.append(member)
    elif isinstance(value, set):
        value.add(member)
    else:
        setattr(instance, key, member)


def take_out(instance: Any, key: str, member: Any) -> None:
    """Let a side refer to one object less."""
    value = getattr(instance, key)
    if member not in members(value):
        return
    if isinstance(value, dict):
        del value[member.name]
    elif isinstance(value, (list, set)):
        value.remove(member)
    else:
        setattr(instance, key, None)


def replace(instance: Any, key: str, chosen: list[Any]) -> None:
    """Put other objects in the place of those that a side refers to."""
    value = getattr(instance, key)
    if isinstance(value, dict):
        setattr(instance, key, {member.name: member for member in chosen})
    elif isinstance(value, (list, set)):
        setattr(instance, key, set(chosen) if isinstance(value, set) else list(chosen))
    else:
        setattr(instance, key, chosen[-1] if chosen else None)


def assert_equal_sides(lefts: list[Any], others: list[Any], key: str, back: str) -> None:
    """Each pair is there on both sides or on none."""
    seen = {(id(left), id(other)) for left in lefts for other in members(getattr(left, key))}
    told = {(id(left), id(other)) for other in others for left in members(getattr(other, back))}
    assert seen == told


STEP = st.tuples(st.sampled_from(("in", "out", "replace")), st.booleans(), *[st.integers(0, 3)] * 3)


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """The engine, on a database that has the tables: made once for all examples."""
    Base.metadata.create_all(engine)
    return engine


@pytest.mark.parametrize("key", SIDES)
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(STEP, st.sampled_from(("flush", "commit", "rollback"))), max_size=14))
def test_both_sides_agree(tables: Engine, key: str, steps: list[Any]) -> None:
    """After every step, and in the rows after the last one."""
    kind, back = SIDES[key]
    with Session(tables) as session:
        lefts = [Left(id=number) for number in range(1, 5)]
        others = [kind(id=number, **({"name": number} if key == "named" else {})) for number in range(1, 5)]
        session.add_all([*lefts, *others])
        session.commit()
        for step in steps:
            if isinstance(step, str):
                getattr(session, step)()
            else:
                what, from_left, first, second, third = step
                near, there, far = (lefts, key, others) if from_left else (others, back, lefts)
                if what == "in":
                    take_in(near[first], there, far[second])
                elif what == "out":
                    take_out(near[first], there, far[second])
                else:
                    replace(near[first], there, [far[place] for place in dict.fromkeys((second, third))])
            assert_equal_sides(lefts, others, key, back)
        session.commit()
        session.expire_all()
        assert_equal_sides(lefts, others, key, back)
        # The next example begins with no rows.
        for table in (links, kind.__table__, Left.__table__):
            session.execute(delete(table))
        session.commit()

"""Statements that write classes of several tables: values made at an UPDATE, and values of the statement and of the call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import holdfast as hf
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """Base of the classes."""


class Boat(Base):
    """A boat counts its refits, by itself."""

    __tablename__ = "boat"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    refits: Mapped[int] = mapped_column(default=0, onupdate=7)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "boat"}


class Ferry(Boat):
    """A boat with a second table."""

    __tablename__ = "ferry"

    id: Mapped[int] = mapped_column(hf.ForeignKey("boat.id"), primary_key=True)
    cars: Mapped[int]
    painted: Mapped[int] = mapped_column(default=0, onupdate=5)
    __mapper_args__ = {"polymorphic_identity": "ferry"}


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with two ferries, which are in it."""
    engine = hf.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Ferry(name="a", cars=1), Ferry(name="b", cars=2)])
        session.commit()
        yield session
    engine.dispose()


def rows(session: Session) -> list[tuple[object, ...]]:
    """Return name, refits, cars and painted of each row."""
    sql = "SELECT name, refits, cars, painted FROM boat JOIN ferry ON ferry.id = boat.id ORDER BY boat.id"
    return [tuple(row) for row in session.connection().exec_driver_sql(sql)]


@pytest.mark.parametrize("strategy", ["evaluate", "fetch", "auto"])
def test_each_table_that_is_written_makes_its_values(session: Session, strategy: str) -> None:
    """The table that no value is for is not written, and its column stays; objects know what was made."""
    ferries = session.scalars(hf.select(Ferry).order_by(Ferry.id)).all()
    assert [(ferry.refits, ferry.painted) for ferry in ferries] == [(0, 0), (0, 0)]
    how = {"synchronize_session": strategy}
    session.execute(hf.update(Ferry).where(Ferry.cars == 1).values(cars=3), execution_options=how)
    assert rows(session) == [("a", 0, 3, 5), ("b", 0, 2, 0)]
    session.execute(hf.update(Ferry).where(Ferry.cars == 2).values(name="c", cars=4), execution_options=how)
    assert rows(session) == [("a", 0, 3, 5), ("c", 7, 4, 5)]
    session.execute(hf.update(Boat).where(Boat.name == "a").values(name="d"), execution_options=how)
    assert rows(session) == [("d", 7, 3, 5), ("c", 7, 4, 5)]
    assert [(ferry.name, ferry.refits, ferry.cars, ferry.painted) for ferry in ferries] == rows(session)


def test_values_of_the_statement_and_of_the_call_make_one_row(session: Session) -> None:
    """What both have, the call decides."""
    session.execute(
        hf.insert(Boat).values(name="x", refits=1), [{"name": "e"}, {"name": "f", "refits": 2}, {"refits": 3}]
    )
    found = session.execute(hf.select(Boat.name, Boat.refits).where(Boat.kind == "boat").order_by(Boat.id)).all()
    assert found == [("e", 1), ("f", 2), ("x", 3)]

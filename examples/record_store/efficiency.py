"""Three ways to add 1 to a column of every row, in one program, and what each of them costs.

The loop loads every object, the two others let the database calculate: one statement, no object. All three may be
mixed in one session; `RaceResult.total` proves that each of them counted.
"""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from holdfast import create_engine, func, select, update
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """Keeps this program's table apart from those of the store."""


class Stuff(Base):
    """A row with something to count in it."""

    __tablename__ = "stuff"

    id: Mapped[int] = mapped_column(primary_key=True)
    foo: Mapped[int]


class Timing(NamedTuple):
    """One way, in words, and the seconds from its first line to the end of its commit."""

    way: str
    seconds: float


class RaceResult(NamedTuple):
    """The timings, slowest idea first, and the sum of the column when all was done."""

    timings: list[Timing]
    total: int


def loop_over_objects(session: Session) -> None:
    """Load every object and change its attribute; the flush writes them in one batch."""
    for stuff in session.scalars(select(Stuff)):
        stuff.foo += 1


def bulk_through_query(session: Session) -> None:
    """Let the ORM send one UPDATE; False spares it looking for objects that the session might hold."""
    session.query(Stuff).update({Stuff.foo: Stuff.foo + 1}, synchronize_session=False)


def statement_on_table(session: Session) -> None:
    """Send the UPDATE of the SQL layer, over the table and not the class, in the session's transaction."""
    table = Base.metadata.tables[Stuff.__tablename__]
    session.execute(update(table).values({table.c.foo: table.c.foo + 1}))


WAYS: dict[str, Callable[[Session], None]] = {
    "loop over objects, then commit": loop_over_objects,
    "session.query(Stuff).update(...)": bulk_through_query,
    "session.execute(update(table)...)": statement_on_table,
}


def race(file: Path, rows: int) -> RaceResult:
    """Run the three ways, each in a session and a transaction of its own, on a new SQLite file.

    Args: file: must not exist yet. rows: how many rows the table gets, each with foo = 0.
    """
    engine = create_engine(f"sqlite:///{file}")
    try:
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all(Stuff(foo=0) for _ in range(rows))
            session.commit()
        timings = [Timing(name, seconds_for(way, Session(engine))) for name, way in WAYS.items()]
        with Session(engine) as session:
            total = session.execute(select(func.sum(Stuff.foo))).scalar_one()
    finally:
        engine.dispose()
    return RaceResult(timings, total)


def seconds_for(way: Callable[[Session], None], session: Session) -> float:
    """Return how long one way takes, its commit included; the session is closed afterwards."""
    with session:
        start = perf_counter()
        way(session)
        session.commit()
        return perf_counter() - start

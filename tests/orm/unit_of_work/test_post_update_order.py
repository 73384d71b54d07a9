"""The order in which `post_update` writes rows: new ones as they were inserted, those that were there by their keys."""

from __future__ import annotations

from typing import Any

import pytest

import holdfast as hf
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the class."""


class Stop(Base):
    """A stop of a round trip, whose last one leads to the first."""

    __tablename__ = "stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    next_id: Mapped[int | None] = mapped_column(hf.ForeignKey("stop.id"))
    next: Mapped[Stop | None] = relationship(remote_side=[id], post_update=True)


@pytest.mark.parametrize("order", [(3, 1, 2), (2, 3, 1), (1, 2, 3)])
def test_rows_that_were_there_are_written_in_key_order(order: tuple[int, ...]) -> None:
    """Whatever changed first: so that two sessions do not lock each other's rows crosswise. New rows come before."""
    engine = hf.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Stop(id=number) for number in order])
        session.commit()
        stops = {number: session.get_one(Stop, number) for number in (1, 2, 3)}
        for number in order:
            stops[number].next = stops[number % 3 + 1]
        new = [Stop(id=9, next=stops[1]), Stop(id=8, next=stops[2])]
        session.add_all(new)
        sent: list[tuple[str, Any]] = []
        hf.event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, rows, *_: sent.append((sql, rows)))
        session.flush()
        batches = [rows for sql, rows in sent if sql.startswith("UPDATE")]
        written = [row for rows in batches for row in (rows if isinstance(rows[0], tuple) else [rows])]
        assert written == [(1, 9), (2, 8), (2, 1), (3, 2), (1, 3)]
        session.commit()
        assert {stop.id: stop.next_id for stop in session.scalars(hf.select(Stop))} == {1: 2, 2: 3, 3: 1, 8: 2, 9: 1}
    engine.dispose()

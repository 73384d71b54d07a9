"""Sessions leave nothing behind: no cycles that wait for the collector, no register that holds them."""

import gc
import sys
import weakref

import pytest

from holdfast import insert, inspect, select
from holdfast.orm import Session, close_all_sessions, object_session, selectinload
from tests.orm.session.models import Book, Writer


@pytest.fixture
def no_collector():
    """Only reference counts free anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_closed_session_is_freed_at_once(plain_engine, no_collector):
    """After work of every kind."""
    session = Session(plain_engine)
    with session.begin() as transaction:
        session.add(Writer(name="a"))
        with session.begin_nested():
            session.add(Writer(name="b"))
    del transaction
    kept = session.get(Writer, 1)
    session.close()
    gone = weakref.ref(session)
    del session
    assert gone() is None
    assert inspect(kept).detached and object_session(kept) is None


def test_an_object_does_not_hold_its_session(plain_engine, no_collector):
    """A session that is let go without close is gone too, and its connection is back."""
    session = Session(plain_engine, expire_on_commit=False)
    writer = Writer(name="a")
    session.add(writer)
    session.commit()
    gone = weakref.ref(session)
    del session
    assert gone() is None and inspect(writer).detached and writer.name == "a"


PER_ROUND = 2000
"""Objects that are loaded and dropped at a time."""


def _one_session(engine, statement):
    """One session loads all, again and again."""
    with Session(engine) as session:
        while True:
            yield session.scalars(statement).all()


def _many_sessions(engine, statement):
    """Each time another session."""
    while True:
        with Session(engine) as session:
            yield session.scalars(statement).all()


@pytest.mark.parametrize("total", [300_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("graphs", ["plain", "cyclic"])
@pytest.mark.parametrize("sessions", [_one_session, _many_sessions], ids=["one session", "many sessions"])
def test_what_was_dropped_takes_no_room(file_engine, sessions, graphs, total):
    """Objects loaded and dropped: what is allocated does not grow with their number.

    Those that refer to each other wait for the collector, which comes by often enough.
    """
    is_cyclic = graphs == "cyclic"
    per_writer = 4
    writers = PER_ROUND // (per_writer + 1) if is_cyclic else PER_ROUND
    with file_engine.begin() as connection:
        connection.execute(insert(Writer), [{"id": number, "name": str(number)} for number in range(1, writers + 1)])
        if is_cyclic:
            books = [
                {"title": "t", "writer_id": number, "id": number * per_writer + part}
                for number in range(1, writers + 1)
                for part in range(per_writer)
            ]
            connection.execute(insert(Book), books)
    statement = select(Writer)
    if is_cyclic:
        statement = statement.options(selectinload(Writer.books).selectinload(Book.writer))
    levels = []
    rounds = total // PER_ROUND
    loading = sessions(file_engine, statement)
    for _ in range(rounds):
        found = next(loading)
        assert len(found) == writers
        del found
        levels.append(sys.getallocatedblocks())
    loading.close()
    # The collector's turns come in waves: their crests are compared, those of the second half with those of the first.
    half = rounds // 2
    # Crests differ by the phase in which the halves are cut; what is kept for good would be half as much again.
    assert max(levels[half:]) <= max(levels[:half]) * 1.3


def test_close_all_sessions(file_engine):
    """Every session that there is; those of other tests are closed already."""
    sessions = [Session(file_engine) for _ in range(3)]
    writers = [Writer(name=str(number)) for number in range(3)]
    for session, writer in zip(sessions, writers, strict=True):
        session.add(writer)
    close_all_sessions()
    assert all(inspect(writer).transient for writer in writers)
    assert not any(session.in_transaction() for session in sessions)


def test_a_session_without_an_engine():
    """It can be made, and given an engine later."""
    assert Session().bind is None

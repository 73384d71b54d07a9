"""Sessions leave nothing behind: no cycles that wait for the collector, no register that holds them."""

import gc
import weakref

import pytest

from holdfast import inspect
from holdfast.orm import Session, close_all_sessions, object_session
from tests.orm.session.models import Writer


@pytest.fixture
def no_collector():
    """Only reference counts free anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_closed_session_is_freed_at_once(file_engine, no_collector):
    """After work of every kind."""
    session = Session(file_engine)
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


def test_an_object_does_not_hold_its_session(file_engine, no_collector):
    """A session that is let go without close is gone too, and its connection is back."""
    session = Session(file_engine, expire_on_commit=False)
    writer = Writer(name="a")
    session.add(writer)
    session.commit()
    gone = weakref.ref(session)
    del session
    assert gone() is None and inspect(writer).detached and writer.name == "a"


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

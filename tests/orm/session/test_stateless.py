"""StatelessSession: what goes out and comes in at each call, and that nothing is kept."""

import gc
import weakref

import pytest

from holdfast import event, exc, inspect, select, update
from holdfast.orm import StatelessSession
from holdfast.orm.exc import DetachedInstanceError, StaleDataError
from tests.orm.session.models import Book, Writer


@pytest.fixture
def sent(file_engine):
    """The statements that were sent."""
    texts = []
    event.listen(file_engine, "before_cursor_execute", lambda *told: texts.append(" ".join(told[2].split())))
    return texts


def test_insert_sends_at_once_and_fills_keys(file_engine, sent):
    """The object is detached afterwards, and has its key."""
    with StatelessSession(file_engine) as session:
        writer = Writer(name="a")
        session.insert(writer)
        assert sent == ["INSERT INTO writer (name, born) VALUES (?, ?)"]
        assert writer.id == 1 and inspect(writer).detached
        session.insert_all([Writer(name=name, books=[Book(title="of " + name)]) for name in "bc"])
        session.commit()
        assert session.scalars(select(Book.title).order_by(Book.id)).all() == ["of b", "of c"]


def test_update_sends_what_was_changed(file_engine, sent):
    """Of an object that was read, the changed columns; of one made by hand, all that it has."""
    with StatelessSession(file_engine) as session, session.begin():
        session.insert(Writer(name="a", born=1900))
        writer = session.get(Writer, 1)
        sent.clear()
        writer.name = "b"
        session.update(writer)
        session.update(writer)
        session.update(Writer(id=1, born=1901))
        assert sent == ["UPDATE writer SET name=? WHERE writer.id = ?", "UPDATE writer SET born=? WHERE writer.id = ?"]
        assert session.get(Writer, 1).born == 1901
    with StatelessSession(file_engine) as session, pytest.raises(StaleDataError):
        session.update(Writer(id=99, name="nobody"))


def test_delete(file_engine, sent):
    """By an object that was read, or by a key alone."""
    with StatelessSession(file_engine) as session, session.begin():
        session.insert_all([Writer(name="a"), Writer(name="b")])
        session.delete(session.get(Writer, 1))
        session.delete(Writer(id=2, name="b"))
        assert session.scalars(select(Writer)).all() == []


def test_each_read_gives_an_object_of_its_own(file_engine):
    """No identity map: two reads, two objects; within one result one row is one object."""
    with StatelessSession(file_engine) as session:
        session.insert(Writer(name="a"))
        one, two = session.get(Writer, 1), session.get(Writer, 1)
        assert one is not two and one.name == two.name == "a"
        one.name = "changed"
        assert session.get(Writer, 1).name == "a"
        twice = session.execute(select(Writer, Writer)).one()
        assert twice[0] is twice[1]


def test_nothing_is_loaded_lazily(file_engine):
    """An object that is in no session says so."""
    with StatelessSession(file_engine) as session:
        session.insert(Writer(name="a"))
        with pytest.raises(DetachedInstanceError):
            session.get(Writer, 1).books


def test_nothing_is_kept(file_engine):
    """Objects die when the program lets go of them, inserted, read, streamed or deleted ones."""
    with StatelessSession(file_engine) as session, session.begin():
        session.insert_all([Writer(name=str(number)) for number in range(100)])
        seen = weakref.WeakSet()
        alive = []
        options = {"yield_per": 10}
        for writer in session.scalars(select(Writer), execution_options=options):
            seen.add(writer)
            alive.append(len(seen))
        del writer
        assert max(alive) <= 20
        gc.collect()
        assert not seen
        inner = session._session
        assert not inner.transaction.inserted and not len(inner.identity_map)
        session.delete_all(session.scalars(select(Writer)).all())
        gc.collect()
        assert not inner.transaction.removed


def test_bulk_statements(file_engine):
    """They run as they are; there is nothing to keep in step."""
    with StatelessSession(file_engine) as session, session.begin():
        session.insert(Writer(name="a"))
        assert session.execute(update(Writer).values(born=7)).rowcount == 1
        assert session.scalar(select(Writer.born)) == 7


def test_wrong_uses(file_engine):
    """A row cannot be inserted twice; an object without a key has none to update."""
    with StatelessSession(file_engine) as session:
        writer = Writer(name="a")
        session.insert(writer)
        with pytest.raises(exc.InvalidRequestError, match="has a row already"):
            session.insert(writer)
        with pytest.raises(exc.InvalidRequestError, match="no primary key"):
            session.update(Writer(name="b"))


def test_rollback_and_close(file_engine):
    """What was not committed is gone; objects stay what they are."""
    with StatelessSession(file_engine) as session:
        writer = Writer(name="a")
        session.insert(writer)
        session.rollback()
        assert writer.name == "a" and session.scalars(select(Writer)).all() == []
        assert session.in_transaction()
    assert file_engine.pool.checkedout() == 0


def test_its_connection(file_engine):
    """It is that of the transaction: what was inserted is seen there before the commit."""
    with StatelessSession(file_engine) as session:
        session.insert(Writer(name="a"))
        connection = session.connection()
        assert connection.scalar(select(Writer.name)) == "a"
        assert connection.engine is file_engine
        session.rollback()

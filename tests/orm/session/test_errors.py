"""Errors of the session name the place, the objects and the way out."""

import re
from pathlib import Path

import pytest

from holdfast import exc, inspect, select
from holdfast.orm import Session, load_only, sessionmaker
from holdfast.orm.exc import DetachedInstanceError
from tests.orm.session.models import Book, Chapter, Writer

THIS_FILE = Path(__file__).name


def test_an_object_offered_to_a_second_session(plain_engine):
    """Both sessions are named, with the places where they were opened, and two ways out."""
    make = sessionmaker(plain_engine)
    with make() as first, Session(plain_engine) as second:
        writer = Writer(name="a")
        first.add(writer)
        with pytest.raises(exc.InvalidRequestError) as refused:
            second.add(writer)
        message = str(refused.value)
        assert re.search(rf"already attached to session '{first.hash_key}' \(this is '{second.hash_key}'\)", message), (
            message
        )
        line = re.search(rf"was added to and not flushed yet, was opened at {THIS_FILE}:(\d+) ", message)
        other = re.search(rf"this one at {THIS_FILE}:(\d+) ", message)
        assert line and other and line[1] == other[1], message
        assert "expunge(obj)" in message and "session.merge(obj)" in message
        first.flush()
        with pytest.raises(exc.InvalidRequestError, match="which it was loaded in or added to"):
            second.add(writer)
        first.rollback()


def test_pending_rollback_names_the_first_failure(plain_engine):
    """Cause, statement, objects and the line that flushed."""
    with Session(plain_engine) as session:
        session.add(Writer(name="a"))
        session.commit()
        twin = Writer(name="a")
        session.add(twin)
        try:
            session.flush()  # this line
        except exc.IntegrityError as error:
            first = error
        with pytest.raises(exc.PendingRollbackError) as refused:
            session.scalars(select(Writer))
        line = 1 + Path(__file__).read_text().split("\n").index("            session.flush()  # this line")
        assert refused.value.__cause__ is first is refused.value.cause
        assert refused.value.statement.startswith("INSERT INTO writer")
        assert refused.value.objects == (twin,)
        assert refused.value.place == f"{THIS_FILE}:{line} (test_pending_rollback_names_the_first_failure)"
        assert f"The flush failed at {refused.value.place}" in str(refused.value)
        session.rollback()
        assert len(session.scalars(select(Writer)).all()) == 1


def test_one_object_is_proven(on_face):
    """A statement of one row, or NOT NULL with one object that has none."""

    async def program(store):
        async with store.session() as session:
            good, bad = Book(id=1, title="one"), Book(id=2, title=None)
            session.add_all([good, bad])
            with pytest.raises(exc.NotNullViolation) as failed:
                await session.flush()
            assert failed.value.objects == (bad,) and failed.value.obj is bad
            await session.rollback()
            twins = [Writer(name="a"), Writer(name="a")]
            session.add_all(twins)
            with pytest.raises(exc.UniqueViolation) as failed:
                await session.flush()
            assert failed.value.objects == tuple(twins) and failed.value.obj is None

    on_face(program)


def test_who_refers_to_nothing_is_no_suspect(on_face):
    """Of a broken foreign key only those that have one can be guilty."""

    async def program(store):
        async with store.session() as session:
            free, bound = Book(id=1, title="free", writer_id=None), Book(id=2, title="bound", writer_id=77)
            session.add_all([free, bound])
            with pytest.raises(exc.ForeignKeyViolation) as failed:
                await session.commit()
            # SQLite does not tell the columns.
            assert failed.value.objects in ((bound,), (free, bound))
            await session.rollback()

    on_face(program)


def test_detached_objects_tell_three_ways_out(file_engine):
    """One text for relationships, one for expired values, one for columns that the query left out."""
    with Session(file_engine) as session:
        session.add_all([Writer(name="a"), Writer(name="b")])
        session.commit()
        loaded, expired = session.get(Writer, 1), session.get(Writer, 2)
        loaded.name
        session.expire(expired)
    with pytest.raises(DetachedInstanceError) as refused:
        loaded.books
    for way in ("options(selectinload(Writer.books))", "while the session is open", "session.add(obj)"):
        assert way in str(refused.value)
    with pytest.raises(DetachedInstanceError) as refused:
        expired.name
    assert "attribute refresh operation cannot proceed" in str(refused.value)
    for way in ("expire_on_commit=False", "while the session is open", "session.add(obj)"):
        assert way in str(refused.value)
    with Session(file_engine) as session:
        partial = session.scalars(select(Writer).options(load_only(Writer.name))).first()
    with pytest.raises(DetachedInstanceError) as refused:
        partial.born
    assert "deferred load operation of attribute 'born' cannot proceed" in str(refused.value)
    for way in ("options(undefer(Writer.born))", "while the session is open", "session.add(obj)"):
        assert way in str(refused.value)


def test_an_error_in_before_flush_is_the_listeners_own(file_engine):
    """Nothing was sent, so nothing is rolled back, and the session goes on."""
    from holdfast import event

    with Session(file_engine) as session:
        session.add(Writer(name="a"))
        event.listen(session, "before_flush", _refuse, once=True)
        with pytest.raises(ValueError, match="not today"):
            session.flush()
        session.flush()
        assert inspect(session.get(Writer, 1)).persistent


def _refuse(session, context, instances):
    raise ValueError("not today")


def test_values_stay_out_of_messages(file_engine):
    """No message of these holds a user's value."""
    with Session(file_engine) as session:
        session.add_all([Chapter(book_id=1, number=1, text="secret")])
        with pytest.raises(exc.IntegrityError) as failed:
            session.flush()
        with pytest.raises(exc.PendingRollbackError) as refused:
            session.get(Writer, 1)
        assert "secret" not in str(failed.value) + str(refused.value)
        session.rollback()

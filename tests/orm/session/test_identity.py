"""One key, one instance within a session; rows do not overwrite what is loaded; clean objects are held weakly."""

import gc
import weakref

import pytest

from holdfast import exc, inspect, select, text
from tests.orm.session.models import Book, Writer


async def stored(store, *names):
    """Store writers in a session of their own."""
    async with store.session() as session:
        session.add_all([Writer(name=name) for name in names])
        await session.commit()
    store.take()


def test_get_answers_from_the_identity_map(on_face):
    """The first get sends one SELECT, the second nothing, and it is the same object."""

    async def program(store):
        await stored(store, "a")
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            assert store.take() == [
                ("SELECT writer.id, writer.name, writer.born FROM writer WHERE writer.id = ?", (1,))
            ]
            assert await session.get(Writer, 1) is writer
            assert (await session.scalars(select(Writer).where(Writer.name == "a"))).one() is writer
            assert await session.get(Writer, 99) is None

    on_face(program)


def test_a_wrong_keyword_of_get_is_refused(on_face):
    """Before anything is sent, whether the object is present or not; the right ones do not ask for what is present."""

    async def program(store):
        await stored(store, "a")
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            store.take()
            for key in (1, 99):
                with pytest.raises(TypeError, match=r"Session.get\(\) got an unexpected keyword argument 'option'"):
                    await session.get(Writer, key, option=[])
            assert await session.get(Writer, 1, options=[], execution_options={}, bind_arguments=None) is writer
            assert store.take() == []
            assert await session.get(Writer, 1, populate_existing=True) is writer
            assert len(store.take()) == 1

    on_face(program)


def test_sessions_share_nothing(on_face):
    """Two sessions have two objects for one row."""

    async def program(store):
        await stored(store, "a")
        async with store.session() as one:
            first = await one.get(Writer, 1)
        async with store.session() as other:
            assert await other.get(Writer, 1) is not first

    on_face(program)


def test_a_row_does_not_overwrite(on_face):
    """Changed and loaded values stay until they expire, unless populate_existing asks for it."""

    async def program(store):
        await stored(store, "a")
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            await session.execute(text("UPDATE writer SET name = 'b'"))
            assert (await session.scalars(select(Writer))).one().name == "a"
            statement = select(Writer).execution_options(populate_existing=True)
            assert (await session.scalars(statement)).one().name == "b"
            assert writer.name == "b"

    on_face(program)


def test_clean_objects_are_weak_and_changed_ones_strong(on_face):
    """A dropped clean object leaves nothing behind; a dropped changed one is still written."""

    async def program(store):
        await stored(store, "a", "b")
        async with store.session() as session:
            clean = weakref.ref(await session.get(Writer, 1))
            (await session.get(Writer, 2)).name = "changed"
            gc.collect()
            assert clean() is None and len(session.identity_map) == 1
            await session.commit()
            assert (await session.get(Writer, 2)).name == "changed"

    on_face(program)


def test_wrong_keys_are_refused(on_face):
    """Too many values, wrong names, an object instead of its key."""

    async def program(store):
        await stored(store, "a")
        async with store.session() as session:
            with pytest.raises(exc.InvalidRequestError, match="Incorrect number of values in identifier"):
                await session.get(Writer, (1, 2))
            with pytest.raises(exc.InvalidRequestError, match="Incorrect names of values in identifier"):
                await session.get(Writer, {"nr": 1})
            with pytest.raises(exc.ArgumentError, match="not a plain value"):
                await session.get(Writer, Writer(name="x"))
            with pytest.raises(exc.NoInspectionAvailable, match="Expected mapped class"):
                await session.get(Store, 1)
            assert (await session.get(Writer, {"id": 1})).name == "a"

    on_face(program)


class Store:
    """Not a mapped class."""


def test_lazy_many_to_one_hits_the_identity_map(on_face):
    """A target that is present costs no statement."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="a", books=[Book(title="one"), Book(title="two")]))
            await session.commit()
        store.take()
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            books = (await session.scalars(select(Book).order_by(Book.id))).all()
            store.take()
            # On the asynchronous face the read would have to be awaited if it sent anything.
            found = await session.run_sync(lambda sync_session: [book.writer for book in books])
            assert found == [writer, writer] and store.take() == []

    on_face(program)


def test_who_gives_way_to_a_new_object_comes_back_by_rollback(on_face):
    """A row went by SQL that the session did not see; its key is given again: there is one object per row all the time."""

    async def program(store):
        await stored(store, "old")
        async with store.session() as session:
            old = await session.get(Writer, 1)
            await session.execute(text("DELETE FROM writer"))
            new = Writer(id=1, name="new")
            session.add(new)
            with pytest.warns(exc.SAWarning, match="conflicts with persistent instance"):
                await session.flush()
            assert inspect(old).deleted and inspect(new).persistent
            assert await session.get(Writer, 1) is new
            await session.rollback()
            assert inspect(old).persistent and inspect(new).transient
            assert (await session.scalars(select(Writer))).one() is old

    on_face(program)


def test_get_of_an_expired_object_whose_row_is_gone(on_face):
    """None, by one SELECT; the object is no longer in the session, and a rollback brings it back with its row."""

    async def program(store):
        await stored(store, "a", "b")
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            nested = await session.begin_nested()
            await session.execute(text("DELETE FROM writer WHERE id = 1"))
            session.expire(writer)
            store.take()
            assert await session.get(Writer, 1) is None
            assert len(store.take()) == 1
            assert writer not in session and inspect(writer).deleted
            assert await session.get(Writer, 1) is None
            with pytest.raises(exc.NoResultFound):
                await session.get_one(Writer, 1)
            session.add(Writer(id=1, name="another"))
            await session.flush()
            await nested.rollback()
            assert writer in session and inspect(writer).persistent
            assert await session.get(Writer, 1) is writer and writer.name == "a"
            await session.execute(text("DELETE FROM writer WHERE id = 1"))
            session.expire(writer)
            assert await session.get(Writer, 1) is None
            await session.commit()
            assert inspect(writer).detached

    on_face(program)

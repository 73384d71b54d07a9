"""`commit(synchronize_session=...)`: what objects have after a commit, by which statements, and when that fails."""

import warnings

import pytest

from holdfast import create_engine, event, exc, inspect, text, update
from holdfast.orm import Session, scoped_session, sessionmaker
from tests.orm.session.models import Base, Book, Chapter, Writer


async def stored(store):
    """Two writers, each with a book."""
    async with store.session() as session:
        session.add_all([Writer(name="a", books=[Book(title="one")]), Writer(name="b", books=[Book(title="two")])])
        await session.commit()
    store.take()


async def change_behind(session, value):
    """Change rows in a way that the session knows nothing of."""
    await session.execute(text(f"UPDATE writer SET born = {value}"))


def names(instance):
    """The attributes that have a value in memory."""
    return {name for name in vars(instance) if not name.startswith("_")}


ALL = {"id", "name", "born"}


def test_not_given(on_face):
    """`expire_on_commit` decides, as ever."""

    async def program(store):
        await stored(store)
        for expires in (True, False):
            async with store.session(expire_on_commit=expires) as session:
                writer = await session.get(Writer, 1)
                await session.commit()
                assert names(writer) == (set() if expires else ALL)

    on_face(program)


def test_false_leaves_objects_as_they_are(on_face):
    """Nothing is read, nothing expires; what somebody else changed is not seen."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            await change_behind(session, 1950)
            writer.name = "changed"
            store.take()
            await session.commit(synchronize_session=False)
            assert [sql.split()[0] for sql, _ in store.take()] == ["UPDATE"]
            assert (writer.name, writer.born) == ("changed", None) and not session.in_transaction()

    on_face(program)


def test_true_gives_every_object_its_row(on_face):
    """One SELECT per class, for all objects, changed or not; no transaction stays open."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            one, two, book = await session.get(Writer, 1), await session.get(Writer, 2), await session.get(Book, 1)
            one.name = "changed"
            await change_behind(session, 1950)
            store.take()
            await session.commit(synchronize_session=True)
            reads = [sent for sent in store.take() if sent[0].startswith("SELECT")]
            assert len(reads) == 2
            assert reads[0][0].startswith("SELECT writer.id, writer.name, writer.born FROM writer WHERE writer.id IN (")
            assert reads[0][1] == (1, 2)
            assert not session.in_transaction() and store.engine.pool.checkedout() == 0
            assert [(each.name, each.born) for each in (one, two)] == [("changed", 1950), ("b", 1950)]
            assert names(book) == {"id", "title", "writer_id"} and not inspect(one).expired
            assert store.take() == []

    on_face(program)


def test_evaluate_gives_what_was_written_its_row(on_face):
    """Inserted, updated and bulk-updated objects are read; the others are left alone."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            one, two, book = await session.get(Writer, 1), await session.get(Writer, 2), await session.get(Book, 1)
            await change_behind(session, 1950)
            two.name = "changed"
            new = Writer(name="new")
            session.add(new)
            await session.flush()
            await session.execute(update(Book).where(Book.id == 1).values(title=Book.title + "!"))
            store.take()
            await session.commit(synchronize_session="evaluate")
            reads = [sent for sent in store.take() if sent[0].startswith("SELECT")]
            assert [sent[1] for sent in reads] in ([(2, 3), (1,)], [(1,), (2, 3)], [(3, 2), (1,)], [(1,), (3, 2)])
            assert (one.name, one.born) == ("a", None)
            assert (two.name, two.born, new.name, book.title) == ("changed", 1950, "new", "one!")
            assert not session.in_transaction()

    on_face(program)


def test_nothing_written(on_face):
    """'evaluate' reads nothing then."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            store.take()
            await session.commit(synchronize_session="evaluate")
            assert store.take() == [] and writer.name == "a"

    on_face(program)


def test_what_triggers_set_is_seen(on_face):
    """Values that the database makes are among the row's."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            writer = await session.get(Writer, 1)
            writer.name = "changed"
            await session.flush()
            await session.execute(text("UPDATE writer SET born = 7 WHERE name = 'changed'"))
            await session.commit(synchronize_session="evaluate")
            assert writer.born == 7

    on_face(program)


def test_rows_that_are_gone_do_not_raise(on_face):
    """Such an object stays expired; its next use says that it is gone."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            writer, other = await session.get(Writer, 1), await session.get(Writer, 2)
            await session.execute(text("UPDATE book SET writer_id = NULL"))
            await session.execute(text("DELETE FROM writer WHERE id = 1"))
            await session.commit(synchronize_session=True)
            assert inspect(writer).expired and other.name == "b"
            with pytest.raises(exc.InvalidRequestError):
                await session.refresh(writer)

    on_face(program)


def test_composite_keys(on_face):
    """Several columns of a key are compared together."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            chapters = [Chapter(book_id=1, number=number, text="x") for number in (1, 2)]
            session.add_all(chapters)
            await session.commit(synchronize_session=True)
            store.take()
            assert [chapter.text for chapter in chapters] == ["x", "x"] and store.take() == []

    on_face(program)


def test_other_values_are_refused(on_face):
    """Those of statements are named as such; nothing is committed."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            session.add(Writer(name="new"))
            with pytest.raises(
                exc.ArgumentError, match="'fetch' is a value of synchronize_session for UPDATE and DELETE"
            ):
                await session.commit(synchronize_session="fetch")
            with pytest.raises(exc.ArgumentError, match="takes False .* True .* 'evaluate'"):
                await session.commit(synchronize_session=None)
            assert store.take() == []

    on_face(program)


def test_deleted_objects(on_face):
    """They are detached, as after any commit."""

    async def program(store):
        async with store.session() as session:
            writer = Writer(name="a")
            session.add(writer)
            await session.commit()
            await session.delete(writer)
            await session.commit(synchronize_session=True)
            assert inspect(writer).detached and inspect(writer).was_deleted

    on_face(program)


@pytest.mark.parametrize("place", ["own", "scoped"])
def test_a_failing_read_is_no_failed_commit(place, clean_postgresql_url):
    """The commit stands, a warning tells of the objects, and they are read when they are used."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    make = sessionmaker(engine)
    session = make() if place == "own" else scoped_session(make)
    writer = Writer(name="a")
    session.add(writer)
    session.flush()
    failing = []

    def fail(connection, cursor, statement, parameters, context, many):
        if failing and statement.startswith("SELECT"):
            raise ValueError("broken")

    event.listen(engine, "before_cursor_execute", fail)
    event.listen(make, "after_commit", lambda session: failing.append(1))
    with pytest.warns(
        exc.SAWarning, match="The transaction is committed, but reading the objects of Writer again failed"
    ):
        session.commit(synchronize_session=True)
    failing.clear()
    event.remove(engine, "before_cursor_execute", fail)
    assert inspect(writer).expired and writer.name == "a"
    session.close()
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_an_overridden_commit_without_the_parameter(tmp_path):
    """It is called as it was; only who gives the parameter needs one that takes it."""

    class Own(Session):
        def commit(self):
            self.info["called"] = True
            super().commit()

    engine = create_engine(f"sqlite:///{tmp_path}/own.db")
    Base.metadata.create_all(engine)
    with Own(engine) as session, warnings.catch_warnings():
        session.add(Writer(name="a"))
        session.commit()
        assert session.info == {"called": True}
    engine.dispose()

"""Commit, rollback, savepoints, autoflush and expiry: the SQL that is sent and what the objects say afterwards."""

import pytest

from holdfast import exc, func, inspect, select
from tests.orm.session.models import Book, Writer


def texts(store):
    """The SQL sent since the last look."""
    return [sql for sql, _ in store.take()]


def test_commit_expires_and_the_next_read_loads(on_face):
    """After commit an object reads its row again, in a new transaction."""

    async def program(store):
        async with store.session() as session:
            writer = Writer(name="a")
            session.add(writer)
            await session.commit()
            store.take()
            assert "name" not in vars(writer)
            await session.refresh(writer)
            assert writer.name == "a" and session.in_transaction()
            assert texts(store) == ["SELECT writer.id, writer.name, writer.born FROM writer WHERE writer.id = ?"]

    on_face(program)


def test_expire_on_commit_off(on_face):
    """Objects keep their values."""

    async def program(store):
        async with store.session(expire_on_commit=False) as session:
            writer = Writer(name="a")
            session.add(writer)
            await session.commit()
            store.take()
            assert (writer.id, writer.name) == (1, "a") and store.take() == []

    on_face(program)


def test_autoflush_before_a_query(on_face):
    """A SELECT sees what is pending; no_autoflush holds it back."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="a"))
            with session.no_autoflush:
                assert await session.scalar(select(func.count(Writer.id))) == 0
            assert await session.scalar(select(func.count(Writer.id))) == 1

    on_face(program)


def test_only_changed_columns_are_sent(on_face):
    """One UPDATE with the changed column; a change taken back sends nothing."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="a", born=1900))
            await session.commit()
            writer = await session.get(Writer, 1)
            store.take()
            writer.name = "b"
            await session.flush()
            assert store.take() == [("UPDATE writer SET name=? WHERE writer.id = ?", ("b", 1))]
            writer.name = "c"
            writer.name = "b"
            await session.flush()
            assert store.take() == []

    on_face(program)


def test_a_savepoint_rolled_back_inside_a_kept_transaction(on_face):
    """What stood before the savepoint stays, objects changed inside it read their row again."""

    async def program(store):
        async with store.session() as session:
            writer = Writer(name="before")
            session.add(writer)
            nested = await session.begin_nested()
            writer.name = "inside"
            session.add(Writer(name="lost"))
            await session.flush()
            await nested.rollback()
            await session.refresh(writer)
            assert writer.name == "before"
            await session.commit()
            assert (await session.scalars(select(Writer.name))).all() == ["before"]

    on_face(program)


def test_a_failed_flush_demands_rollback(on_face):
    """The error is the portable one; the session then refuses work until rollback, and says why."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="a"))
            await session.commit()
            session.add(Writer(name="a"))
            with pytest.raises(exc.IntegrityError) as failed:
                await session.flush()
            assert isinstance(failed.value, exc.UniqueViolation)
            with pytest.raises(exc.PendingRollbackError, match="rolled back due to a previous exception during flush"):
                await session.scalars(select(Writer))
            await session.rollback()
            assert (await session.scalars(select(Writer.name))).all() == ["a"]

    on_face(program)


def test_changes_between_a_failed_flush_and_the_rollback(on_face):
    """They are discarded with a warning, as all that the transaction had: none of them reaches the next one."""

    async def program(store):
        async with store.session() as session:
            session.add_all([Writer(id=1, name="a"), Writer(id=2, name="b"), Writer(id=3, name="c")])
            await session.commit()
            changed, deleted = await session.get_one(Writer, 2), await session.get_one(Writer, 3)
            session.add(Writer(name="a"))
            with pytest.raises(exc.UniqueViolation):
                await session.flush()
            changed.born, added = 1900, Writer(name="d")
            session.add(added)
            await session.delete(deleted)
            with pytest.warns(exc.SAWarning, match="state has been changed on a non-active transaction"):
                await session.rollback()
            assert (inspect(added).transient, deleted in session.deleted, inspect(changed).modified) == (
                True,
                False,
                False,
            )
            await session.commit()
            rows = (await session.execute(select(Writer.name, Writer.born).order_by(Writer.id))).all()
            assert rows == [("a", None), ("b", None), ("c", None)]

    on_face(program)


def test_a_savepoint_that_ended_inside_its_block(on_face):
    """What stands behind in the block is refused: it was meant for the savepoint. Outside the block the session goes on."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(id=1, name="a"))
            await session.commit()

            def inside(session):
                writer = session.get_one(Writer, 1)
                with session.begin_nested() as nested:
                    writer.name = "b"
                    session.flush()
                    nested.rollback()
                    with pytest.raises(exc.InvalidRequestError, match="closed transaction inside context manager"):
                        session.scalars(select(Writer.name)).all()
                    with pytest.raises(exc.InvalidRequestError, match="closed transaction inside context manager"):
                        _ = writer.name
                assert session.scalars(select(Writer.name)).all() == [writer.name] == ["a"]

            await session.run_sync(inside)
            await session.commit()

    on_face(program)


def test_close_rolls_back(on_face):
    """What was not committed is gone."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="a"))
            await session.flush()
        async with store.session() as session:
            assert (await session.scalars(select(Writer))).all() == []

    on_face(program)


def test_delete_nulls_the_children(on_face):
    """Without a delete cascade the children stay, their foreign key NULL."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="a", books=[Book(title="one"), Book(title="two")]))
            await session.commit()
            writer = await session.get(Writer, 1)
            store.take()
            await session.delete(writer)
            await session.flush()
            assert store.take()[-2:] == [
                ("UPDATE book SET writer_id=? WHERE book.id = ?", [(None, 1), (None, 2)]),
                ("DELETE FROM writer WHERE writer.id = ?", (1,)),
            ]

    on_face(program)

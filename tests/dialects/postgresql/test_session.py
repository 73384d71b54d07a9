"""The session on PostgreSQL, on both faces: generated keys, order, locks, errors, savepoints, lost connections."""

import asyncio

import pytest

from holdfast import create_engine, delete, exc, func, insert, select, text, update
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import Session
from tests.dialects.postgresql.models import Base, Book, Shelf
from tests.servers.postgresql import run_sql
from tests.support.waiting import core_wait_until


def test_keys_of_a_graph_come_back(on_face):
    """One statement per class; RETURNING brings each object its own key."""

    async def program(store):
        async with store.session() as session:
            shelves = [Shelf(name=f"s{n}", books=[Book(title=f"{n}.{m}") for m in range(3)]) for n in range(4)]
            session.add_all(shelves)
            await session.flush()
            sent = [sql for sql, _ in store.take(as_sent=True)]
            assert (
                sent
                == ["INSERT INTO shelf (name, width) VALUES (%(name)s::VARCHAR, %(width)s::INTEGER) RETURNING shelf.id"]
                * 4
                + [
                    'INSERT INTO book ("the %%(title)s", shelf_id) VALUES (%(p_7468652025287469746c652973)s::VARCHAR, '
                    "%(shelf_id)s::INTEGER) RETURNING book.id"
                ]
                * 12
            )
            await session.commit()
            rows = (await session.execute(select(Shelf.name, Book.title).join(Book.shelf).order_by(Book.id))).all()
            assert rows == [(f"s{n}", f"{n}.{m}") for n in range(4) for m in range(3)]

    on_face(program)


def test_changes_and_deletes(on_face):
    """A changed attribute, a moved child, an orphan, a bulk UPDATE that the objects follow."""

    async def program(store):
        async with store.session(expire_on_commit=False) as session:
            first = Shelf(name="first", books=[Book(title="a"), Book(title="b")])
            second = Shelf(name="second")
            session.add_all([first, second])
            await session.commit()
            first.books[0].shelf = second
            first.name = "1st"
            await session.commit()
            assert (await session.execute(select(Book.title, Book.shelf_id).order_by(Book.title))).all() == [
                ("a", second.id),
                ("b", first.id),
            ]
            await session.execute(update(Shelf).where(Shelf.name == "1st").values(width=Shelf.width + 4))
            assert first.width == 5
            await session.delete(first)
            await session.commit()
            assert (await session.scalars(select(Book.title))).all() == ["a"]
            assert (await session.execute(delete(Book).where(Book.shelf_id == second.id))).rowcount == 1
            await session.rollback()

    on_face(program)


def test_lists_of_dicts(on_face):
    """INSERT of many rows at once; with RETURNING the rows come in the order given."""

    async def program(store):
        async with store.session() as session:
            await session.execute(insert(Shelf), [{"name": str(n)} for n in range(5)])
            found = (await session.execute(insert(Shelf).returning(Shelf.name), [{"name": n} for n in "cab"])).all()
            assert found == [("c",), ("a",), ("b",)]
            assert await session.scalar(select(func.count(Shelf.id))) == 8

    on_face(program)


VIOLATIONS = {
    "unique": (lambda: Shelf(name="taken"), exc.UniqueViolation, "shelf_name_key", "shelf", ("name",)),
    "not null": (lambda: Book(title="homeless"), exc.NotNullViolation, None, "book", ("shelf_id",)),
    "foreign key": (lambda: Book(title="a", shelf_id=99), exc.ForeignKeyViolation, "book_shelf_id_fkey", "book", ("shelf_id",)),
    "check": (lambda: Shelf(name="thin", width=0), exc.CheckViolation, "has_width", "shelf", ()),
}  # fmt: skip


@pytest.mark.parametrize("case", VIOLATIONS)
def test_violations(on_face, case):
    """The portable class with constraint, table, columns and object; no value in the message; a savepoint saves the rest."""
    make, class_, constraint, table, columns = VIOLATIONS[case]

    async def program(store):
        async with store.session() as session:
            session.add(Shelf(name="taken"))
            await session.flush()
            savepoint = await session.begin_nested()
            offender = make()
            session.add(offender)
            with pytest.raises(class_) as refused:
                await session.flush()
            error = refused.value
            assert isinstance(error, exc.IntegrityError)
            assert (error.constraint, error.table, error.columns) == (constraint, table, columns)
            assert error.objects == (offender,)
            assert "taken" not in str(error) and "homeless" not in str(error)
            await savepoint.rollback()
            await session.commit()
            assert (await session.scalars(select(Shelf.name))).all() == ["taken"]

    on_face(program)


def test_levels_of_isolation(clean_postgresql_url):
    """Of an engine, of a connection, of none; the level goes with BEGIN."""
    level = text("SHOW transaction_isolation")
    engine = create_engine(clean_postgresql_url, isolation_level="SERIALIZABLE")
    with engine.connect() as connection:
        assert connection.scalar(level) == "serializable"
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        assert connection.scalar(level) == "repeatable read"
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER)"))
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM kept")) == 0
    with pytest.raises(exc.ArgumentError, match="Invalid value 'x; DROP' for isolation_level"):
        engine.execution_options(isolation_level="x; DROP")
    engine.dispose()


def test_a_locked_row(clean_postgresql_url):
    """NOWAIT fails at once with the driver's error wrapped; SKIP LOCKED goes past the row."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    with Session(engine) as first, Session(engine) as second:
        first.add(Shelf(name="a"))
        first.commit()
        first.scalars(select(Shelf).with_for_update()).one()
        assert second.scalars(select(Shelf).with_for_update(skip_locked=True)).all() == []
        with pytest.raises(exc.OperationalError, match="could not obtain lock"):
            second.scalars(select(Shelf).with_for_update(nowait=True)).all()
    engine.dispose()


END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_connection_that_the_server_ended(clean_postgresql_url):
    """The error says that it is lost, the pool throws it away; with pre-ping nobody notices."""
    engine = create_engine(clean_postgresql_url, pool_size=1, max_overflow=0)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        run_sql(clean_postgresql_url, END_OTHERS)
        with pytest.raises(exc.OperationalError) as lost:
            connection.execute(text("SELECT 1"))
        assert lost.value.connection_invalidated
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
    pinging = create_engine(clean_postgresql_url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    with pinging.connect() as connection:
        connection.execute(text("SELECT 1"))
    run_sql(clean_postgresql_url, END_OTHERS)
    with pinging.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    pinging.dispose()


def test_a_cancelled_task_leaves_the_pool_whole(clean_postgresql_url):
    """The statement ends on the server too; the connection is given back, with no transaction open."""
    sleeping = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()"
    )

    async def program() -> None:
        engine = create_async_engine(clean_postgresql_url, pool_size=1, max_overflow=0)

        async def sleep() -> None:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT pg_sleep(600)"))

        task = asyncio.create_task(sleep())
        await core_wait_until(lambda: run_sql(clean_postgresql_url, sleeping) == [(1,)], "the statement is under way")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert engine.pool.checkedout() == 0
        async with engine.connect() as connection:
            assert await connection.scalar(text(sleeping)) == 0
        await engine.dispose()

    asyncio.run(program())


def test_no_server(clean_postgresql_url):
    """A wrong port is an OperationalError without the password."""
    engine = create_engine("postgresql://somebody:secret@127.0.0.1:1/db")
    with pytest.raises(exc.OperationalError) as refused:
        engine.connect()
    assert "secret" not in str(refused.value)
